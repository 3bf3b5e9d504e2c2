import { expect, it } from "vitest";
import { resampled } from "../../src/lab/posterior.js";

const normalised = (weights: readonly number[]) => {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Float64Array.from(weights, (weight) => weight / sum);
};

it("leaves every draw at its place where all weigh the same", () => {
  expect([...resampled(normalised([1, 1, 1, 1]), 4)]).toEqual([0, 1, 2, 3]);
});

it("takes draws as often as they weigh, each that is taken at its own place", () => {
  const places = resampled(normalised([0, 3, 0, 1]), 4);
  expect([...places]).toEqual([1, 1, 1, 3]);
  const weights = normalised(Array.from({ length: 1000 }, (_, i) => Math.exp(Math.sin(i))));
  const counts = new Map<number, number>();
  const many = resampled(weights, 1000);
  for (const place of many) counts.set(place, (counts.get(place) ?? 0) + 1);
  weights.forEach((weight, i) => expect(Math.abs((counts.get(i) ?? 0) - 1000 * weight)).toBeLessThan(1 + 1e-9));
  for (const place of counts.keys()) expect(many[place]).toBe(place);
});

it("gives weights of every other draw to all places", () => {
  expect([...resampled(normalised([1, 3]), 4, 2)]).toEqual([0, 2, 2, 2]);
});
