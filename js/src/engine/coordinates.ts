/** Between the columns of draws, constrained coordinates, and the unconstrained points that the engine knows. */
import type { F8, FreeVariable, Sum } from "../wire.js";

/** The value of a sum at each of n draws; `of` gives the values of what it is a sum of. */
export function valuesOf({ constant, at, weights, scales, power }: Sum, of: (place: number) => ArrayLike<number>, n: number): Float64Array {
  const made = new Float64Array(n).fill(constant);
  at.data.forEach((place, k) => {
    const [weight, scale, own] = [weights.data[k]!, scales.data[k]!, of(place)];
    const by = scale < 0 ? null : of(scale);
    for (let i = 0; i < n; i++) made[i]! += weight * own[i]! * (by === null ? 1 : by[i]! ** power);
  });
  return made;
}

/** Each coordinate at n points, from the points one after the other. */
export const coordinatesOf = (points: Float64Array, n: number): Float64Array[] =>
  Array.from({ length: points.length / n }, (_, at) => new Float64Array(n).map((__, i) => points[(i * points.length) / n + at]!));

/** Takes a variable's coordinates to where the sampler moves; what `constrain` of a density undoes. */
export function freed({ transform: { kind, lower, upper } }: FreeVariable, element: number): (c: number) => number {
  const [low, high] = [lower.data[element]!, upper.data[element]!];
  switch (kind) {
    case "log":
      return Math.log;
    case "logodds":
      return (c) => Math.log(c / (1 - c));
    case "interval":
      return (c) => Math.log((c - low) / (high - c));
    case "lower":
      return (c) => Math.log(c - low);
    case "upper":
      return (c) => Math.log(high - c);
    default:
      return (c) => c;
  }
}

export const sizeOf = ({ shape }: FreeVariable): number => shape.reduce((size, length) => size * length, 1);

/** Columns of one length as draws have them: `shape` is that of each. */
export function matrixOf(columns: readonly Float64Array[], shape: readonly number[]): { readonly centre: F8; readonly values: F8 } {
  const [n, length] = [columns.length, columns[0]?.length ?? 0];
  const data = new Float64Array(n * length);
  columns.forEach((one, at) => data.set(one, at * length));
  return { centre: { data: new Float64Array(n), shape: [n] }, values: { data, shape: [n, ...shape] } };
}

/** Shape [n, D]: unconstrained points, of the constrained coordinates, an array of n for each. */
export function pointsOf(variables: readonly FreeVariable[], coordinates: readonly ArrayLike<number>[], n: number): Float64Array {
  const size = coordinates.length;
  const made = new Float64Array(n * size);
  for (const variable of variables) {
    for (let k = 0; k < sizeOf(variable); k++) {
      const [at, free] = [variable.start + k, freed(variable, k)];
      for (let i = 0; i < n; i++) made[i * size + at] = free(coordinates[at]![i]!);
    }
  }
  return made;
}
