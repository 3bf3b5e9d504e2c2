/** A linear scale, from data to pixels and back. */
export interface Linear {
  (value: number): number;
  readonly invert: (px: number) => number;
}

export const linear = ([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Linear =>
  Object.assign((value: number) => between(value, low, high, from, to), { invert: (px: number) => between(px, from, to, low, high) });

function between(value: number, a: number, b: number, c: number, d: number): number {
  const t = a === b ? 0.5 : (value - a) / (b - a);
  return c * (1 - t) + d * t;
}
