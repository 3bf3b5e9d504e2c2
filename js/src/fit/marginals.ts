/** The distribution of one number: densities of the chains, and of the draws that a brush keeps. */
import type { Brush } from "../state/selection.js";
import { densities, density, interpolated, type Kernel } from "../stats/kde.js";
import { onceFor } from "../stats/once.js";
import { rowsOf } from "../stats/rows.js";
import type { Draws, TraceRow } from "../wire.js";
import { ascending, chainsOf, column, remaining } from "./draws.js";

/**
 * The density of all draws of a number; null where there are none, or all are alike. Draws that were weighted have the
 * bandwidth of those that they repeat: equal ones would ask for too small a one.
 */
export const densityOf = onceFor((draws: Draws, label): Kernel | null => {
  const values = ascending(draws, label);
  return values === undefined ? null : density(values, draws.repeats && densityOf(draws.repeats, label));
});

/** A density per chain over common places. */
export interface Densities {
  readonly x: ArrayLike<number>;
  readonly chains: readonly ArrayLike<number>[];
}

/** Those of the shipped draws; of angles, and where draws were thinned, those that Python made of all draws. */
export const densitiesOf = (draws: Draws, { label, density }: TraceRow): Densities =>
  density === null ? estimated(draws, label) : { x: density.x.data, chains: rowsOf(density.y.data, density.x.data.length) };

const estimated = onceFor((draws: Draws, label): Densities => {
  const { x, y } = densities(chainsOf(draws, label));
  return { x, chains: y };
});

/** The draws of a number that a brush keeps. */
export function kept(draws: Draws, label: string, brush: Brush): Float64Array {
  const values = column(draws, label) ?? new Float64Array();
  return Float64Array.from(remaining(draws, brush), (place) => values[place]!);
}

/** The density, at the places of the chains' own, of the draws that remain; null where they are too few or all alike. */
export function keptDensity(draws: Draws, row: TraceRow, brush: Brush): ArrayLike<number> | null {
  const values = kept(draws, row.label, brush);
  const { x } = densitiesOf(draws, row);
  if (row.circular !== true) {
    const found = density(values);
    return found === null ? null : interpolated(found, x);
  }
  // Angles are unrolled about their mean direction, and their density is rolled up again.
  const direction = Math.atan2(sum(values, Math.sin), sum(values, Math.cos));
  const turn = 2 * Math.PI;
  const found = density(values.map((value) => direction + (((value - direction + 3 * Math.PI) % turn) - Math.PI)));
  if (found === null) return null;
  const turns = [-turn, 0, turn].map((by) => interpolated(found, Float64Array.from(x, (at) => at + by)));
  return Float64Array.from(x, (_, i) => turns[0]![i]! + turns[1]![i]! + turns[2]![i]!);
}

const sum = (values: Float64Array, of: (value: number) => number): number => values.reduce((total, value) => total + of(value), 0);
