import { expect, it } from "vitest";
import { brief, count, fixed, NONE, percent, plural, tailLabels } from "../../src/stats/format.js";

it("prints counts with thousands separators", () => {
  expect(count(12345.4)).toBe("12,345");
  expect(plural(1, "draw")).toBe("1 draw");
  expect(plural(2000, "draw")).toBe("2,000 draws");
});

it("prints the decimals it is given, and no negative zero", () => {
  expect(fixed(1.005, 1)).toBe("1.0");
  expect(fixed(-0.001, 2)).toBe("0.00");
  expect(fixed(-1.25, 1)).toMatch(/^-1\.[23]$/);
});

it("prints a dash for what is not a number", () => {
  for (const value of [null, NaN, Infinity]) expect([fixed(value, 2), count(value), brief(value)]).toEqual([NONE, NONE, NONE]);
});

it("names the tails of an interval", () => {
  expect(tailLabels(0.89)).toEqual(["5.5%", "94.5%"]);
  expect(tailLabels(0.9)).toEqual(["5%", "95%"]);
  expect(percent(0.89)).toBe("89%");
});
