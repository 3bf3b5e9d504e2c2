/** Rows and responses of a change. What is as in the data is not kept, so that a change taken back is none. */
import { jitter } from "../stats/jitter.js";
import type { WhatIf } from "../state/what-if.js";

/** How the rows that are used are chosen. */
export type Which = "first" | "random";

const SEED = 12;

const all = (n: number): number[] => Array.from({ length: n }, (_, row) => row);

export function withRows(change: WhatIf, rows: readonly number[], n: number): WhatIf {
  const { rows: _, ...others } = change;
  return rows.length === n ? others : { ...others, rows: [...rows].sort((a, b) => a - b) };
}

export function withResponse(change: WhatIf, response: readonly number[], given: ArrayLike<number>): WhatIf {
  const { response: _, ...others } = change;
  return response.every((value, row) => value === given[row]) ? others : { ...others, response };
}

/** Leaves a row out, or takes it back. */
export function withRow(change: WhatIf, row: number, n: number): WhatIf {
  const used = change.rows ?? all(n);
  return withRows(change, used.includes(row) ? used.filter((one) => one !== row) : [...used, row], n);
}

/** Gives a row another value. */
export const withValue = (change: WhatIf, row: number, value: number, given: ArrayLike<number>): WhatIf =>
  withResponse(change, Array.from(change.response?.length === given.length ? change.response : given, (own, at) => (at === row ? value : own)), given);

/** All rows in an order of which n + 1 are n and one more. */
export function orderOf(n: number, which: Which): number[] {
  if (which === "first") return all(n);
  const place = jitter(n, SEED);
  return all(n).sort((a, b) => place[a]! - place[b]!);
}

/** Uses as many rows. Those that were left out by hand come back last. */
export function withCount(change: WhatIf, count: number, n: number, which: Which): WhatIf {
  const order = orderOf(n, which);
  const used = new Set(change.rows ?? order);
  const last = order.reduce((last, row, at) => (used.has(row) ? at : last), -1);
  const out = order.filter((row, at) => at < last && !used.has(row));
  return withRows(change, [...order.filter((row) => !out.includes(row)), ...out].slice(0, count), n);
}
