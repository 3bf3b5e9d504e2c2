/** What a change of the fit does to its posterior: reweighted in the frame of the change, and then sampled again. */
import { pack } from "../engine/pack.js";
import { changed } from "../engine/edit.js";
import { sampleAgain, warm } from "../engine/run.js";
import type { Drawn } from "../stage.js";
import { drawsOf } from "../fit/draws.js";
import { once } from "../stats/once.js";
import { wordOf } from "../stats/random.js";
import { reasonOf } from "../stats/reason.js";
import { carried } from "../state/selection.js";
import type { Store } from "../state/store.js";
import type { WhatIf } from "../state/what-if.js";
import type { Fit, PriorRecord } from "../wire.js";
import { beginnings, byEngine, byPriors, engineOf, knownOf, priorsOf, type Reweighted } from "./posterior.js";
import { GIVEN, RELIABLE, type Refit } from "./records.js";
import { numbersOf, refitted, reweighted } from "./refitted.js";
import { sliced, turn } from "./slices.js";

/** The only writer of the slices `fit`, `ghost` and `refit`. */
export interface Laboratory {
  /** Takes another fit from whoever holds it, and lets the change go. */
  readonly open: (fit: Fit) => void;
  /** Lets the posterior before the change go, and keeps the change. */
  readonly keep: () => void;
  /** Makes ready for a change. */
  readonly warm: () => void;
}

/** Nothing is computed before the first change, or before it is made ready for one. */
export function laboratory(store: Store<Drawn>, signal: AbortSignal): Laboratory {
  let given = store.get("fit");
  /** The posterior that was sampled last: nearer to the next change than the given one. */
  let last = knownOf(given);
  let before: Fit | null = null;
  let running = new AbortController();
  signal.addEventListener("abort", () => running.abort());

  const show = (fit: Fit, refit: Refit) => {
    store.set("selection", carried(store.get("selection"), drawsOf(store.get("fit")), drawsOf(fit)));
    store.set("fit", fit);
    store.set("ghost", before);
    store.set("refit", refit);
  };
  const refuse = (reason: string) => store.set("refit", { kind: "refused", reason });

  const hear = () => {
    running.abort();
    running = new AbortController();
    const whatIf = store.get("what_if");
    try {
      if (isNothing(whatIf)) {
        [last, before] = [knownOf(given), null];
        show(given, GIVEN.refit);
      } else answer(whatIf);
    } catch (error) {
      refuse(reasonOf(error));
    }
    store.flush(); // in the frame of the change
  };

  const answer = (whatIf: WhatIf) => {
    const engine = engineOf(given);
    const priors = priorsOf(given);
    if ("reason" in engine) return alone(whatIf, priors, engine.reason);
    const { view, words } = engine;
    const made = changed(view, priors, whatIf);
    if ("refused" in made) return refuse(made.refused);
    before ??= store.get("fit");
    const found = byEngine(view, priors, last, whatIf);
    if (found === "same") {
      if (last.fit === given) before = null;
      return show(last.fit, last.refit);
    }
    const good = found !== null && found.k <= RELIABLE;
    const question = { packed: pack(made.program), ...beginnings(view, last.points(view), good ? found : null), seed: wordOf(given.title) };
    const { signal: until } = running;
    // The workers begin while the weighted draws are shown.
    const drawn = sampleAgain(question, numbersOf(view), until);
    if (good) weigh(last.fit, found, whatIf, words);
    else store.set("refit", { kind: "sampling", k: found?.k ?? NaN });
    attempt(
      drawn
        .then((answer) => sliced(refitted(given, view, answer, whatIf, words), until))
        .then(async (known) => {
          await turn(); // one task computes, another draws
          if (until.aborted) return;
          last = known;
          show(known.fit, known.refit);
          store.flush(); // so that it is in the next frame, and not drawn in that only
          await turn();
          last.points(view); // the next change begins from them
        }),
    );
  };

  /** Says why something failed, unless it was for another change. */
  const attempt = (work: Promise<unknown>) => {
    const { signal: until } = running;
    work.catch((error: unknown) => until.aborted || refuse(reasonOf(error)));
  };

  const alone = (whatIf: WhatIf, priors: readonly PriorRecord[], reason: string) => {
    const found = byPriors(given, priors, whatIf, reason);
    if ("refused" in found) return refuse(found.refused);
    before ??= given;
    weigh(given, found, whatIf, reason.replace(/\.$/, ""), reason);
  };

  const weigh = (of: Fit, found: Reweighted, whatIf: WhatIf, checked: string, alone = "") =>
    show(reweighted(given, of, found, whatIf, checked), { kind: "reweighted", k: found.k, ess: found.ess, alone });

  // Of each fit once, whatever is about to happen to it.
  const warmed = once((engine: ReturnType<typeof engineOf>) => {
    if ("view" in engine) void warm({ packed: pack(engine.view.program), ...beginnings(engine.view, last.points(engine.view), null), seed: 0 }, numbersOf(engine.view), running.signal);
  });

  store.subscribe(["what_if"], hear, signal);
  if (!isNothing(store.get("what_if"))) hear();
  return {
    open(fit) {
      given = fit;
      if (!isNothing(store.get("what_if"))) store.set("what_if", {});
      hear();
    },
    keep() {
      before = null;
      store.set("ghost", null);
    },
    warm: () => warmed(engineOf(given)),
  };
}

const isNothing = ({ priors = {}, rows, response }: WhatIf): boolean => Object.keys(priors).length === 0 && !rows && !response;
