import { drawsOf } from "../../fit/draws.js";
import { noEffects } from "../../fit/effects.js";
import type { Source } from "../../fit/predictor.js";
import { RELIABLE } from "../../lab/records.js";
import { DIAGNOSES, diagnosisOf, SENSITIVE, sensed, type Sensed, type Sensitivities } from "../../lab/sensitivity.js";
import { sliced } from "../../lab/slices.js";
import type { Stage } from "../../stage.js";
import { DEFAULTS } from "../../state/traits.js";
import { brief, fixed } from "../../stats/format.js";
import { h, notes } from "../../ui/dom.js";
import { present } from "../../ui/entries.js";
import { reachable } from "../../ui/reach.js";
import { renew } from "../../ui/renew.js";
import type { Finding, Fit, ModelView } from "../../wire.js";
import { choiceOf } from "../effects-question.js";

/** Milliseconds for which a posterior has stayed before it is looked into: not in every frame of a drag. */
const QUIET = 400;

/** How far the posterior moves with the prior and with the likelihood: computed while the tab is in front, some milliseconds at a time. */
export function sensitivityTable(stage: Stage, view: () => ModelView): HTMLElement {
  const [table, said] = [h("table", { class: "glm-table" }), h("div")];
  const scroll = h("div", { class: "glm-scroll" }, table);
  const el = h("div", { class: "glm-sensitivity", hidden: true }, scroll, said);
  let work = new AbortController();
  let known: Fit | null = null;
  reachable(stage, scroll, { role: "group", "aria-label": "Sensitivity" });
  stage.signal.addEventListener("abort", () => work.abort());

  stage.follow(["tab", "fit", "refit"], () => {
    const { fit, refit } = stage;
    if (known === fit) return;
    work.abort();
    known = null;
    el.setAttribute("aria-busy", "true"); // what was found before is seen until there is more, so that nothing jumps
    if (stage.get("tab") !== "model") stage.set("sensed", []);
    else if (refit.kind !== "sampling" && (refit.kind !== "reweighted" || refit.alone !== "")) void look(fit, (work = new AbortController()).signal);
  });
  return el;

  async function look(fit: Fit, signal: AbortSignal): Promise<void> {
    const draws = drawsOf(fit);
    await new Promise((resolve) => setTimeout(resolve, QUIET));
    if (signal.aborted || draws === null) return;
    try {
      const source = fit as Fit & Source;
      const found = await sliced(sensed(fit, draws, view().priors, stage.get("what_if"), source, noEffects(fit) === null ? questions(source) : []), signal);
      known = fit;
      stage.set("sensed", findingsOf([...found.parameters, ...found.effects]));
      renew(table, content(found));
      renew(said, present(notes(remarks(found))));
      el.hidden = false;
      el.setAttribute("aria-busy", "false");
    } catch (error) {
      if (!signal.aborted) reportError(error); // an error of ours, which costs nothing but the table
    }
  }
}

const remarks = ({ k, reason }: Sensitivities): string[] => [
  `Above ${SENSITIVE} it matters: for both, prior and data may be in conflict; for the prior alone, it says more than the data.`,
  Math.max(k.prior, k.likelihood ?? 0) > RELIABLE ? `Pareto k above ${RELIABLE}: do not rely on these numbers.` : "",
  reason && `Not known for the likelihood: ${reason}.`,
];

/** The comparisons that the Effects tab makes at first, of every predictor. */
function questions({ predictor: { tables } }: Source) {
  const of = (name: string) => choiceOf(tables, { ...DEFAULTS, effect_of: name });
  return of("").variables.map(({ name }) => of(name)).filter(({ reason }) => reason === "").map(({ question }) => question);
}

function content({ parameters, effects, k }: Sensitivities): HTMLElement[] {
  const caption = `Sensitivity: how far a posterior moves as its prior or likelihood is raised to a power. Pareto k ${brief(k.prior, 2)} and ${brief(k.likelihood, 2)}.`;
  const row = (...cells: HTMLElement[]) => h("tr", {}, ...cells);
  const body = (title: string, rows: readonly Sensed[]) =>
    rows.length === 0 ? null : h("tbody", {}, row(h("th", { scope: "rowgroup", colspan: 4 }, title)), ...rows.map((one) => row(h("th", { scope: "row" }, one.name), ...cells(one))));
  return present(
    h("caption", {}, h("span", {}, caption)),
    h("thead", {}, row(h("td"), ...["to the prior", "to the likelihood", "says"].map((name) => h("th", { scope: "col" }, name)))),
    body("Parameters", parameters),
    body("Average comparisons", effects),
  );
}

const cells = (one: Sensed): HTMLElement[] => [
  ...[one.prior, one.likelihood].map((value) => h("td", {}, fixed(value, 3))),
  h("td", { class: "glm-flagged" }, diagnosisOf(one) ?? ""),
];

/** What to do, by diagnosis. */
const ADVICE = ["See in the Model tab whether the prior says what you mean", "Report that the prior decides more than the data, or gather more data"];

/** A finding for each diagnosis, as `Fit.sensitivity` in Python has them; the most sensitive number first. */
export function findingsOf(rows: readonly Sensed[]): Finding[] {
  return DIAGNOSES.flatMap((diagnosis, i) => {
    const own = rows.filter((row) => diagnosisOf(row) === diagnosis).sort((a, b) => b.prior - a.prior);
    const [worst] = own;
    return worst === undefined
      ? []
      : {
          ...{ rule: "sensitivity", severity: "warning", advice: ADVICE[i]!, threshold: String(SENSITIVE) },
          message: `P${diagnosis.slice(1)}: ${own.map(({ name }) => name).join(", ")}`,
          value: `${worst.name}: ${fixed(worst.prior, 3)} to the prior, ${fixed(worst.likelihood, 3)} to the likelihood`,
          source: "Kallioinen et al. 2024, Statistics and Computing 34:57",
        };
  });
}
