import { expect, it } from "vitest";
import { column, drawAt, isDivergent, nameOfDraw, placeOfDraw, remaining } from "../../src/fit/draws.js";
import { drawsOf } from "./draws.js";

const draws = drawsOf({ a: [[1, 2, 3], [4, 5, 6]], b: [[0, 0, 0], [1, 1, 1]] }, { every: 2, n_draws: 6, divergent: [1, 8] });

it("knows a draw by its number in the fit and by its place among those that are shipped", () => {
  expect([0, 1, 3, 5].map((place) => drawAt(draws, place))).toEqual([0, 2, 6, 10]);
  expect([0, 2, 6, 10, 1, 7].map((draw) => placeOfDraw(draws, draw))).toEqual([0, 1, 3, 5, null, null]);
  expect([1, 2, 8].map((draw) => isDivergent(draws, draw))).toEqual([true, false, true]);
  expect(column(draws, "a")![placeOfDraw(draws, 8)!]).toBe(5);
});

it("counts chains and draws from 1", () => {
  expect(nameOfDraw(drawsOf({ a: [[0]] }, { n_draws: 1000 }), 1233)).toBe("draw 1,234: chain 2, draw 234");
});

it("keeps the draws within a brush, and asking again is free", () => {
  const brushed = { label: "a", low: 2, high: 4 };
  expect([...remaining(draws, brushed)]).toEqual([1, 2, 3]);
  expect(remaining(draws, brushed)).toBe(remaining(draws, brushed));
  expect([...remaining(draws, null)]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(remaining(draws, { ...brushed, label: "gone" })).toBe(remaining(draws, null));
  expect([...remaining({ ...draws }, brushed)]).toEqual([1, 2, 3]);
});
