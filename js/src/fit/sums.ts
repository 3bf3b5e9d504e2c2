/** Sums of products, for many draws at many points. */
import type { PerPoint } from "./points.js";

/** A part of a linear predictor: what multiplies a coefficient at each point. */
export type Part =
  | { readonly value: PerPoint; readonly draws: Float64Array | null }
  | { readonly value: PerPoint; readonly drawsAt: (point: number) => Float64Array | null };

/** A linear predictor, for one category: its parts, and what they are added to. */
export interface Predicted {
  readonly parts: readonly Part[];
  readonly start: ((place: number) => number) | undefined;
}

/** Adds up the parts, row-major: draw i, by its place, at point p. What is the same at all points is one number a draw. */
export function summed({ parts, start }: Predicted, places: ArrayLike<number>, n: number): Float64Array {
  const n_draws = places.length;
  const base = start ? Float64Array.from(places, start) : new Float64Array(n_draws);
  const varying: (readonly [ArrayLike<number>, Float64Array | null])[] = [];
  for (const part of parts) {
    const { value } = part;
    if ("drawsAt" in part) continue;
    const { draws } = part;
    if (typeof value !== "number") varying.push([value, draws]);
    else if (value !== 0) for (let i = 0; i < n_draws; i++) base[i]! += draws ? value * draws[places[i]!]! : value;
  }
  const eta = new Float64Array(n_draws * n);
  for (let i = 0; i < n_draws; i++) {
    const row = eta.subarray(i * n, (i + 1) * n).fill(base[i]!);
    for (const [value, draws] of varying) {
      const by = draws ? draws[places[i]!]! : 1;
      for (let p = 0; p < n; p++) row[p]! += by * value[p]!;
    }
  }
  for (const part of parts) {
    if (!("drawsAt" in part)) continue;
    for (let p = 0; p < n; p++) {
      const draws = part.drawsAt(p);
      const by = typeof part.value === "number" ? part.value : part.value[p]!;
      if (draws && by !== 0) for (let i = 0; i < n_draws; i++) eta[i * n + p]! += by * draws[places[i]!]!;
    }
  }
  return eta;
}

/** Averages the parts over points: the average of linear predictors is the predictor of averages. */
export function averagedParts({ parts, start }: Predicted, weights: ArrayLike<number>): Predicted {
  const values = new Map<Float64Array | null, number>();
  const add = (draws: Float64Array | null, value: number) => values.set(draws, (values.get(draws) ?? 0) + value);
  for (const part of parts) {
    const { value } = part;
    if ("draws" in part && typeof value === "number") {
      add(part.draws, value);
      continue;
    }
    for (let p = 0; p < weights.length; p++) {
      const draws = "draws" in part ? part.draws : part.drawsAt(p);
      // A null of a group is no group; a null of a column is the coefficient 1.
      if (draws || "draws" in part) add(draws, weights[p]! * (typeof value === "number" ? value : value[p]!));
    }
  }
  return { parts: Array.from(values, ([draws, value]) => ({ value, draws })), start };
}

/** Combines two values point by point. */
export function both(a: PerPoint, b: PerPoint, make: (a: number, b: number) => number): PerPoint {
  if (typeof a === "number") {
    return typeof b === "number" ? make(a, b) : Float64Array.from(b, (value) => make(a, value));
  }
  return Float64Array.from(a, (value, p) => make(value, typeof b === "number" ? b : b[p]!));
}

export const times = (a: PerPoint, b: PerPoint): PerPoint => a === 1 ? b : both(a, b, (one, other) => one * other);

export const shifted = (value: PerPoint, by: number): PerPoint => by === 0 ? value : both(value, by, (one, other) => one + other);
