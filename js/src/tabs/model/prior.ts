import { priorText, readPrior } from "../../engine/prior.js";
import { PRIOR_FAMILIES } from "../../engine/priors.gen.js";
import { drawsOf } from "../../fit/draws.js";
import { knownPrior, replaced, withPrior, type Known } from "../../lab/priors.js";
import type { Stage } from "../../stage.js";
import { brief, plural } from "../../stats/format.js";
import { quantile, tails } from "../../stats/interval.js";
import { posterior } from "../../stats/sentence.js";
import { select } from "../../ui/controls.js";
import { h, notes } from "../../ui/dom.js";
import { present } from "../../ui/entries.js";
import { keyed } from "../../ui/keyed.js";
import { on } from "../../ui/listen.js";
import { renew } from "../../ui/renew.js";
import { controlRow, offer } from "../../ui/scene.js";
import type { PriorRecord } from "../../wire.js";
import { isFlat, posteriors, type Posterior } from "./densities.js";
import { moved, placesOf } from "./grips.js";
import { priorPicture } from "./picture.js";
import { shownPrior } from "./texts.js";

/** Milliseconds within which most posteriors are sampled. */
const LATER = 100;

/** A prior: its family and numbers, and its density over the posterior, which is unfolded at first where `open`. */
export function priorElement(stage: Stage, record: () => PriorRecord, open: boolean): HTMLElement {
  const { name, fixed } = record();
  const said = h("span", { class: "glm-result" });
  const title = [h("span", { class: "glm-parameter" }, name), " ", said];
  if (fixed !== "") {
    said.textContent = `cannot be changed here: ${fixed}`;
    return h("p", { class: "glm-prior" }, ...title);
  }
  const known = () => knownPrior(record(), stage.get("what_if"))!;
  const change = (to: Known) => stage.set("what_if", withPrior(stage.get("what_if"), record(), to));
  const families = () => PRIOR_FAMILIES.filter(({ support }) => support === known().family.support);
  const [controls, told] = [controlRow(), h("div")];
  const family = select(stage, `${name} prior`, (i) => change(moved(known(), families()[i]!)));
  const fields = keyed(stage, String, field);
  const picture = priorPicture(stage, record, known, change);
  const density = h("details", { class: "glm-fold", open }, h("summary", {}, `Density of ${name}`), picture.el, told);
  on(stage, density, "toggle", draw);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  stage.signal.addEventListener("abort", () => clearTimeout(waiting));
  stage.follow(["fit", "ghost", "what_if", "prob"], show);
  return h("div", { class: "glm-prior" }, h("p", {}, ...title), controls, density);

  function show(): void {
    const [{ family: own }, text] = [known(), shownPrior(record(), stage.get("what_if"))];
    const isChanged = said.textContent !== text;
    said.textContent = text;
    family.show(families().map((each) => each.name), families().indexOf(own));
    offer(controls, family.el, ...fields(own.arguments.map((each) => each.name)));
    // The density that the hand moves comes first: new draws are there before most others of the weighted ones.
    if (isChanged || stage.refit.kind !== "reweighted" || stage.refit.alone !== "") draw();
    else waiting ??= setTimeout(draw, LATER);
  }

  function draw(): void {
    clearTimeout(waiting);
    waiting = undefined;
    if (!density.open) return;
    const [now, one] = [known(), record()];
    const own = posteriors(drawsOf(stage.fit), one);
    const sentences = [
      one.shift.length > 0 && "Of the intercept at the means of the predictors.",
      one.labels.length > 1 && `A change is one of all ${plural(one.labels.length, "parameter")} that have this prior.`,
      isFlat(own, now) && "The prior is almost flat over the posterior.",
    ];
    renew(told, present(notes(sentences.map((each) => each || null))));
    picture.describe([`Prior of ${name}: ${said.textContent}`, ...own.slice(0, 4).map(spoken)].join("; "));
    picture.redraw();
  }

  function spoken({ label, mean, draws }: Posterior): string {
    const prob = stage.get("prob");
    const { low, high } = tails(prob);
    return `posterior of ${label}: ${posterior(mean, { low: quantile(draws, low), high: quantile(draws, high) }, prob, null)}`;
  }

  /** One number, typed. What is none stays to be corrected, and nothing is changed. */
  function field(part: Stage, argument: string): HTMLElement {
    const input = h("input", { type: "text", inputmode: "decimal", "aria-label": `${name} ${argument}`, autocomplete: "off" });
    const refused = h("span", { class: "glm-refused", role: "alert" });
    let shown = "";
    const at = () => known().family.arguments.findIndex((one) => one.name === argument);
    const say = (words: string) => {
      refused.textContent = words;
      input.setAttribute("aria-invalid", String(words !== ""));
    };
    const take = (text: string) => {
      const { family, values } = known();
      const found = readPrior(priorText(family, replaced(values, at(), text.trim() === "" ? NaN : Number(text))));
      if ("refused" in found) return say(found.refused);
      say("");
      change(found);
      part.flush();
    };
    on(part, input, "change", () => take(input.value));
    on(part, input, "keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.key === "Enter") take(input.value); // JupyterLab keeps the change that Enter makes
      if (by === undefined) return;
      event.preventDefault();
      // A tenth of the number's own size; of a location, of the width's.
      const now = known();
      const [centre, far = 0] = placesOf(now) as [number, number?];
      const size = now.family.arguments[at()]!.domain === "real" ? far - centre : now.values[at()]!;
      take(String(Number((now.values[at()]! + by * 10 ** (Math.floor(Math.log10(size)) - 1)).toPrecision(12))));
    });
    part.follow(["fit", "what_if"], () => {
      const text = brief(known().values[at()] ?? null, 6);
      if (text === shown) return; // what is typed stays until another number holds
      input.value = shown = text;
      say("");
    });
    return h("label", { class: "glm-control glm-number" }, h("span", {}, argument), input, refused);
  }
}
