import type { Stage } from "../stage.js";
import { brush, type Brush } from "../state/selection.js";
import { drag } from "./drag.js";
import { on } from "./listen.js";

/** An axis to brush along; there is none where the draws of its number are not here. */
export interface Brushable extends Pick<Brush, "label" | "values"> {
  /** All that can be brushed. */
  readonly range: readonly [number, number];
}

/** CSS pixels from which a press is a drag. */
const LEAST = 4;
/** Of the range, for each press of a key. */
const STEP = 0.02;

/** Dragging across a plot brushes an interval; a press that does not move lets it go. `value` is that at a pixel. */
export function dragging(stage: Stage, el: HTMLElement, of: (event: PointerEvent) => Brushable | null, value: (px: number) => number | null): void {
  let [from, moved, axis] = [0, false, null as Brushable | null];
  drag(stage, el, {
    press(x, event) {
      [from, moved, axis] = [x, false, of(event)];
      return axis !== null;
    },
    move(x) {
      moved ||= Math.abs(x - from) >= LEAST;
      const [a, b] = [value(from), value(x)];
      if (moved && axis !== null && a !== null && b !== null) keep(stage, axis, Math.min(a, b), Math.max(a, b));
    },
    end() {
      if (!moved) stage.set("selection", brush(stage.get("selection"), null));
    },
  });
}

/** Brushes an interval as far as it is within the axis. */
export function keep(stage: Stage, { range: [least, most], ...of }: Brushable, low: number, high: number): void {
  const within = (end: number) => Math.min(most, Math.max(least, end));
  stage.set("selection", brush(stage.get("selection"), { ...of, low: within(low), high: within(high) }));
}

/** What is said of it. */
export const BRUSH = "Drag across a density to keep the draws of an interval: the other densities, Pairs and the fan then show these alone.";

/** The keys of a field of draws whose densities can be brushed. */
export const brushKeys = (others: string): string =>
  "Left and right arrows step through draws, Enter pins one. Shift with left or right moves the brush's lower end, " +
  `with down or up its upper end. Up and down go to other ${others}.`;

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
