import { expect, it } from "vitest";
import { apart, sayApart } from "../../src/stats/apart.js";

/** Counts of 0 to 4 at ten days. */
const day = Float64Array.from({ length: 200 }, (_, i) => 2 * (i % 10));
const calls = Float64Array.from({ length: 200 }, (_, i) => (i * 7) % 5);

it("moves crowded numbers by up to a fifth of their least difference, the same way every time", () => {
  const { x, y, by } = apart(day, calls, [null, null]);
  expect(by).toEqual([0.4, 0.2]);
  const far = (moved: ArrayLike<number>, exact: Float64Array) => Math.max(...exact.map((value, i) => Math.abs(moved[i]! - value)));
  expect([far(x, day) <= 0.4, far(y, calls) <= 0.2]).toEqual([true, true]);
  expect(new Set(Array.from(x, (at, i) => `${at} ${y[i]}`)).size).toBe(200);
  expect(apart(day, calls, [null, null])).toEqual({ x, y, by });
});

it("leaves points alone that have their places to themselves, and a few that have not", () => {
  const distinct = Float64Array.from({ length: 200 }, (_, i) => i / 3);
  const found = apart(distinct, calls, [null, null]);
  expect([found.x, found.y, found.by]).toEqual([distinct, calls, [0, 0]]);
  const few = distinct.map((value, i) => (i < 10 ? 1 : value));
  expect(apart(few, few, [null, null]).by).toEqual([0, 0]);
});

it("spreads levels and 0 and 1 in any case, and the number beside them where they crowd", () => {
  expect(apart(day, calls.map((n) => n % 2), [null, 0.03]).by).toEqual([0.4, 0]);
  expect(apart(calls, day, [0.18, null]).by).toEqual([0, 0.4]);
  expect(apart(calls, day.map((_, i) => i), [0.18, null]).by).toEqual([0, 0]);
});

it("does not take noise for a difference, and leaves what is missing missing", () => {
  const noisy = day.map((value, i) => value + (i % 20 < 10 ? 1e-9 : 0));
  expect(apart(noisy, calls, [null, null]).by[0]).toBeCloseTo(0.4, 6);
  const gaps = apart(day.map((value, i) => (i === 0 ? NaN : value)), calls, [null, null]);
  expect(gaps.x[0]).toBeNaN();
  expect(apart(new Float64Array(9), new Float64Array(9), [null, null]).by).toEqual([0, 0]);
});

it("says what has been moved", () => {
  expect(sayApart("day", "calls", [0.4, 0.2])).toBe("Observations at one place are moved by at most 0.4 of day and 0.2 of calls to tell them apart.");
  expect(sayApart("day", "calls", [0, 0.2])).toBe("Observations at one place are moved by at most 0.2 of calls to tell them apart.");
  expect(sayApart("day", "calls", [0, 0])).toBeNull();
});
