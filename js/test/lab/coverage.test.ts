import { expect, it } from "vitest";
import { counted, coverageTable, probabilityBelow, saidMissed, type Coverage } from "../../src/lab/coverage.js";
import { sampleInterval, quantile } from "../../src/stats/interval.js";
import { normal, stream } from "../../src/stats/random.js";
import { drawsOf } from "../fit/draws.js";

const random = stream(1);
const sorted = Float64Array.from({ length: 101 }, () => normal(random)).sort();

it("gives the probability of a quantile back", () => {
  for (const p of [0, 0.055, 0.5, 0.777, 1]) expect(probabilityBelow(sorted, quantile(sorted, p))).toBeCloseTo(p, 12);
  expect(probabilityBelow(sorted, -10)).toBeLessThan(0);
  expect(probabilityBelow(sorted, 10)).toBeGreaterThan(1);
});

it("counts the intervals that hold the truth, at any probability", () => {
  const truth = new Map([["a", 0.7], ["b", 9]]);
  let coverage: Coverage = { truth, below: [], missed: 0 };
  const sets = Array.from({ length: 60 }, () => Array.from({ length: 40 }, () => 0.7 + normal(random)).map(Math.fround));
  const shifts = sets.map(() => normal(random));
  sets.forEach((set, k) => (coverage = counted(coverage, drawsOf({ a: [set.map((value) => value + shifts[k]!)], b: [set] }), true)));
  for (const prob of [0.5, 0.89]) {
    const held = sets.filter((set, k) => {
      const { low, high } = sampleInterval(Float64Array.from(set, (value) => Math.fround(value + shifts[k]!)), prob);
      return low <= 0.7 && 0.7 <= high;
    }).length;
    const { caption, rows } = coverageTable(coverage, prob);
    expect(caption).toBe(`Share of ${100 * prob}% intervals that held the truth, in 60 simulated data sets`);
    expect(rows[0]!.slice(0, 3)).toEqual(["a", "0.7", `${held} of 60`]);
    expect(held).toBeGreaterThan(5);
    expect(held).toBeLessThan(60);
    expect(parseFloat(rows[0]![3]!)).toBeCloseTo((100 * held) / 60, 0);
    // Morris, White & Crowther 2019, table 6.
    expect(parseFloat(rows[0]![4]!)).toBeCloseTo(100 * Math.sqrt(((held / 60) * (1 - held / 60)) / 60), 0);
    expect(rows[1]!.slice(2)).toEqual(["0 of 60", "0%", "–"]);
  }
});

it("does not count a data set whose draws missed the limits, and says so", () => {
  const start: Coverage = { truth: new Map([["a", 0]]), below: [], missed: 0 };
  const draws = drawsOf({ a: [[-1, 0, 1]] });
  const one = counted(counted(start, draws, true), draws, false);
  expect(coverageTable(one, 0.5).rows[0]![2]).toBe("1 of 1");
  expect([saidMissed(start), saidMissed(one)]).toEqual(["", "1 data set not counted: R-hat above 1.01 or ESS below 400."]);
  expect(coverageTable(start, 0.5).rows[0]!.slice(2)).toEqual(["0 of 0", "–", "–"]);
});
