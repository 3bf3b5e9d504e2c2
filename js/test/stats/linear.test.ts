import { scaleLinear } from "d3-scale";
import { expect, it } from "vitest";
import { linear } from "../../src/stats/linear.js";

it.each([[[0, 1], [10, 200]], [[-3.5, 12], [440, 8]], [[2, 2], [0, 100]], [[1e6, 3e6], [40, 700]]] as const)("scales %j to %j as d3 does", (domain, range) => {
  const [ours, theirs] = [linear(domain, range), scaleLinear(domain, range)];
  for (const value of [-7, 0, 0.3, 2, 11.9, 2.5e6]) {
    expect(ours(value)).toBeCloseTo(theirs(value), 9);
    if (domain[0] !== domain[1]) expect(ours.invert(value)).toBeCloseTo(theirs.invert(value), 4);
  }
});
