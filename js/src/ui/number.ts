import type { Stage } from "../stage.js";
import { h } from "./dom.js";

/** A labelled input for a number. `typed` is called when a number has been typed, not at every key. */
export function numberInput(stage: Stage, label: string, typed: (value: number) => void): { readonly el: HTMLElement; readonly show: (value: number) => void } {
  const input = h("input", { type: "number", step: "any", "aria-label": label });
  const changed = () => {
    if (Number.isFinite(input.valueAsNumber)) typed(input.valueAsNumber);
  };
  input.addEventListener("change", changed, { signal: stage.signal });
  return { el: h("label", { class: "glm-control" }, h("span", {}, label), input), show: (value) => void (input.value = String(value)) };
}
