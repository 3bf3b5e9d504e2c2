/** A new response of every row, drawn from the likelihood of a program. */
import { ofRow } from "../engine/compress.js";
import { valuesOf } from "../engine/coordinates.js";
import { isLikelihood } from "../engine/edit.js";
import { type Variate, VARIATES } from "../engine/variates.js";
import { FAMILIES } from "../fit/families.js";
import { inverseOf } from "../fit/means.js";
import type { Random } from "../stats/random.js";
import type { EngineView, Factor, Program, Slot } from "../wire.js";

/** Of a random variable that is not free; undefined where there is none. */
export const likelihoodOf = (program: Program): Factor | undefined => program.factors.find((factor) => isLikelihood(program, factor));

/** Numbers of the draws, by their places among `Draws.columns`. */
export type ValueOf = (column: number) => number;

/** The columns of the draws that determine the coordinates; null where they do not. */
export const columnsNeeded = ({ coordinates }: EngineView): readonly number[] | null =>
  coordinates && coordinates.flatMap(({ at, scales }) => [...at.data, ...scales.data]).filter((at) => at >= 0);

/**
 * Draws a response at the parameters that a draw, or the truth, has; NaN where that gives no distribution. `columnsNeeded` must
 * have answered.
 */
export function simulatedResponse(view: EngineView, value: ValueOf, random: Random): number[] {
  const { distribution, rows, slots } = likelihoodOf(view.program)!;
  const c = view.coordinates!.map((sum) => valuesOf(sum, (at) => [value(at)], 1)[0]!);
  const [a, b, d] = slots.slice(1).map((slot) => inRows(slot, c));
  const draw: Variate = VARIATES[distribution] ?? ((...of) => FAMILIES[distribution]!.draw(...of, NaN));
  return Array.from({ length: rows }, (_, row) => draw(random, a!(row), b?.(row) ?? NaN, d?.(row) ?? NaN));
}

/** The value of a parameter in a row, at constrained coordinates. */
function inRows(slot: Slot, c: readonly number[]): (row: number) => number {
  if ("values" in slot) return (row) => ofRow(slot.values.data, row);
  const inverse = inverseOf(slot.link);
  if ("positions" in slot) {
    const at = (row: number) => c[ofRow(slot.positions.data, row)]!;
    return slot.source === "c" ? (row) => inverse(at(row)) : at; // from u, the link is what constrains
  }
  const { offset, columns, dense, groups } = slot;
  const n = dense.shape[1]!;
  return (row) => {
    let eta = ofRow(offset.data, row);
    columns.data.forEach((at, k) => (eta += ofRow(dense.data.subarray(k * n, (k + 1) * n), row) * c[at]!));
    for (const { multiplier, index, scale } of groups) eta += ofRow(multiplier.data, row) * (scale < 0 ? 1 : c[scale]!) * c[ofRow(index.data, row)]!;
    return inverse(eta);
  };
}
