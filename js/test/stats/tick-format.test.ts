// @vitest-environment node
import { format } from "d3-format";
import { scaleLinear } from "d3-scale";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { count } from "../../src/stats/format.js";

const SIZES = Array.from({ length: 61 }, (_, i) => 10 ** (i / 3 - 8));

/** The scale of the bundle, in which two modules stand in the place of d3's. */
let bundled: typeof scaleLinear;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'export { scaleLinear } from "d3-scale"', resolveDir: "." },
    alias: { "d3-format": "./src/stats/tick-format.ts" },
    bundle: true,
    charset: "ascii",
    format: "esm",
    write: false,
  });
  const url = `data:text/javascript;base64,${btoa(outputFiles[0]!.text)}`;
  bundled = ((await import(/* @vite-ignore */ url)) as { scaleLinear: typeof scaleLinear }).scaleLinear;
});

describe("the scale of the bundle writes ticks as d3-scale does with the whole of d3-format", () => {
  it.each([2, 3, 5, 9])("for about %i of them", (n) => {
    for (const size of SIZES) {
      for (const from of [-2.3, -1, -0.37, 0, 0.04, 1, 12.7, 3000]) {
        const domain = [from * size, (from + 1.7) * size] as const;
        const [ours, theirs] = [bundled(domain, [0, 1]), scaleLinear(domain, [0, 1])];
        const ticks = theirs.ticks(n);
        expect(ours.ticks(n)).toEqual(ticks);
        expect(ticks.map(ours.tickFormat(n))).toEqual(ticks.map(theirs.tickFormat(n)));
        if (size >= 1e6) expect(ticks.map(ours.tickFormat(n, "~s"))).toEqual(ticks.map(theirs.tickFormat(n, "~s")));
      }
    }
  });

  it("where there is no range, or none that is finite", () => {
    for (const domain of [[0, 0], [3, 3], [-1e7, -1e7], [NaN, NaN], [0, Infinity]] as const) {
      const [ours, theirs] = [bundled(domain, [0, 1]), scaleLinear(domain, [0, 1])];
      for (const of of [undefined, "~s"] as [undefined, string]) {
        for (const value of [-1234.5678, 0, 1 / 3, 1e7]) expect(ours.tickFormat(5, of!)(value)).toBe(theirs.tickFormat(5, of!)(value));
      }
    }
  });
});

it("prints counts as d3-format does", () => {
  const theirs = format(",.0f");
  for (const value of [0, 0.4, -0.4, 7, 999, 999.5, 1000, 12345.4, 1e6, 123456789, -4321]) {
    expect(count(value)).toBe(theirs(value).replace("−", "-"));
  }
});
