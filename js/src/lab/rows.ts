/** Rows and responses of a change, which has none where they are those of the data. */
import { jitter } from "../stats/jitter.js";
import type { WhatIf } from "../state/what-if.js";

/** How the rows that are used are chosen. */
export type Which = "first" | "random";

const SEED = 12;

const all = (n: number): number[] => Array.from({ length: n }, (_, row) => row);

const withRows = ({ rows: _, ...others }: WhatIf, rows: number[], n: number): WhatIf => ({ ...others, ...(rows.length < n && { rows: rows.sort((a, b) => a - b) }) });

/** Leaves a row out, or takes it back. */
export function withRow(change: WhatIf, row: number, n: number): WhatIf {
  const used = new Set(change.rows ?? all(n));
  return withRows(change, all(n).filter((one) => used.has(one) !== (one === row)), n);
}

/** Uses the first of all rows, or of all rows by chance: n + 1 of them are n and one more. */
export function withCount(change: WhatIf, count: number, n: number, which: Which): WhatIf {
  const place = which === "first" ? all(n) : jitter(n, SEED);
  return withRows(change, all(n).sort((a, b) => place[a]! - place[b]!).slice(0, count), n);
}

export const withResponse = ({ response: _, ...others }: WhatIf, response: readonly number[], given: ArrayLike<number>): WhatIf =>
  ({ ...others, ...(response.some((value, row) => value !== given[row]) && { response }) });
