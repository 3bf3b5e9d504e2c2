import { brief, percent } from "../stats/format.js";
import type { Stage } from "../stage.js";
import { PROB } from "../state/traits.js";
import { h } from "./dom.js";
import { on } from "./listen.js";

/** A labelled control; `show` says what it has. */
export interface Control<Shown extends readonly unknown[]> {
  readonly el: HTMLElement;
  readonly show: (...shown: Shown) => void;
}

/** A drop-down. */
export type Select = Control<[options: readonly string[], index: number]>;

const labelled = (label: string, more: string, ...parts: readonly HTMLElement[]): HTMLElement =>
  h("label", { class: `glm-control${more}` }, h("span", {}, label), ...parts);

/** A labelled drop-down. `choose` gets the position of the chosen option. */
export function select(stage: Stage, label: string, choose: (index: number) => void): Select {
  const input = h("select", { "aria-label": label });
  on(stage, input, "change", () => choose(input.selectedIndex));
  return {
    el: labelled(label, "", input),
    show(options, index) {
      const shown = [...input.options].map(({ textContent }) => textContent); // `text` has its white space collapsed
      if (shown.length !== options.length || shown.some((text, i) => text !== options[i])) {
        input.replaceChildren(...options.map((text, i) => h("option", { value: i }, text)));
      }
      if (input.selectedIndex !== index) input.selectedIndex = index; // to set it costs a layout
    },
  };
}

/** What a range input needs to know. `say` is both the printed value and the one a screen reader says. */
export interface RangeOptions {
  readonly label: string;
  readonly min: number;
  readonly max: () => number;
  readonly step: number;
  readonly say: (value: number) => string;
  readonly move: (value: number) => void;
}

/** A labelled native range input with its value printed beside it. */
export function range(stage: Stage, { label, min, max, step, say, move }: RangeOptions): Control<[value: number]> {
  const input = h("input", { type: "range", min, max: max(), step, "aria-label": label });
  const output = h("output");
  const show = (value: number) => {
    input.max = String(max());
    input.value = String(value);
    input.setAttribute("aria-valuetext", say(value));
    output.textContent = say(value);
  };
  on(stage, input, "input", () => {
    show(input.valueAsNumber); // under the hand, before the frame in which everything else follows
    move(input.valueAsNumber);
  });
  return { el: labelled(label, " glm-range", input, output), show };
}

/** The interval probability: one trait, shown wherever an interval is. */
export function probability(stage: Stage): HTMLElement {
  const { min, max, step } = PROB;
  const control = range(stage, { label: "Interval probability", min, max: () => max, step, say: percent, move: (prob) => stage.set("prob", prob) });
  stage.follow(["prob"], () => control.show(stage.get("prob")));
  return control.el;
}

/** A labelled checkbox. */
export function checkbox(stage: Stage, label: string, toggle: (on: boolean) => void): Control<[on: boolean]> {
  const input = h("input", { type: "checkbox" });
  on(stage, input, "change", () => toggle(input.checked));
  const el = h("label", { class: "glm-control" }, input, h("span", {}, label));
  return { el, show: (on) => void (input.checked = on) };
}

/** A labelled field to search in, with what was found beside it. */
export function search(stage: Stage, label: string, change: (text: string) => void): Control<[text: string, found: string]> {
  const input = h("input", { type: "search", "aria-label": label, autocomplete: "off", spellcheck: "false" });
  const output = h("output", { "aria-live": "polite" });
  on(stage, input, "input", () => change(input.value));
  return {
    el: labelled(label, " glm-range", input, output),
    show(text, found) {
      if (input.value !== text) input.value = text; // the caret stays where it is
      output.textContent = found;
    },
  };
}

/** A labelled input for a number. `typed` is called when a number has been typed, not at every key, and `refused` when it is none. */
export function numberInput(stage: Stage, label: string, typed: (value: number) => void, refused = () => {}): Control<[value: number]> {
  const input = h("input", { type: "number", step: "any", "aria-label": label });
  let shown = "";
  const taken = () => {
    if (Number.isFinite(input.valueAsNumber)) typed(input.valueAsNumber);
    else refused();
    stage.flush();
    input.value = shown; // that which holds, whatever was typed
  };
  on(stage, input, "change", taken);
  on(stage, input, "keydown", ({ key }) => key === "Enter" && taken()); // JupyterLab keeps the change that Enter makes
  return { el: labelled(label, "", input), show: (value) => void (input.value = shown = brief(value, 6)) };
}
