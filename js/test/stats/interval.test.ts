import { expect, it } from "vitest";
import { sampleInterval, tabledInterval, tails } from "../../src/stats/interval.js";

const nd = (values: readonly number[], shape: readonly number[]) => ({ data: Float32Array.from(values), shape });

it("tails of 0.89 are 0.055 and 0.945", () => {
  expect(tails(0.89).low).toBeCloseTo(0.055);
  expect(tails(0.89).high).toBeCloseTo(0.945);
});

it("reads a row of a quantile table, linear between its probabilities", () => {
  const probs = nd([0.1, 0.3, 0.7, 0.9], [4]);
  const quantiles = nd([0, 0, 0, 0, 1, 3, 7, 9], [2, 4]);
  const { low, high } = tabledInterval(probs, quantiles, 1, 0.6);
  expect(low).toBeCloseTo(2, 5);
  expect(high).toBeCloseTo(8, 5);
});

it("does not extrapolate a quantile table", () => {
  const probs = nd([0.1, 0.9], [2]);
  expect(tabledInterval(probs, nd([1, 2], [1, 2]), 0, 0.99)).toEqual({ low: 1, high: 2 });
});

it("takes quantiles of type 7, as numpy does, and skips missing draws", () => {
  expect(sampleInterval(Float32Array.of(4, NaN, 1, 3, 2, 0), 0.5)).toEqual({ low: 1, high: 3 });
  expect(sampleInterval(Float32Array.of(NaN), 0.5).low).toBeNaN();
});
