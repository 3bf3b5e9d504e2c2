/**
 * What the panel asks of d3's linear scale, which can far more: two ends, both ways, and d3's own ticks. `build.mjs` puts this
 * in its place, and vitest compares the two.
 */
type Ends = readonly [number, number];

export const linearOf =
  <Format>(ticks: (low: number, high: number, n: number) => number[], format: (low: number, high: number, n: number, specifier?: string) => Format) =>
  ([low, high]: Ends, [from, to]: Ends) =>
    Object.assign((value: number) => between(value, low, high, from, to), {
      invert: (px: number) => between(px, from, to, low, high),
      ticks: (n: number) => ticks(low, high, n),
      tickFormat: (n: number, specifier?: string) => format(low, high, n, specifier),
    });

function between(value: number, a: number, b: number, c: number, d: number): number {
  const t = a === b ? 0.5 : (value - a) / (b - a);
  return c * (1 - t) + d * t;
}
