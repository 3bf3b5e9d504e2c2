import { expect, it } from "vitest";
import { pointAt, pointsAlong } from "../../src/fit/points.js";
import { evaluate, type Source } from "../../src/fit/predictor.js";
import { hasTrials, simulated, whyNotSimulated } from "../../src/fit/simulate.js";
import { CASES, everyDraw } from "./cases.js";
import { columnOf, f8, number, parameter, sourceWith, table } from "./hand.js";

const N = 20_000;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value / values.length, 0);

const LINE = sourceWith(
  {
    variables: [number("x", [0, 1, 2])],
    tables: [table("x", [0, 1, 2])],
    parameters: [parameter("mu", "identity", columnOf(["a"]), columnOf(["a"], 0)), parameter("sigma", "identity", columnOf(["sigma"]))],
  },
  { a: [1, 2, 3], sigma: [0.1, 0.1, 0.1] },
);

it("gives the same observation for the same seed, draw and point", () => {
  const points = pointsAlong(LINE.predictor.tables, "x");
  const some = simulated(LINE, points, [2, 0], { seed: 4 });
  const all = simulated(LINE, points, [0, 1, 2], { seed: 4 });
  expect([...some]).toEqual([...all.subarray(6, 9), ...all.subarray(0, 3)]);
  expect(simulated(LINE, points, [0], { seed: 5 })[0]).not.toBe(all[0]);
  const noise = all.map((value, at) => value - evaluate(LINE, points, [0, 1, 2]).mean()[0]![at]!);
  expect(new Set(noise).size).toBe(9);
});

it("has the same noise along the points where that is asked for", () => {
  const points = pointsAlong(LINE.predictor.tables, "x");
  const values = simulated(LINE, points, [0, 1], { seed: 4, alike: true });
  expect(values[1]! - values[0]!).toBeCloseTo(1, 12);
  expect(values[5]! - values[4]!).toBeCloseTo(2, 12);
});

const WITHOUT_CATEGORIES = CASES.filter(({ predictor }) => predictor.tables.categories.length === 0);

it.each(WITHOUT_CATEGORIES.map((one) => [one.name, one] as const))("draws what can be drawn of %s", (_, one) => {
  const { tables } = one.predictor;
  const { bounds, reason } = tables.observation;
  // Of proportions whose trials vary, the reason says of how many an observation is.
  const isOfMedian = hasTrials(tables) && tables.observation.trials > 0 && reason !== "";
  if (isOfMedian) expect(reason).toContain("their median");
  expect(whyNotSimulated(tables, {}) ?? "").toBe(isOfMedian ? "" : reason);
  const noise = { seed: 1, ...(hasTrials(tables) && reason !== "" ? { trials: 8 } : {}) };
  expect(whyNotSimulated(tables, noise)).toBeNull();
  const found = simulated(one, pointAt(tables), everyDraw(one), noise);
  expect(found.length).toBe(everyDraw(one).length);
  expect(found.every(Number.isFinite)).toBe(true);
  if (bounds) expect(found.every((value) => value >= bounds.data[0]! && value <= bounds.data[1]!)).toBe(true);
});

it("draws a truncated response within its bounds, and gives up where none is", () => {
  const within = (low: number, high: number): Source => {
    const observation = { trials: 0, bounds: f8([low, high]), reason: "" };
    const tables = { ...LINE.predictor.tables, observation };
    return { draws: LINE.draws, predictor: { ...LINE.predictor, tables } };
  };
  const points = pointAt(LINE.predictor.tables);
  const places = Array.from({ length: N }, () => 0);
  // One draw at N points of the same kind: each has noise of its own.
  const found = simulated(within(1, Infinity), { ...points, n: N, entry: () => Float64Array.from(places) }, [0], { seed: 1 });
  expect(found.every((value) => value >= 1)).toBe(true);
  // The half-normal mean: sigma times the square root of 2 / pi.
  expect(Math.abs(mean(found) - 1 - 0.1 * Math.sqrt(2 / Math.PI))).toBeLessThan((4 * 0.0603) / Math.sqrt(N));
  expect(simulated(within(50, 60), points, [0], { seed: 1 })[0]).toBeNaN();
});

it("says what it lacks", () => {
  const { tables } = LINE.predictor;
  expect(whyNotSimulated({ ...tables, family: "tweedie" }, {})).toBe("observations of the family tweedie are not drawn here");
  expect(whyNotSimulated({ ...tables, family: "t" }, {})).toMatch(/drawn from nu, which this model does not have/);
  const binomial = sourceWith({ family: "binomial", parameters: [parameter("p", "logit", columnOf(["a"]))] }, { a: [0] });
  for (const trials of [undefined, 0.5, -1, 0]) {
    const noise = { seed: 1, ...(trials === undefined ? {} : { trials }) };
    expect(() => simulated(binomial, pointAt(tables), [0], noise)).toThrow("a count of trials, and their number is not given");
  }
  const observation = { trials: 0, bounds: null, reason: "the bounds of the response differ between rows" };
  expect(whyNotSimulated({ ...tables, observation }, {})).toBe(observation.reason);
});
