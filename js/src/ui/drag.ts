import type { Stage } from "../stage.js";
import { on } from "./listen.js";

/** What follows a pointer that is pressed on an element; places are in CSS pixels from its left and top. */
export interface Dragged {
  /** Whether the pointer takes hold of something there. */
  press(x: number, event: PointerEvent, y: number): boolean;
  move(x: number, y: number): void;
  /** Over the element while nothing is held. */
  hover?(x: number, y: number): void;
  end?(): void;
}

/** From the left and the top of an element, in CSS pixels. */
export function within(el: HTMLElement, { clientX, clientY }: { readonly clientX: number; readonly clientY: number }): [number, number] {
  const { left, top } = el.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

export function drag(stage: Stage, el: HTMLElement, { press, move, hover, end }: Dragged): void {
  let held = false;
  on(stage, el, "pointerdown", (event) => {
    const [x, y] = within(el, event);
    if (event.button !== 0 || !press(x, event, y)) return;
    held = true;
    el.setPointerCapture?.(event.pointerId);
  });
  on(stage, el, "pointermove", (event) => (held ? move : hover)?.(...within(el, event)));
  on(stage, el, "pointerup", () => {
    if (held) end?.();
    held = false;
  });
  on(stage, el, "pointercancel", () => (held = false));
}
