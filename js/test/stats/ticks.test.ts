import { format } from "d3-format";
import { scaleLinear } from "d3-scale";
import { describe, expect, it } from "vitest";
import { count } from "../../src/stats/format.js";
import { ticks } from "../../src/stats/ticks.js";

const SIZES = Array.from({ length: 61 }, (_, i) => 10 ** (i / 3 - 8));

describe("ticks are those of d3", () => {
  it.each([2, 3, 5, 9])("for about %i of them", (n) => {
    for (const size of SIZES) {
      for (const from of [-2.3, -1, -0.37, 0, 0.04, 1, 12.7, 3000]) {
        const domain = [from * size, (from + 1.7) * size] as const;
        const [ours, theirs] = [ticks(domain, n), scaleLinear(domain, [0, 1])];
        const isFar = Math.max(...domain.map(Math.abs)) >= 1e6;
        const write = isFar ? theirs.tickFormat(n, "~s") : theirs.tickFormat(n);
        expect(ours).toEqual(theirs.ticks(n).map((at) => ({ at, text: write(at) })));
      }
    }
  });

  it("of which there are none where the range is not finite", () => {
    for (const domain of [[NaN, NaN], [0, Infinity], [-Infinity, Infinity]] as const) expect(ticks(domain, 5)).toEqual([]);
  });
});

it("prints counts as d3-format does", () => {
  const theirs = format(",.0f");
  for (const value of [0, 0.4, -0.4, 7, 999, 999.5, 1000, 12345.4, 1e6, 123456789, -4321]) {
    expect(count(value)).toBe(theirs(value).replace("−", "-"));
  }
});
