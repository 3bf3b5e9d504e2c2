/** Rows in the hand: left out and taken back, and given other values, by pointer, keys, and controls. */
import { withCount, withResponse, withRow, type Which } from "../../lab/rows.js";
import type { Axis } from "../../marks/axes.js";
import type { Stage } from "../../stage.js";
import type { WhatIf } from "../../state/what-if.js";
import { brief, count } from "../../stats/format.js";
import type { Index } from "../../stats/nearest.js";
import { menu } from "../../ui/bound.js";
import { numberInput, range } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { drag } from "../../ui/drag.js";
import { on } from "../../ui/listen.js";
import { controlRow, offer } from "../../ui/scene.js";
import type { Column, DataView_ } from "../../wire.js";
import { numeric } from "../columns.js";
import type { On } from "../selection.js";
import { valuesNow } from "./response.js";
import type { Shown } from "./shown.js";

/** The fewest rows of the slider. */
const FEWEST = 2;
/** CSS pixels within which a row is found, and from which a press is a drag. */
const REACH = 10;
const LEAST = 4;

/** What the keys of the field do. */
export const KEYS = "Arrows go from row to row, Enter leaves one out or takes it back, plus and minus change its value.";

/** The picture of the rows: `field` has the keys, `el` what is pressed. */
export interface Picture {
  readonly field: HTMLElement;
  readonly el: HTMLElement;
  shown(): Shown;
  /** Where it was drawn last, and the rows by their places there. */
  on(): (On & { readonly index: Index }) | null;
  redraw(): void;
}

export interface RowControls {
  readonly el: HTMLElement;
  /** The row that has the keys. */
  row(): number | null;
  /** The vertical axis, which stays while a row is held. */
  axis(): Axis | null;
  /** After a change of what is shown. */
  update(): void;
}

export function rowControls(stage: Stage, { field, el, shown, on: drawn, redraw }: Picture): RowControls {
  let row: number | null = null;
  /** Why a typed value was refused, and the change that stayed: shown until there is another, or another row has the keys. */
  let refused: { readonly why: string; readonly stayed: WhatIf } | null = null;
  let pressed: PointerEvent | null = null;
  /** Of a row that is dragged: its value at first, and the scales along which it moves. */
  let from = 0;
  let held: On["scales"] | null = null;
  const n = () => (stage.fit.tabs.data as DataView_).n_shown;
  const which = () => stage.get("which_rows") as Which;
  const use = (rows: number) => stage.set("what_if", withCount(stage.get("what_if"), rows, n(), which()));
  const rows = () => stage.get("what_if").rows?.length ?? n();
  const used = range(stage, { label: "Rows used", min: FEWEST, max: n, step: 1, say: (one) => `${count(one)} of ${count(n())}`, move: use });
  const chosen = menu<Which>(stage, "Which rows", ["which_rows"], () => ["first", "random"], which, (value) => {
    stage.set("which_rows", value);
    use(rows());
  });
  const refuse = () => {
    refused = { why: `${shown().y.name} must be ${shown().response!.domain.said}.`, stayed: stage.get("what_if") };
    update();
  };
  const value = numberInput(stage, "Row value", (typed) => (shown().response!.domain.holds(typed, row!) ? move(typed) : refuse()), refuse);
  const status = h("span", { role: "status", "aria-label": "Row", class: "glm-status" });
  const controls = controlRow();

  /** The row at a place of the window; -1 where there is none, or none can be changed. */
  const near = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }) => {
    const { left, top } = el.getBoundingClientRect();
    return (shown().response && drawn()?.index.nearest(clientX - left, clientY - top, REACH)) ?? -1;
  };
  const now = () => valuesNow(stage, shown().response!)[row!]!;
  /** Gives the row a value that it may have. */
  const move = (to: number) => {
    const response = shown().response!;
    const whole = response.nearest(row!, to);
    const values = Array.from(valuesNow(stage, response), (own, at) => (at === row ? whole : own));
    if (response.moves && response.domain.holds(whole, row!)) stage.set("what_if", withResponse(stage.get("what_if"), values, response.given));
  };
  const toggle = () => stage.set("what_if", withRow(stage.get("what_if"), row!, n()));
  const focus = (to: number) => {
    [row, refused] = [to, null];
    update();
    redraw();
  };

  drag(stage, el, {
    press(_, event) {
      const found = near(event);
      if (found >= 0) focus(found);
      [pressed, held] = [event, null];
      return found >= 0;
    },
    // What stands above may come and go meanwhile: the pointer is followed in the window.
    move(_, { clientX, clientY }) {
      const up = pressed!.clientY - clientY;
      if (held === null && Math.hypot(clientX - pressed!.clientX, up) < LEAST) return;
      if (held === null) [held, from] = [drawn()!.scales, now()];
      move(from + (held.y.invert(0) - held.y.invert(up)) * shown().response!.unit(row!));
    },
    hover: (_, event) => void (el.style.cursor = near(event) < 0 ? "" : "pointer"),
    end() {
      if (held === null) return toggle();
      held = null;
      redraw();
    },
  });
  // A finger on a row does not scroll the page.
  on(stage, el, "touchstart", (event) => near(event.touches[0]!) >= 0 && event.preventDefault());
  on(stage, field, "keydown", (event) => {
    const { key, shiftKey, target, ctrlKey, metaKey, altKey } = event;
    if (target !== field || ctrlKey || metaKey || altKey) return;
    const order = fromLeft(shown());
    const at = order.indexOf(row ?? -1);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: order.length - 1, ...(!shiftKey && { ArrowUp: at - 1, ArrowDown: at + 1 }) }[key];
    const by = { "+": 1, "-": -1, ArrowUp: 1, ArrowDown: -1 }[key];
    if (to !== undefined) focus(order[to] ?? row ?? order[0]!);
    else if (row === null) return;
    else if (by !== undefined) move(now() + by * shown().response!.step);
    else if (key === "Enter" || key === " ") toggle();
    else return;
    event.preventDefault();
  });

  function update(): void {
    const { response } = shown();
    if (!response || row! >= n()) row = null;
    offer(controls, ...(response ? [used.el, chosen, row !== null && response.moves && value.el, status] : []));
    used.show(rows());
    if (row !== null) value.show(now());
    const answer = () => (refused?.stayed === stage.get("what_if") ? refused.why : said(shown(), row!));
    status.textContent = row === null ? "" : answer();
  }
  return { el: controls, row: () => row, axis: () => held && numeric([held.y.invert(held.bottom), held.y.invert(held.top)], shown().y.name), update };
}

/** Rows that have a place, from left to right. */
function fromLeft({ placed: { x, y } }: Shown): number[] {
  const rows = Array.from(x, (_, row) => row).filter((row) => Number.isFinite(x[row]! + y[row]!));
  return rows.sort((a, b) => x[a]! - x[b]!);
}

/** "Row 12: x = 1.2, y = 3.4, left out"; rows are counted from 1. */
function said({ x, y, out, before, response }: Shown, row: number): string {
  const value = (one: Column) => `${one.name} = ${one.kind === "numeric" ? brief(one.values.data[row]!, 4) : one.levels[one.codes.data[row]!]}`;
  const old = before.has(row) && `${brief(response!.given[row]! / response!.unit(row), 4)} in the data`;
  return [`Row ${count(row + 1)}: ${value(x)}`, value(y), old, out.has(row) && "left out"].filter(Boolean).join(", ");
}
