import { expect, it } from "vitest";
import { binomial, normal, poisson, replayed, stream, uniform, wordOf } from "../../src/stats/random.js";

const N = 20_000;

it("gives the same numbers for the same key, and others for another", () => {
  const first = (...key: number[]) => uniform(stream(...key));
  expect(first(1, 2)).toBe(first(1, 2));
  const keys = Array.from({ length: 5_000 }, (_, i) => first(7, i));
  expect(new Set([...keys, ...Array.from({ length: 5_000 }, (_, i) => first(i, 7))]).size).toBeGreaterThan(9_998);
  expect(first(1, 2)).not.toBe(first(2, 1));
  expect(wordOf("1|g")).not.toBe(wordOf("x|g"));
});

it.each(["one stream", "a stream each"])("is uniform in %s", (kind) => {
  const random = stream(11);
  const counts = new Float64Array(20);
  for (let i = 0; i < N; i++) counts[Math.floor(20 * uniform(kind === "one stream" ? random : stream(11, i)))]!++;
  const chi2 = counts.reduce((sum, count) => sum + (count - N / 20) ** 2 / (N / 20), 0);
  // The 0.01 and 99.99 percentiles of chi-squared with 19 degrees of freedom.
  expect(chi2).toBeGreaterThan(4.1);
  expect(chi2).toBeLessThan(51.1);
});

it("replays a stream, and goes on where it was taken furthest", () => {
  const [known, { random, rewind }] = [stream(3), replayed(stream(3))];
  const words = Array.from({ length: 6 }, known);
  expect([random(), random()]).toEqual(words.slice(0, 2));
  rewind();
  expect(Array.from({ length: 6 }, random)).toEqual(words);
});

it("has no correlation between neighbouring streams", () => {
  const pairs = Array.from({ length: N }, (_, i) => [normal(stream(1, i)), normal(stream(1, i + 1))] as const);
  const product = pairs.reduce((sum, [a, b]) => sum + a * b, 0) / N;
  expect(Math.abs(product)).toBeLessThan(4 / Math.sqrt(N));
});

it("counts no more than there are trials, at either end", () => {
  const random = stream(5);
  expect(binomial(random, 0, 0.5)).toBe(0);
  expect(binomial(random, 1_000_000, 0)).toBe(0);
  expect(binomial(random, 1_000_000, 1)).toBe(1_000_000);
  expect(poisson(random, 0)).toBe(0);
  expect(poisson(random, Infinity)).toBeNaN();
});
