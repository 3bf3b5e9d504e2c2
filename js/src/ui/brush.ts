import type { Stage } from "../stage.js";
import { brush } from "../state/selection.js";

/** An axis to brush along; there is none where the draws of its number are not here. */
export interface Brushable {
  readonly label: string;
  /** All that can be brushed. */
  readonly range: readonly [number, number];
}

/** CSS pixels from which a press is a drag. */
const LEAST = 4;
/** Of the range, for each press of a key. */
const STEP = 0.02;

/** Dragging across a plot brushes an interval; a press that does not move lets it go. `value` is that at a pixel. */
export function dragging(stage: Stage, el: HTMLElement, of: () => Brushable | null, value: (px: number) => number | null): void {
  let from: number | null = null;
  let moved = false;
  const x = (event: PointerEvent) => event.clientX - el.getBoundingClientRect().left;
  const { signal } = stage;
  const set = (px: number) => {
    const [axis, a, b] = [of(), value(from!), value(px)];
    if (axis === null || a === null || b === null) return;
    const { label, range } = axis;
    const [low, high] = range;
    const within = (end: number) => Math.min(high, Math.max(low, end));
    stage.set("selection", brush(stage.get("selection"), { label, low: within(Math.min(a, b)), high: within(Math.max(a, b)) }));
  };
  el.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      from = x(event);
      moved = false;
      el.setPointerCapture?.(event.pointerId);
    },
    { signal },
  );
  el.addEventListener(
    "pointermove",
    (event) => {
      if (from === null) return;
      moved ||= Math.abs(x(event) - from) >= LEAST;
      if (moved) set(x(event));
    },
    { signal },
  );
  const end = () => {
    if (from !== null && !moved) stage.set("selection", brush(stage.get("selection"), null));
    from = null;
  };
  el.addEventListener("pointerup", end, { signal });
  el.addEventListener("pointercancel", () => (from = null), { signal });
}

/** Shift with left and right moves the lower end, with down and up the upper end. */
export function brushing(stage: Stage, el: HTMLElement, of: () => Brushable | null): void {
  const ends: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-STEP, 0],
    ArrowRight: [STEP, 0],
    ArrowDown: [0, -STEP],
    ArrowUp: [0, STEP],
  };
  const pressed = (event: KeyboardEvent) => {
    const by = ends[event.key];
    if (by === undefined || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const axis = of();
    if (axis === null) return;
    const { label, range } = axis;
    const [least, most] = range;
    const selection = stage.get("selection");
    const now = selection.brushed?.label === label ? selection.brushed : { low: least, high: most };
    const low = Math.min(now.high, Math.max(least, now.low + by[0] * (most - least)));
    const high = Math.max(low, Math.min(most, now.high + by[1] * (most - least)));
    stage.set("selection", brush(selection, { label, low, high }));
  };
  el.addEventListener("keydown", pressed, { signal: stage.signal });
}
