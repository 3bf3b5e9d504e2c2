import { expect, it } from "vitest";
import { extent } from "../../src/stats/extent.js";
import { jitter, jittered } from "../../src/stats/jitter.js";

it("is the same for the same seed, and stays in bounds", () => {
  const noise = jitter(1000, 3);
  expect(jitter(1000, 3)).toEqual(noise);
  expect(jitter(1000, 4)).not.toEqual(noise);
  expect(Math.max(...noise.map(Math.abs))).toBeLessThanOrEqual(1);
  expect(Math.abs(noise.reduce((a, b) => a + b) / 1000)).toBeLessThan(0.1);
});

it("leaves a missing value missing", () => {
  expect(jittered([NaN, 1], 0.1, 1)[0]).toBeNaN();
});

it("extent skips what is not finite and never has length zero", () => {
  expect(extent([[NaN, 1, Infinity], [3]])).toEqual([1, 3]);
  expect(extent([[]])).toEqual([0, 1]);
  expect(extent([[2, 2]])).toEqual([1.8, 2.2]);
});
