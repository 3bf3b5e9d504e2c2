import { expect, it } from "vitest";
import { brush, carried, free, hover, isNothing, lit, NOTHING, pin, type Numbered } from "../../src/state/selection.js";

const brushed = { label: "a", low: 1, high: 2 };
const fit = (n_draws: number, n_chains = 2, labels = ["a"]): Numbered => ({ n_draws, n_chains, columns: labels.map((label) => ({ label })) });

it("lights the hovered draw, and else the pinned one", () => {
  const both = hover(pin(NOTHING, 3), 5);
  expect([lit(NOTHING), lit(pin(NOTHING, 3)), lit(both), lit(hover(both, null))]).toEqual([null, 3, 5, 3]);
  expect(lit(pin(pin(NOTHING, 3), 3))).toBeNull();
  expect(lit(hover(NOTHING, 0))).toBe(0);
});

it("lets everything go at once", () => {
  expect(free(brush(hover(pin(NOTHING, 3), 5), brushed))).toBe(NOTHING);
  expect([isNothing(NOTHING), isNothing(pin(NOTHING, 0)), isNothing(brush(NOTHING, brushed))]).toEqual([true, false, false]);
});

it("stays the same selection where nothing changes", () => {
  const some = brush(hover(pin(NOTHING, 3), 5), brushed);
  for (const same of [hover(some, 5), brush(some, { ...brushed }), carried(NOTHING, null, null)]) expect([some, NOTHING]).toContain(same);
  expect(free(NOTHING)).toBe(NOTHING);
  expect(brush(some, null).brushed).toBeNull();
  expect(brush(some, { ...brushed, high: 3 }).brushed!.high).toBe(3);
});

it("keeps chain and draw in the next fit, where they are there", () => {
  const some = brush(hover(pin(NOTHING, 12), 5), brushed); // chain 2, draw 3; chain 1, draw 6
  expect(carried(some, fit(10), fit(20))).toEqual({ pinned: 22, hovered: 5, brushed });
  expect(carried(some, fit(10), fit(5))).toEqual({ pinned: 7, hovered: null, brushed });
  expect(carried(some, fit(10), fit(10, 1, ["b"]))).toEqual({ pinned: null, hovered: 5, brushed: null });
  expect(carried(some, fit(10), null)).toBe(NOTHING);
  expect(carried(brush(NOTHING, { ...brushed, values: Float64Array.of(1) }), fit(10), fit(10)).brushed).toBeNull();
});
