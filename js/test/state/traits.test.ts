import { expect, it } from "vitest";
import { DEFAULTS, PROB, SYNCED, TAB_TITLES, valid } from "../../src/state/traits.js";

it("has a valid default for every trait that a host may give", () => {
  for (const name of SYNCED) {
    expect(valid(name, DEFAULTS[name], undefined as never)).toEqual(DEFAULTS[name]);
  }
  expect(SYNCED).toEqual(["tab", "n_lines", "x", "colour", "prob", "what_if", "show_truth"]);
  expect(Object.keys(TAB_TITLES)).toContain(DEFAULTS.tab);
});

it("brings numbers within their bounds", () => {
  expect(valid("prob", 0.999, 0.5)).toBe(PROB.max);
  expect(valid("prob", 0, 0.5)).toBe(PROB.min);
  expect(valid("prob", 0.995 - 0.1, 0.5)).toBe(0.895);
  expect(valid("n_lines", -3, 7)).toBe(0);
  expect(valid("n_lines", 2.6, 7)).toBe(3);
});

it("takes nothing of another type", () => {
  expect(valid("prob", "0.9", 0.5)).toBe(0.5);
  expect(valid("prob", NaN, 0.5)).toBe(0.5);
  expect(valid("n_lines", undefined, 7)).toBe(7);
  expect(valid("x", null, "z")).toBe("z");
  expect(valid("interval", 1, false)).toBe(false);
  expect(valid("unfolded_rows", ["a", 1], ["b"])).toEqual(["b"]);
  for (const tab of ["tables", "toString", 0]) expect(valid("tab", tab, "fan")).toBe("fan");
});
