import { scaleLinear } from "d3-scale";
import { expect, it } from "vitest";
import { interpolate, interpolateNumber, interpolateRound } from "../../src/stats/interpolate.js";

it("interpolates numbers as d3-scale does with the whole of d3-interpolate", () => {
  for (const t of [0, 0.25, 1 / 3, 1, 1.5]) {
    const whole = (range: [number, number]) => scaleLinear([0, 1], range);
    expect(interpolate(2, -7)(t)).toBe(whole([2, -7])(t));
    expect(interpolateNumber(1e9, 3)(t)).toBe(whole([1e9, 3])(t));
    expect(interpolateRound(2, 13)(t)).toBe(scaleLinear().rangeRound([2, 13])(t));
  }
});
