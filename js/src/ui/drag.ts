import type { Stage } from "../stage.js";
import { on } from "./listen.js";

/** What follows a pointer that is pressed on an element; places are in CSS pixels from its left. */
export interface Dragged {
  /** Whether the pointer takes hold of something there. */
  press(x: number, event: PointerEvent): boolean;
  move(x: number, event: PointerEvent): void;
  /** Over the element while nothing is held. */
  hover?(x: number, event: PointerEvent): void;
  end?(): void;
}

export function drag(stage: Stage, el: HTMLElement, { press, move, hover, end }: Dragged): void {
  let held = false;
  const x = (event: PointerEvent) => event.clientX - el.getBoundingClientRect().left;
  on(stage, el, "pointerdown", (event) => {
    if (event.button !== 0 || !press(x(event), event)) return;
    held = true;
    el.setPointerCapture?.(event.pointerId);
  });
  on(stage, el, "pointermove", (event) => (held ? move : hover)?.(x(event), event));
  on(stage, el, "pointerup", () => {
    if (held) end?.();
    held = false;
  });
  on(stage, el, "pointercancel", () => (held = false));
}
