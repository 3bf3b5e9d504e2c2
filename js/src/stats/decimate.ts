/** Numbers in their order. */
export type Sample = Float32Array | Float64Array;

/** A line thinned for drawing: positions in the series and their values. */
export interface Polyline {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/**
 * Keeps the lowest and the highest value of every pixel column, in their order: no excursion of a chain is
 * lost, and a long trace costs no more than two points a pixel. A short series comes back whole.
 */
export function decimate(series: Sample, pixels: number): Polyline {
  const n = series.length;
  const columns = Math.max(1, Math.floor(pixels));
  if (n <= 2 * columns) return pick(series, Array.from({ length: n }, (_, i) => i));
  const kept: number[] = [];
  for (let c = 0; c < columns; c++) {
    const from = Math.floor((c * n) / columns);
    const to = Math.floor(((c + 1) * n) / columns);
    let [low, high] = [from, from];
    for (let i = from + 1; i < to; i++) {
      if (series[i]! < series[low]!) low = i;
      if (series[i]! > series[high]!) high = i;
    }
    if (low === high) kept.push(low);
    else kept.push(Math.min(low, high), Math.max(low, high));
  }
  return pick(series, kept);
}

const pick = (series: Sample, at: readonly number[]): Polyline => ({ at, values: at.map((i) => series[i]!) });
