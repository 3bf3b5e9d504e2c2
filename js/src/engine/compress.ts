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

/**
 * Normal observations with one standard deviation by their sufficient statistics: the triangle of a QR decomposition of the
 * design and the response, each row times the root of its weight (Golub & Van Loan 2013, Matrix Computations, 5.3.3). Any
 * other factor is given back as it is.
 */
export const compressed = once((factor: Factor): Factor => {
  const { distribution, rows, slots, weights } = factor;
  const [value, mu, sigma] = slots as [Slot, Slot, Slot];
  if (distribution !== "normal" || !("values" in value) || !("columns" in mu) || mu.link !== "identity" || mu.groups.length > 0 || rowsOf(sigma) > 1) return factor;
  const kept = mu.columns.data.length;
  if (kept === 0 || 2 * kept > rows) return factor;
  const own = ({ data }: F8, row: number, first = 0, length = data.length) => data[first + (length > 1 ? row : 0)]!;
  const width = mu.dense.shape[1]!;
  const triangle = triangleOf(
    Array.from({ length: kept + 1 }, (_, k) =>
      Float64Array.from({ length: rows }, (_, row) => {
        const number = k < kept ? own(mu.dense, row, k * width, width) : own(value.values, row) - own(mu.offset, row);
        return number * Math.sqrt(weights?.data[row] ?? 1);
      }),
    ),
  );
  const last = triangle[kept]!;
  // With one standard deviation for all only the sums count: each row carries the same share.
  const share = (total: number) => ({ values: vector([total / kept]) });
  return {
    ...factor,
    distribution: "normal_summary",
    rows: kept,
    slots: [
      { values: vector(last.slice(0, kept)) },
      { ...mu, offset: vector([0]), dense: { data: Float64Array.from(triangle.slice(0, kept).flatMap((column) => column.slice(0, kept))), shape: [kept, kept] } },
      sigma,
      share(weights?.data.reduce((sum, weight) => sum + weight, 0) ?? rows),
      share(last[kept]! ** 2),
    ],
    weights: null,
  };
});

const vector = (values: readonly number[]): F8 => ({ data: Float64Array.from(values), shape: [values.length] });

/** The columns of the triangle, by the modified Gram-Schmidt method (ibid. 5.2.8); takes the columns of the matrix for its work. */
function triangleOf(columns: readonly Float64Array[]): number[][] {
  const triangle = columns.map(() => columns.map(() => 0));
  columns.forEach((column, j) => {
    const length = Math.sqrt(product(column, column));
    triangle[j]![j] = length;
    if (length === 0) return;
    for (let k = j + 1; k < columns.length; k++) {
      const other = columns[k]!;
      const share = product(column, other) / length;
      triangle[k]![j] = share;
      for (let row = 0; row < column.length; row++) other[row]! -= (share / length) * column[row]!;
    }
  });
  return triangle;
}

const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, row) => sum + x * b[row]!, 0);
