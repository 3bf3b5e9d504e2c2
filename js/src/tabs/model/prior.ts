import { priorText, readPrior } from "../../engine/prior.js";
import { PRIOR_FAMILIES } from "../../engine/priors.gen.js";
import { column, drawsOf } from "../../fit/draws.js";
import type { Stage } from "../../stage.js";
import { brief, plural } from "../../stats/format.js";
import { sampleInterval } from "../../stats/interval.js";
import { moments } from "../../stats/moments.js";
import { posterior } from "../../stats/sentence.js";
import { select } from "../../ui/controls.js";
import { h, notes } from "../../ui/dom.js";
import { keyed } from "../../ui/keyed.js";
import { on } from "../../ui/listen.js";
import { renew } from "../../ui/renew.js";
import { controlRow, offer } from "../../ui/scene.js";
import type { ModelView, PriorRecord } from "../../wire.js";
import { isVaried, knownPrior, replaced, withPrior, type Known } from "../../lab/priors.js";
import { isFlat } from "./densities.js";
import { moved, spanOf } from "./grips.js";
import { priorPicture } from "./picture.js";
import { shownPrior } from "./texts.js";

/** A prior: its family and numbers, and its density over the posterior. `open` is whether it is unfolded at first. */
export function priorElement(stage: Stage, view: () => ModelView, name: string, open: boolean): HTMLElement {
  const record = (): PriorRecord => view().priors.find((one) => one.name === name)!;
  const known = () => knownPrior(record(), stage.get("what_if"));
  const change = (to: Known) => stage.set("what_if", withPrior(stage.get("what_if"), record(), to));
  const free = () => record().fixed === "" && known() !== null;
  const families = () => PRIOR_FAMILIES.filter(({ support }) => support === known()?.family.support);

  const said = h("span", { class: "glm-result" });
  const controls = controlRow();
  const told = h("div");
  const family = select(stage, `${name} prior`, (i) => change(moved(known()!, families()[i]!)));
  const fields = keyed(stage, ({ argument }: { argument: string }) => argument, (part, { argument }) => field(part, argument));
  const picture = priorPicture(stage, () => ({ record: record(), known: known(), free: free() }), change);
  stage.follow(["fit", "ghost", "what_if", "prob"], show);
  return h("details", { class: "glm-fold glm-prior", open }, h("summary", {}, h("span", { class: "glm-parameter" }, name), " ", said), controls, picture.el, told);

  function show(): void {
    const [now, one] = [known(), record()];
    const text = shownPrior(one, stage.get("what_if"));
    said.textContent = text;
    if (now && free()) {
      family.show(families().map((each) => each.name), families().indexOf(now.family));
      offer(controls, family.el, ...fields(now.family.arguments.map((each) => ({ argument: each.name }))));
    } else offer(controls);
    const sentences = [
      one.fixed,
      one.labels.length > 1 && `The prior of ${plural(one.labels.length, "parameter")}${isVaried(one) ? ", each with numbers of its own" : ""}: a change is one of all of them.`,
      now && isFlat(stage.fit, one, now) && "The prior is almost flat over the posterior: its density changes by less than 10% there.",
    ];
    const under = notes(sentences.map((each) => each || null));
    renew(told, under ? [under] : []);
    picture.update([`Prior of ${name}: ${text}`, ...one.labels.slice(0, 4).map(posteriorOf)].join("; "));
  }

  function posteriorOf(label: string): string {
    const draws = drawsOf(stage.fit);
    const values = draws && column(draws, label);
    const prob = stage.get("prob");
    return values ? `posterior of ${label}: ${posterior(moments(values).mean, sampleInterval(values, prob), prob, null)}` : `no draws of ${label} are here`;
  }

  /** One number, typed. What is none stays to be corrected, and nothing is changed. */
  function field(part: Stage, argument: string): HTMLElement {
    const label = `${name} ${argument}`;
    const id = `glm-${Math.random().toString(36).slice(2)}`;
    const input = h("input", { type: "text", inputmode: "decimal", "aria-label": label, autocomplete: "off", spellcheck: "false", "aria-describedby": id });
    const refused = h("span", { class: "glm-refused", role: "alert", id });
    let shown = "";
    const at = () => known()!.family.arguments.findIndex((one) => one.name === argument);
    const say = (words: string) => {
      refused.textContent = words;
      input.setAttribute("aria-invalid", String(words !== ""));
    };
    const take = (text: string) => {
      const { family, values } = known()!;
      const typed = replaced(values, at(), Number(text));
      const found = text.trim() === "" || Number.isNaN(typed[at()]) ? { refused: `${argument} must be a number.` } : readPrior(priorText(family, typed));
      if ("refused" in found) return say(found.refused);
      change({ family, values: typed });
      part.flush();
    };
    on(part, input, "change", () => take(input.value));
    on(part, input, "keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.key === "Enter") return take(input.value); // JupyterLab keeps the change that Enter makes
      if (by === undefined || !Number.isFinite(Number(input.value))) return;
      event.preventDefault();
      const { values, family } = known()!;
      const size = family.arguments[at()]!.domain === "positive" ? Number(input.value) : spanOf({ values, family }).width;
      const step = 10 ** (Math.floor(Math.log10(Math.abs(size) || 1)) - 1);
      take(String(Number((Number(input.value) + by * step).toPrecision(12))));
    });
    part.follow(["fit", "what_if"], () => {
      const text = brief(known()?.values[at()] ?? null, 6);
      if (text === shown) return; // what is typed stays until another number holds
      input.value = shown = text;
      say("");
    });
    return h("label", { class: "glm-control glm-number" }, h("span", {}, argument), input, refused);
  }
}
