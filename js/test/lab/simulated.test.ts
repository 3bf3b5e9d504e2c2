import { describe, expect, it } from "vitest";
import { column, drawsOf } from "../../src/fit/draws.js";
import { pointsOfRows } from "../../src/fit/points.js";
import { evaluate, type Source } from "../../src/fit/predictor.js";
import { groupingNames } from "../../src/fit/points.js";
import { columnsNeeded, simulatedResponse } from "../../src/lab/simulated.js";
import { stream } from "../../src/stats/random.js";
import type { EngineView, Slot } from "../../src/wire.js";
import { fitNamed } from "./panels.js";

const f8 = (...data: number[]) => ({ data: Float64Array.from(data), shape: [data.length] });
const N = 40_000;

/** The likelihood alone, its parameters constant. */
function only(distribution: string, ...values: readonly number[]): EngineView {
  const slots: Slot[] = [f8(...new Array<number>(N).fill(0)), ...values.map((value) => f8(value))].map((one) => ({ values: one }));
  return { program: { variables: [], factors: [{ distribution, rows: N, slots, weights: null, variables: ["y"] }] }, coordinates: [] } as unknown as EngineView;
}

// Mean and variance of each distribution in the order of its slots, from the textbooks; null where there is none.
const MOMENTS: readonly (readonly [string, readonly number[], number, number])[] = [
  ["normal", [1.5, 2], 1.5, 4],
  ["student_t", [6, 1, 2], 1, 4 * (6 / 4)],
  ["laplace", [1, 2], 1, 8],
  ["asymmetric_laplace", [2, 1.5, 1], 1 + (1 - 1.5 ** 2) / (2 * 1.5), (1 + 1.5 ** 4) / (4 * 1.5 ** 2)],
  ["lognormal", [0.2, 0.5], Math.exp(0.325), Math.expm1(0.25) * Math.exp(0.65)],
  ["half_normal", [2], 2 * Math.sqrt(2 / Math.PI), 4 * (1 - 2 / Math.PI)],
  ["exponential", [3], 3, 9],
  ["gamma", [2, 3], 2, 4 / 3],
  ["gamma_rate", [3, 2], 1.5, 0.75],
  ["inverse_gamma", [6, 5], 1, 1 / 4],
  ["weibull", [2, 1], 2, 4],
  ["weibull_scale", [1, 2], 2, 4],
  ["wald", [2, 4], 2, 2],
  ["beta", [0.3, 9], 0.3, (0.3 * 0.7) / 10],
  ["beta_shapes", [2, 3], 0.4, 6 / (25 * 6)],
  ["bernoulli", [0.3], 0.3, 0.21],
  ["binomial", [8, 0.3], 2.4, 1.68],
  ["beta_binomial", [8, 0.25, 4], 2, (8 * 0.25 * 0.75 * (4 + 8)) / 5],
  ["beta_binomial_shapes", [8, 1, 3], 2, (8 * 0.25 * 0.75 * (4 + 8)) / 5],
  ["poisson", [2.5], 2.5, 2.5],
  ["negative_binomial", [3, 2], 3, 3 + 9 / 2],
];

describe("draws", () => {
  it.each(MOMENTS)("%s with its mean and variance", (distribution, values, mean, variance) => {
    const drawn = simulatedResponse(only(distribution, ...values), () => NaN, stream(3));
    const found = drawn.reduce((sum, y) => sum + y / N, 0);
    const squares = drawn.map((y) => (y - mean) ** 2);
    const spread = squares.reduce((sum, one) => sum + one / N, 0);
    const error = Math.sqrt(squares.reduce((sum, one) => sum + (one - spread) ** 2 / N, 0) / N);
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / N));
    expect(Math.abs(spread - variance)).toBeLessThan(4 * error);
  });

  it.each([["cauchy", [1, 2], 1 - 2, 1 + 2], ["half_cauchy", [2], 0, 2], ["half_student_t", [3, 2], 0, 2 * 0.7648923]] as const)("half of %s between its quartiles", (distribution, values, low, high) => {
    const drawn = simulatedResponse(only(distribution, ...values), () => NaN, stream(4));
    const share = drawn.filter((y) => y > low && y < high).length / N;
    expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / N));
  });
});

it.each(["line", "groups"])("stands at the means that the predictor tables of %s give a draw", (name) => {
  const fit = fitNamed(name);
  const { tables } = (fit as unknown as Source).predictor;
  const draws = drawsOf(fit)!;
  const rows = Array.from({ length: tables.n_rows }, (_, row) => row);
  const means = evaluate(fit as unknown as Source, pointsOfRows(tables, new Map(), rows), [17], { groups: new Set(groupingNames(tables)) }).mean()[0]!;
  const value = (at: number) => column(draws, draws.columns[at]!.label)![17]!;
  const sigma = column(draws, "sigma")![17]!;
  // The same noise at another seed of nothing: the mean of many data sets.
  const sets = 200;
  const sums = rows.map(() => 0);
  for (let k = 0; k < sets; k++) simulatedResponse(fit.engine, value, stream(k)).forEach((y, row) => (sums[row]! += y));
  const standard = rows.map((row) => ((sums[row]! / sets - means[row]!) / sigma) * Math.sqrt(sets));
  const squares = standard.reduce((sum, z) => sum + z * z, 0);
  expect(Math.max(...standard.map(Math.abs))).toBeLessThan(4.5); // of 200 normal numbers
  expect(Math.abs(squares - rows.length)).toBeLessThan(4 * Math.sqrt(2 * rows.length));
});

it("draws at the truth, with the probability of each row", () => {
  const fit = fitNamed("logistic");
  const draws = drawsOf(fit)!;
  const { data } = fit.tabs;
  const x = "columns" in data ? data.columns.find(({ name }) => name === "x") : undefined;
  const xs = x?.kind === "numeric" ? [...x.values.data] : [];
  expect([...new Set(columnsNeeded(fit.engine)!)].sort()).toEqual([0, 1]);
  const p = xs.map((at) => 1 / (1 + Math.exp(0.5 - 1.2 * at)));
  const sets = 100;
  let total = 0;
  for (let k = 0; k < sets; k++) total += simulatedResponse(fit.engine, (at) => draws.columns[at]!.truth!, stream(9, k)).reduce((sum, y, row) => sum + (y - p[row]!) * xs[row]!, 0);
  const variance = p.reduce((sum, one, row) => sum + one * (1 - one) * xs[row]! ** 2, 0);
  expect(xs.length).toBe(200);
  expect(Math.abs(total)).toBeLessThan(4 * Math.sqrt(sets * variance));
});
