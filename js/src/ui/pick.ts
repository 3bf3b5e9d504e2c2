import type { Stage } from "../stage.js";
import { hover, lit, pin } from "../state/selection.js";
import { on } from "./listen.js";

/** How draws are found in a plot. */
export interface Pickable {
  /** The draw nearest to a place in CSS pixels of the plot; null where none is near. */
  nearest(x: number, y: number): number | null;
  /** The draw that an arrow leads to from the one that is lit; undefined where that key is not ours. */
  step(key: string, from: number | null): number | null | undefined;
}

/** Pointing at a plot lights the nearest draw up, a click pins it. Touch has no hover: a tap pins. */
export function pointing(stage: Stage, el: HTMLElement, nearest: Pickable["nearest"]): void {
  const at = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = el.getBoundingClientRect();
    return nearest(clientX - left, clientY - top);
  };
  // The draw that is played stays, wherever the pointer is.
  const plays = () => stage.get("playing") && stage.get("tab") === "fan";
  const point = (draw: number | null) => plays() || stage.set("selection", hover(stage.get("selection"), draw));
  on(stage, el, "pointermove", (event) => event.pointerType !== "touch" && event.buttons === 0 && point(at(event)));
  on(stage, el, "pointerleave", () => point(null));
  on(stage, el, "click", (event) => {
    const draw = at(event);
    if (draw !== null) stage.set("selection", pin(stage.get("selection"), draw));
  });
}

/** Arrows step through draws, and Enter or Space pins the one that is lit. `keys` says so, after the name of the field. */
export function stepping(stage: Stage, el: HTMLElement, name: string, keys: string, step: Pickable["step"]): void {
  const told = { role: "application", "aria-label": name, "aria-description": keys };
  for (const [attribute, value] of Object.entries(told)) el.setAttribute(attribute, value);
  on(stage, el, "keydown", (event) => {
    if (event.defaultPrevented || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const selection = stage.get("selection");
    const from = lit(selection);
    if (event.key === "Enter" || event.key === " ") {
      if (from !== null) stage.set("selection", pin(selection, from));
    } else {
      const to = step(event.key, from);
      if (to === undefined) return;
      stage.set("selection", hover(stage.get("selection"), to ?? from));
    }
    event.preventDefault();
  });
}
