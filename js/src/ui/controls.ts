import { percent } from "../stats/format.js";
import type { Stage } from "../stage.js";
import { PROB } from "../state/traits.js";
import { h } from "./dom.js";

/** A drop-down. */
export interface Select {
  readonly el: HTMLElement;
  readonly show: (options: readonly string[], index: number) => void;
}

/** A labelled drop-down. `choose` gets the position of the chosen option. */
export function select(stage: Stage, label: string, choose: (index: number) => void): Select {
  const input = h("select", { "aria-label": label });
  input.addEventListener("change", () => choose(input.selectedIndex), { signal: stage.signal });
  const el = h("label", { class: "glm-control" }, h("span", {}, label), input);
  return {
    el,
    show(options, index) {
      const shown = [...input.options].map(({ textContent }) => textContent); // `text` has its white space collapsed
      if (shown.length !== options.length || shown.some((text, i) => text !== options[i])) {
        input.replaceChildren(...options.map((text, i) => h("option", { value: i }, text)));
      }
      input.selectedIndex = index;
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
export function range(
  stage: Stage,
  { label, min, max, step, say, move }: RangeOptions,
): { readonly el: HTMLElement; readonly show: (value: number) => void } {
  const input = h("input", { type: "range", min, max: max(), step, "aria-label": label });
  const output = h("output", {});
  const show = (value: number) => {
    input.max = String(max());
    input.value = String(value);
    input.setAttribute("aria-valuetext", say(value));
    output.textContent = say(value);
  };
  const moved = () => {
    show(input.valueAsNumber); // under the hand, before the frame in which everything else follows
    move(input.valueAsNumber);
  };
  input.addEventListener("input", moved, { signal: stage.signal });
  return { el: h("label", { class: "glm-control glm-range" }, h("span", {}, label), input, output), show };
}

/** The interval probability: one trait, shown wherever an interval is. */
export function probability(stage: Stage): HTMLElement {
  const control = range(stage, {
    label: "Interval probability",
    min: PROB.min,
    max: () => PROB.max,
    step: PROB.step,
    say: percent,
    move: (prob) => stage.set("prob", prob),
  });
  stage.follow(["prob"], () => control.show(stage.get("prob")));
  return control.el;
}

/** A labelled checkbox. */
export function checkbox(
  stage: Stage,
  label: string,
  toggle: (on: boolean) => void,
): { readonly el: HTMLElement; readonly show: (on: boolean) => void } {
  const input = h("input", { type: "checkbox" });
  input.addEventListener("change", () => toggle(input.checked), { signal: stage.signal });
  const el = h("label", { class: "glm-control" }, input, h("span", {}, label));
  return { el, show: (on) => void (input.checked = on) };
}

/** A labelled field to search in, with what was found beside it. */
export function search(
  stage: Stage,
  label: string,
  change: (text: string) => void,
): { readonly el: HTMLElement; readonly show: (text: string, found: string) => void } {
  const input = h("input", { type: "search", "aria-label": label, autocomplete: "off", spellcheck: "false" });
  const output = h("output", { "aria-live": "polite" });
  input.addEventListener("input", () => change(input.value), { signal: stage.signal });
  return {
    el: h("label", { class: "glm-control glm-range" }, h("span", {}, label), input, output),
    show(text, found) {
      if (input.value !== text) input.value = text; // the caret stays where it is
      output.textContent = found;
    },
  };
}
