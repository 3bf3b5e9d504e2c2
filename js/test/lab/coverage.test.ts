import { expect, it } from "vitest";
import { counted, coverageRows, type Coverage } from "../../src/lab/coverage.js";
import { sampleInterval } from "../../src/stats/interval.js";
import { normal, stream } from "../../src/stats/random.js";
import { drawsOf } from "../fit/draws.js";

const random = stream(1);

it("counts the intervals that hold the truth, at any probability", () => {
  const truth = [["a", 0.7], ["b", 9]] as const;
  let coverage: Coverage = { truth, below: [], missed: 0 };
  const sets = Array.from({ length: 60 }, () => {
    const centre = 0.7 + normal(random);
    return Float32Array.from({ length: 200 }, () => centre + normal(random));
  });
  for (const set of sets) coverage = counted(coverage, drawsOf({ a: [[...set]], b: [[...set]] }), true);
  for (const prob of [0.5, 0.89]) {
    const held = sets.filter((set) => {
      const { low, high } = sampleInterval(Float64Array.from(set), prob);
      return low <= 0.7 && 0.7 <= high;
    }).length;
    const [a, b] = coverageRows(coverage, prob);
    expect(a!.slice(0, 3)).toEqual(["a", "0.7", `${held} of 60`]);
    expect(held).toBeGreaterThan(5);
    expect(held).toBeLessThan(60);
    expect(parseFloat(a![3]!)).toBeCloseTo((100 * held) / 60, 0);
    // Morris, White & Crowther 2019, table 6.
    expect(parseFloat(a![4]!)).toBeCloseTo(100 * Math.sqrt(((held / 60) * (1 - held / 60)) / 60), 0);
    expect(b!.slice(2)).toEqual(["0 of 60", "0%", "–"]);
  }
});

it("does not count a data set whose draws missed the limits", () => {
  const start: Coverage = { truth: [["a", 0]], below: [], missed: 0 };
  const draws = drawsOf({ a: [[-1, 0, 1]] });
  const both = counted(counted(start, draws, true), draws, false);
  expect([coverageRows(both, 0.5)[0]![2], both.missed]).toEqual(["1 of 1", 1]);
});
