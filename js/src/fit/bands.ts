/** Bands of curves: pointwise, an interval at each grid point; curvewise, around a share of whole curves. */
import type { Sample } from "../stats/decimate.js";
import { quantile, tails } from "../stats/interval.js";
import { once } from "../stats/once.js";

/** Row-major: line i at grid point g is `values[i * n_grid + g]`. A value that is not finite is a gap. */
export interface Lines {
  readonly values: Sample;
  readonly n_lines: number;
  readonly n_grid: number;
}

export interface Band {
  readonly prob: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** At each grid point the median of the lines. */
export const medianLine = (lines: Lines): Float64Array => Float64Array.from(sortedColumns(lines), (column) => quantile(column, 0.5));

/** Equal-tailed intervals of the lines at each grid point, each by itself. */
export function pointwiseBands(lines: Lines, probs: readonly number[]): Band[] {
  const columns = sortedColumns(lines);
  return probs.map((prob) => {
    const { low, high } = tails(prob);
    const at = (p: number) => Float64Array.from(columns, (column) => quantile(column, p));
    return { prob, low: at(low), high: at(high) };
  });
}

/**
 * Bands that hold the stated share of whole curves, the fewest that are at least as many.
 *
 * Curves are ranked by their mean half-space depth (Fraiman & Muniz 2001, Trimmed means for functional data, Test 10,
 * 419-440), and the band is the envelope of the deepest (Mirzargar, Whitaker & Kirby 2014, Curve Boxplot, IEEE Transactions
 * on Visualization and Computer Graphics 20(12), 2654-2663). The envelope of the deepest 89 % of curves holds more of them,
 * because others run within it: here the number of curves that it is drawn around is searched for, and between two
 * envelopes the band is interpolated.
 */
export function curvewiseBands(lines: Lines, probs: readonly number[]): Band[] {
  const order = byDepth(lines);
  return probs.map((prob) => ({ prob, ...bandOf(lines, order, Math.ceil(prob * order.length - 1e-9)) }));
}

type Edges = Pick<Band, "low" | "high">;

function bandOf(lines: Lines, order: readonly number[], wanted: number): Edges {
  let [few, enough] = [0, order.length];
  while (enough - few > 1) {
    const middle = (few + enough) >> 1;
    if (within(lines, order, envelope(lines, order, middle)) >= wanted) enough = middle;
    else few = middle;
  }
  const outer = envelope(lines, order, enough);
  if (few === 0) return outer;
  const inner = envelope(lines, order, few);
  const steps = stepsOutwards(lines, order, inner, outer);
  const already = steps.filter((step) => step === 0).length;
  const added = steps.filter((step) => step > 0 && step <= 1).sort((a, b) => a - b);
  const last = added[wanted - already - 1]!;
  // Half way to the next curve, so that rounding leaves the last one within.
  const step = (last + (added[wanted - already] ?? 1)) / 2;
  const between = (from: Float64Array, to: Float64Array) => from.map((value, g) => value + step * (to[g]! - value));
  return { low: between(inner.low, outer.low), high: between(inner.high, outer.high) };
}

/** Curves by their mean depth, the deepest first; those that are gaps alone are left out. */
function byDepth(lines: Lines): number[] {
  const { values, n_lines, n_grid } = lines;
  const sums = new Float64Array(n_lines);
  const counts = new Uint32Array(n_lines);
  sortedColumns(lines).forEach((column, g) => {
    const n = column.length;
    for (let i = 0; i < n_lines; i++) {
      const value = values[i * n_grid + g]!;
      if (!Number.isFinite(value)) continue;
      const first = firstOf(column, value);
      let equal = 1;
      while (column[first + equal] === value) equal++;
      // Ties have the middle of their ranks.
      const rank = first + (equal + 1) / 2;
      sums[i]! += Math.min(rank, n + 1 - rank) / n;
      counts[i]!++;
    }
  });
  const depth = sums.map((sum, i) => sum / counts[i]!);
  return Array.from(depth, (_, i) => i)
    .filter((i) => counts[i]! > 0)
    .sort((a, b) => depth[b]! - depth[a]! || a - b);
}

/** The first place of a value in an ascending sample that has it. */
function firstOf(sorted: Float64Array, value: number): number {
  let [below, at] = [-1, sorted.length - 1];
  while (at - below > 1) {
    const middle = (below + at) >> 1;
    if (sorted[middle]! < value) below = middle;
    else at = middle;
  }
  return at;
}

/** The lowest and highest of the first `count` curves. */
function envelope({ values, n_grid }: Lines, order: readonly number[], count: number): Edges {
  const low = new Float64Array(n_grid).fill(NaN);
  const high = low.slice();
  for (let k = 0; k < count; k++) {
    for (let g = 0, at = order[k]! * n_grid; g < n_grid; g++, at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      if (!(value >= low[g]!)) low[g] = value;
      if (!(value <= high[g]!)) high[g] = value;
    }
  }
  return { low, high };
}

/** How many curves are within edges as a whole. */
function within({ values, n_grid }: Lines, order: readonly number[], { low, high }: Edges): number {
  let count = 0;
  for (const i of order) {
    let g = 0;
    while (g < n_grid && !(values[i * n_grid + g]! < low[g]! || values[i * n_grid + g]! > high[g]!)) g++;
    if (g === n_grid) count++;
  }
  return count;
}

/** How far the edges must move from the inner to the outer ones until a curve is within: 0 to 1, Infinity where never. */
function stepsOutwards({ values, n_grid }: Lines, order: readonly number[], inner: Edges, outer: Edges): number[] {
  return order.map((i) => {
    let step = 0;
    for (let g = 0; g < n_grid && step <= 1; g++) {
      const value = values[i * n_grid + g]!;
      if (value > outer.high[g]! || value < outer.low[g]!) step = Infinity;
      else if (value > inner.high[g]!) step = Math.max(step, share(inner.high[g]!, outer.high[g]!, value));
      else if (value < inner.low[g]!) step = Math.max(step, share(inner.low[g]!, outer.low[g]!, value));
    }
    return step;
  });
}

const share = (from: number, to: number, value: number): number => (value - from) / (to - from);

/** The finite values at each grid point in ascending order; asking again for the same lines is free. */
const sortedColumns = once(({ values, n_lines, n_grid }: Lines): readonly Float64Array[] => {
  const column = new Float64Array(n_lines);
  return Array.from({ length: n_grid }, (_, g) => {
    let count = 0;
    for (let i = 0; i < n_lines; i++) {
      const value = values[i * n_grid + g]!;
      if (Number.isFinite(value)) column[count++] = value;
    }
    return column.slice(0, count).sort();
  });
});
