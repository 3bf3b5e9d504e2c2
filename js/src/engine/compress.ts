/** Normal observations in fewer rows; `glm_magic/engines/instant/compress/summary.py`. */
import type { Factor, Slot } from "../engine-records.js";
import { once } from "../stats/once.js";
import type { F8 } from "../wire.js";

/** The number of rows of a slot: 1 where one value holds for all. */
export function rowsOf(slot: Slot): number {
  if ("values" in slot) return slot.values.data.length;
  if ("positions" in slot) return slot.positions.data.length;
  const { offset, columns, dense, groups } = slot;
  return Math.max(offset.data.length, columns.data.length > 0 ? dense.shape[1]! : 1, ...groups.map(({ multiplier }) => multiplier.data.length));
}

/** One value for each row, or one for all. */
export const ofRow = (values: ArrayLike<number>, row: number): number => values[values.length === 1 ? 0 : row]!;

/**
 * Normal observations with one standard deviation by their sufficient statistics: the triangle of a QR decomposition of the
 * design and the response, each row times the root of its weight (Golub & Van Loan 2013, Matrix Computations, 5.3.3). Rows
 * of the same groups are reduced together. Any other factor is given back as it is.
 */
export const compressed = once((factor: Factor): Factor => {
  const { distribution, rows, slots, weights } = factor;
  const [value, mu, sigma] = slots as [Slot, Slot, Slot];
  if (distribution !== "normal" || !("values" in value) || !("columns" in mu) || mu.link !== "identity" || rowsOf(sigma) > 1) return factor;
  const [n_columns, width] = [mu.columns.data.length, mu.dense.shape[1]!];
  const entries = (row: number) => [
    ...Array.from({ length: n_columns }, (_, k) => ofRow(mu.dense.data.subarray(k * width, (k + 1) * width), row)),
    ...mu.groups.map(({ multiplier }) => ofRow(multiplier.data, row)),
    ofRow(value.values.data, row) - ofRow(mu.offset.data, row),
  ];
  const blocks: Record<string, number[]> = {};
  for (let row = 0; row < rows; row++) (blocks[mu.groups.map(({ index }) => ofRow(index.data, row)).join()] ??= []).push(row);
  let left = 0;
  const kept = Object.values(blocks).flatMap((places) => {
    const { triangle, squares } = triangleOf(places.map((row) => entries(row).map((entry) => entry * Math.sqrt(weights?.data[row] ?? 1))));
    left += squares;
    return triangle.map((own) => ({ own, place: places[0]! }));
  });
  const { length } = kept;
  if (length === 0 || 2 * length > rows) return factor;
  const column = (k: number): F8 => vector(kept.map((one) => one.own.at(k)!));
  // With one standard deviation for all only the sums count: each row carries the same share.
  const share = (total: number) => ({ values: vector([total / length]) });
  return {
    ...factor,
    distribution: "normal_summary",
    rows: length,
    slots: [
      { values: column(-1) },
      {
        ...mu,
        offset: vector([0]),
        dense: { data: Float64Array.from({ length: n_columns * length }, (_, at) => kept[at % length]!.own[Math.floor(at / length)]!), shape: [n_columns, length] },
        groups: mu.groups.map((group, k) => ({
          ...group,
          multiplier: column(n_columns + k),
          index: { data: Int32Array.from(kept, ({ place }) => ofRow(group.index.data, place)), shape: [length] },
        })),
      },
      sigma,
      share(weights?.data.reduce((sum, weight) => sum + weight, 0) ?? rows),
      share(left),
    ],
    weights: null,
  };
});

const vector = (values: readonly number[]): F8 => ({ data: Float64Array.from(values), shape: [values.length] });

/** Relative size below which the rest of a column is nothing: columns of groups often repeat those of the population. */
const ROUNDING = 1e-13;

/**
 * The rows of the triangle but for the last column's own, which is given as the squares that no other column explains; by
 * the modified Gram-Schmidt method (ibid. 5.2.8), which leaves out columns that are sums of those before.
 */
function triangleOf(rows: readonly number[][]): { readonly triangle: readonly number[][]; readonly squares: number } {
  const columns = rows[0]!.map((_, k) => Float64Array.from(rows, (row) => row[k]!));
  const last = columns.length - 1;
  const sizes = columns.map((column) => product(column, column));
  const triangle: number[][] = [];
  columns.slice(0, last).forEach((column, j) => {
    const square = product(column, column);
    if (!(square > ROUNDING ** 2 * sizes[j]!)) return;
    const length = Math.sqrt(square);
    triangle.push(
      columns.map((other, k) => {
        if (k <= j) return k < j ? 0 : length;
        const share = product(column, other) / length;
        for (let row = 0; row < column.length; row++) other[row]! -= (share / length) * column[row]!;
        return share;
      }),
    );
  });
  return { triangle, squares: product(columns[last]!, columns[last]!) };
}

const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, row) => sum + x * b[row]!, 0);
