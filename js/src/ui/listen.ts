import type { Stage } from "../stage.js";
import { h } from "./dom.js";

/** Listens to an element for as long as the stage lives. */
export function on<K extends keyof HTMLElementEventMap>(stage: Stage, el: HTMLElement, type: K, listener: (event: HTMLElementEventMap[K]) => void): void {
  el.addEventListener(type, listener, { signal: stage.signal });
}

/** A button with words on it. */
export function button(stage: Stage, text: string, click: () => void): HTMLButtonElement {
  const el = h("button", { type: "button", class: "glm-button" }, text);
  on(stage, el, "click", click);
  return el;
}
