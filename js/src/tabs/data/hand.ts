/** Rows in the hand: a click leaves one out or takes it back, a drag up or down gives it another value, and keys do both. */
import type { Stage } from "../../stage.js";
import { drag, within } from "../../ui/drag.js";
import { on } from "../../ui/listen.js";

export interface Rows {
  /** The row at a place in CSS pixels of the picture; -1 where there is none, or rows cannot be changed. */
  nearest(x: number, y: number): number;
  /** The rows in the order of x. */
  order(): readonly number[];
  focused(): number | null;
  focus(row: number | null): void;
  toggle(row: number): void;
  /** A row is lifted by so many pixels from where it was; for good with `end`. */
  lift(row: number, up: number): void;
  end(): void;
  /** Steps its value goes up by a key. */
  step(row: number, by: number): void;
}

/** CSS pixels from which a press is a drag. */
const LEAST = 4;

export const KEYS =
  "Arrows go from row to row in the order of x. Enter leaves a row out or takes it back. Plus and minus, or Shift with up and down, change its value.";

/** `field` has the keys, and `picture` what is pressed. */
export function handled(stage: Stage, field: HTMLElement, picture: HTMLElement, rows: Rows): void {
  let [row, moved, from] = [-1, false, [0, 0]];
  drag(stage, picture, {
    press(x, _, y) {
      [row, moved, from] = [rows.nearest(x, y), false, [x, y]];
      if (row >= 0) rows.focus(row);
      return row >= 0;
    },
    move(x, y) {
      moved ||= Math.hypot(x - from[0]!, y - from[1]!) >= LEAST;
      if (moved) rows.lift(row, from[1]! - y);
    },
    hover: (x, y) => void (picture.style.cursor = rows.nearest(x, y) < 0 ? "" : "pointer"),
    end() {
      if (moved) rows.end();
      else rows.toggle(row);
    },
  });
  // A finger on a row does not scroll the page.
  on(stage, picture, "touchstart", (event) => {
    if (rows.nearest(...within(picture, event.touches[0]!)) >= 0) event.preventDefault();
  });
  on(stage, field, "keydown", (event) => {
    if (event.target !== field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(event, rows)) event.preventDefault();
  });
}

/** Whether a key is one of ours. */
function pressed({ key, shiftKey }: KeyboardEvent, rows: Rows): boolean {
  const now = rows.focused();
  const by = { "+": 1, "-": -1, ...(shiftKey && { ArrowUp: 1, ArrowDown: -1 }) }[key];
  if (by !== undefined) {
    if (now !== null) rows.step(now, by);
    return true;
  }
  if (key === "Enter" || key === " ") {
    if (now !== null) rows.toggle(now);
    return true;
  }
  const order = rows.order();
  const at = now === null ? -1 : order.indexOf(now);
  const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: order.length - 1 }[key];
  if (to === undefined) return false;
  rows.focus(order[Math.min(order.length - 1, Math.max(0, to))] ?? null);
  return true;
}
