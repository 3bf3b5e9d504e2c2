import { describe, expect, it } from "vitest";
import { curvewiseBands, medianLine, pointwiseBands, type Band, type Lines } from "../../src/fit/bands.js";
import { jitter } from "../../src/stats/jitter.js";

function linesOf(n_lines: number, n_grid: number, at: (i: number, g: number) => number): Lines {
  return { values: Float64Array.from({ length: n_lines * n_grid }, (_, k) => at(Math.floor(k / n_grid), k % n_grid)), n_lines, n_grid };
}

/** The share of curves that are within a band as a whole. */
function coverage({ values, n_lines, n_grid }: Lines, { low, high }: Band): number {
  let count = 0;
  for (let i = 0; i < n_lines; i++) {
    const own = values.subarray(i * n_grid, (i + 1) * n_grid);
    if (own.every((value, g) => !(value < low[g]! || value > high[g]!))) count++;
  }
  return count / n_lines;
}

const noise = jitter(40_000, 3);
const EXAMPLES: Record<string, Lines> = {
  "straight lines": linesOf(1000, 100, (i, g) => noise[2 * i]! + (noise[2 * i + 1]! * g) / 50),
  parabolas: linesOf(501, 60, (i, g) => noise[3 * i]! + noise[3 * i + 1]! * (g / 30) + noise[3 * i + 2]! * (g / 30 - 1) ** 2),
  "wild curves": linesOf(200, 100, (i, g) => noise[100 * i + g]!),
  walks: linesOf(400, 50, (i, g) => noise.subarray(i * 50, i * 50 + g + 1).reduce((sum, step) => sum + step, 0)),
  "odd values at one end": linesOf(300, 40, (i, g) => Math.exp(3 * noise[i]! * (g / 39))),
};

describe.each(Object.entries(EXAMPLES))("%s", (_, lines) => {
  const probs = [0.5, 0.89, 0.95];
  const bands = curvewiseBands(lines, probs);

  it("has the stated share of whole curves within the curvewise band", () => {
    bands.forEach((band, k) => {
      expect(coverage(lines, band)).toBeGreaterThanOrEqual(probs[k]! - 1e-9);
      expect(coverage(lines, band)).toBeLessThan(probs[k]! + 1 / lines.n_lines);
    });
  });

  it("has bands within one another, and around the pointwise ones of whole curves", () => {
    const inside = (one: Band, other: Band) => one.low.every((low, g) => low >= other.low[g]! && one.high[g]! <= other.high[g]!);
    expect(inside(bands[0]!, bands[1]!) && inside(bands[1]!, bands[2]!)).toBe(true);
    pointwiseBands(lines, probs).forEach((band) => expect(coverage(lines, band)).toBeLessThanOrEqual(band.prob + 0.01));
  });
});

it("takes a band around all curves, and around one", () => {
  const lines = linesOf(3, 2, (i, g) => i + g);
  const [all, one] = curvewiseBands(lines, [1, 0.3]);
  expect(all).toEqual({ prob: 1, low: Float64Array.of(0, 1), high: Float64Array.of(2, 3) });
  expect(one).toEqual({ prob: 0.3, low: Float64Array.of(1, 2), high: Float64Array.of(1, 2) });
});

it("goes around equal curves, and steps over gaps", () => {
  const same = linesOf(10, 3, () => 2);
  expect(curvewiseBands(same, [0.5])[0]).toEqual({ prob: 0.5, low: Float64Array.of(2, 2, 2), high: Float64Array.of(2, 2, 2) });
  const gaps = linesOf(100, 10, (i, g) => (i === 0 || g === 3 ? NaN : noise[i]! + g));
  const [band] = curvewiseBands(gaps, [0.9]);
  expect(band!.low[3]).toBeNaN();
  expect(coverage(gaps, band!)).toBeCloseTo((0.9 * 99 + 1) / 100, 1);
});

it("is pointwise as quantiles of type 7", () => {
  const lines = { values: Float32Array.of(0, 10, 1, 11, 2, 12, 3, NaN, 4, 14), n_lines: 5, n_grid: 2 };
  const [half] = pointwiseBands(lines, [0.5]);
  expect([...half!.low, ...half!.high]).toEqual([1, 10.75, 3, 12.5]);
  expect([...medianLine(lines)]).toEqual([2, 11.5]);
});

it("takes less than 60 ms for 1,000 lines at 100 points", () => {
  const times = Array.from({ length: 7 }, () => {
    const lines = { ...EXAMPLES["straight lines"]! };
    const before = performance.now();
    curvewiseBands(lines, [0.89]);
    return performance.now() - before;
  });
  expect(Math.min(...times)).toBeLessThan(60);
});
