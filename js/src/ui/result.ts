import type { Stage } from "../stage.js";
import { h } from "./dom.js";
import { on } from "./listen.js";

/** Milliseconds after which what has changed is said. */
const AFTER = 700;

/** Says the result in front to a screen reader, a moment after a control of the panel was changed by hand. */
export function resultLine(stage: Stage, root: HTMLElement): HTMLElement {
  const el = h("div", { role: "status", "aria-label": "Result", class: "glm-spoken" });
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const say = () => {
    const front = root.querySelector("[role=tabpanel]:not([hidden]) [role=img]");
    if (!stage.get("playing")) el.textContent = front?.getAttribute("aria-label") ?? "";
  };
  const changed = ({ type, target }: Event) => {
    if (type === "click" && !(target as Element).closest(".glm-controls button")) return;
    clearTimeout(waiting);
    if (type !== "input") waiting = setTimeout(say, AFTER); // a slider that is dragged changes when it is let go
  };
  for (const type of ["input", "change", "click"] as const) on(stage, root, type, changed);
  return el;
}
