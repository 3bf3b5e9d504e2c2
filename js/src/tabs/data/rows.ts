/** The controls of the rows that are used, and of the value of one of them. */
import { orderOf, withCount, withRow, withRows, withValue, type Which } from "../../lab/rows.js";
import type { Axis, Scales } from "../../marks/axes.js";
import type { Stage } from "../../stage.js";
import type { WhatIf } from "../../state/what-if.js";
import { brief, count } from "../../stats/format.js";
import { menu } from "../../ui/bound.js";
import { numberInput, range } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { controlRow, offer } from "../../ui/scene.js";
import type { Column, DataView_ } from "../../wire.js";
import { numeric } from "../columns.js";
import type { Rows } from "./hand.js";
import { whyNoResponse } from "./response.js";
import type { Shown } from "./shown.js";

/** The fewest rows of the slider. */
const FEWEST = 2;

/** The picture around the rows. */
export interface Around {
  shown(): Shown;
  scales(): Scales;
  /** Draws what is over the points again, or everything. */
  light(): void;
  redraw(): void;
}

export interface RowControls {
  readonly el: HTMLElement;
  /** What is in the hand of pointer and keys. */
  readonly hand: Omit<Rows, "nearest">;
  /** The vertical axis, which stays while a row is held. */
  axis(): Axis | null;
  /** After a change of the fit or of what is shown; returns what is to be said of rows. */
  update(): string;
}

export function rowControls(stage: Stage, { shown, scales, light, redraw }: Around): RowControls {
  let row: number | null = null;
  let held: { readonly scales: Scales; readonly from: number; readonly place: number } | null = null;
  const change = (by: (whatIf: WhatIf) => WhatIf) => stage.set("what_if", by(stage.get("what_if")));
  const n = () => (stage.fit.tabs.data as DataView_).n_shown;
  const which = () => stage.get("which_rows") as Which;
  const used = range(stage, {
    label: "Rows used",
    min: FEWEST,
    max: n,
    step: 1,
    say: (rows) => `${count(rows)} of ${count(n())}`,
    move: (rows) => change((now) => withCount(now, rows, n(), which())),
  });
  const chosen = menu<Which>(stage, "Which rows", ["which_rows"], () => ["first", "random"], which, (value) => {
    stage.set("which_rows", value);
    change((now) => withRows(now, orderOf(n(), value).slice(0, now.rows?.length ?? n()), n()));
  });
  const value = numberInput(stage, "Row value", (typed) => {
    const { response, y } = shown();
    const { holds, said } = response!.domain;
    if (holds(typed, row!)) move(row!, typed);
    else status.textContent = `${y.name} must be ${said}.`;
  });
  const status = h("span", { role: "status", "aria-label": "Row", class: "glm-status" });
  const el = controlRow();

  const move = (at: number, to: number) => change((now) => withValue(now, at, to, shown().response!.given));
  const focus = (at: number | null) => {
    row = at;
    show();
    light();
  };
  const show = () => {
    const { response, moves, values } = shown();
    offer(el, response !== null && used.el, response !== null && chosen, row !== null && moves && value.el, status);
    if (row !== null) value.show(values[row]!);
    status.textContent = row === null ? "" : said(shown(), row);
  };
  return {
    el,
    hand: {
      order: () => orderOfX(shown()),
      focused: () => row,
      focus,
      toggle: (at) => change((now) => withRow(now, at, n())),
      lift(at, up) {
        const { response, moves, placed, values } = shown();
        if (!moves) return;
        held ??= { scales: scales(), from: placed.y[at]!, place: response!.place(at, values[at]!) };
        const { scales: { y }, from, place } = held;
        move(at, response!.nearest(at, place + y.invert(y(from) - up) - y.invert(y(from))));
      },
      end() {
        held = null;
        redraw();
      },
      step(at, by) {
        const { response, moves, values } = shown();
        if (moves) move(at, response!.nearest(at, response!.place(at, values[at]! + by * response!.step)));
      },
    },
    axis: () => held && numeric([held.scales.y.invert(held.scales.bottom), held.scales.y.invert(held.scales.top)], shown().y.name),
    update() {
      const { response, moves, y } = shown();
      if (response === null || (row !== null && row >= n())) row = null;
      used.show(stage.get("what_if").rows?.length ?? n());
      show();
      if (response === null) return whyNoResponse(stage.fit);
      const moved = moves ? "; drag it up or down to change its value" : `. Rows cannot be moved: the model does not have ${y.name} as it is drawn`;
      return `Click a row to leave it out or to take it back${moved}.`;
    },
  };
}

/** Rows that have a place, from left to right. */
function orderOfX({ response, placed: { x, y } }: Shown): number[] {
  const rows = Array.from(x, (_, row) => row).filter((row) => Number.isFinite(x[row]! + y[row]!));
  return response === null ? [] : rows.sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
}

/** "Row 12: x = 1.2, y = 3.4, left out"; rows are counted from 1. */
function said({ x, y, out, moves, before, response }: Shown, row: number): string {
  const value = (one: Column) => (one.kind === "numeric" ? brief(one.values.data[row]!, 4) : (one.levels[one.codes.data[row]!] ?? ""));
  return [
    `Row ${count(row + 1)}: ${x.name} = ${value(x)}`,
    `${y.name} = ${value(y)}`,
    ...(moves && before.has(row) ? [`${brief(response!.place(row, response!.given[row]!), 4)} in the data`] : []),
    ...(out.has(row) ? ["left out"] : []),
  ].join(", ");
}
