import type { Stage } from "../stage.js";
import { brush } from "../state/selection.js";
import { drag } from "./drag.js";
import { on } from "./listen.js";

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
  let [from, moved] = [0, false];
  drag(stage, el, {
    press(x) {
      [from, moved] = [x, false];
      return true;
    },
    move(x) {
      moved ||= Math.abs(x - from) >= LEAST;
      const [axis, a, b] = [of(), value(from), value(x)];
      if (moved && axis !== null && a !== null && b !== null) keep(stage, axis, Math.min(a, b), Math.max(a, b));
    },
    end() {
      if (!moved) stage.set("selection", brush(stage.get("selection"), null));
    },
  });
}

/** Brushes an interval as far as it is within the axis. */
function keep(stage: Stage, { label, range: [least, most] }: Brushable, low: number, high: number): void {
  const within = (end: number) => Math.min(most, Math.max(least, end));
  stage.set("selection", brush(stage.get("selection"), { label, low: within(low), high: within(high) }));
}

/** Shift with left and right moves the lower end, with down and up the upper end. */
export function brushing(stage: Stage, el: HTMLElement, of: () => Brushable | null): void {
  const ends: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-STEP, 0],
    ArrowRight: [STEP, 0],
    ArrowDown: [0, -STEP],
    ArrowUp: [0, STEP],
  };
  on(stage, el, "keydown", (event) => {
    const by = ends[event.key];
    if (by === undefined || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const axis = of();
    if (axis === null) return;
    const [least, most] = axis.range;
    const { brushed } = stage.get("selection");
    const now = brushed?.label === axis.label ? brushed : { low: least, high: most };
    const low = Math.min(now.high, now.low + by[0] * (most - least));
    keep(stage, axis, low, Math.max(low, now.high + by[1] * (most - least)));
  });
}
