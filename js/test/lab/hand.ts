import type { EngineView, Factor, FreeVariable, PriorRecord, Program, Sum } from "../../src/wire.js";
import { f8, i4 } from "../fit/hand.js";

/** The program of y ~ Normal(a + b x, sigma) by hand, with a centred intercept and a prior for each of the three. */
export const X = [-2, -1, 0, 1, 3, 5];
export const Y = [-3.9, -2.2, 0.3, 1.8, 6.1, 9.9];
const MEAN = X.reduce((a, b) => a + b, 0) / X.length;

export const variable = (name: string, start: number, kind: FreeVariable["transform"]["kind"] = "identity", shape: readonly number[] = []): FreeVariable =>
  ({ name, shape, start, transform: { kind, lower: f8([]), upper: f8([]) } });

export function prior(name: string, distribution: string, at: number, link: string, ...parameters: number[]): Factor {
  const slots = parameters.map((value) => ({ values: f8([value]) }));
  return { distribution, rows: 1, slots: [{ positions: i4([at]), source: link === "identity" ? "c" : "u", link }, ...slots], weights: null, variables: [name] };
}

export const likelihood = (distribution: string, y: readonly number[], ...more: Factor["slots"]): Factor => ({
  distribution,
  rows: y.length,
  slots: [{ values: f8(y) }, { offset: f8([0]), columns: i4([0, 1]), dense: f8([...y.map(() => 1), ...X.slice(0, y.length).map((x) => x - MEAN)], [2, y.length]), groups: [], link: "identity" }, ...more],
  weights: null,
  variables: ["y"],
});

export const PROGRAM: Program = {
  variables: [variable("Intercept", 0), variable("x", 1), variable("sigma", 2, "log")],
  factors: [
    likelihood("normal", Y, { positions: i4([2]), source: "u", link: "log" }),
    prior("Intercept", "normal", 0, "identity", 0, 5),
    prior("x", "normal", 1, "identity", 0, 2),
    prior("sigma", "half_normal", 2, "log", 1),
  ],
};

export const sum = (at: readonly number[], weights: readonly number[], scales: readonly number[] = at.map(() => -1), power = 1): Sum =>
  ({ constant: 0, at: i4(at), weights: f8(weights), scales: i4(scales), power });

/** Columns Intercept, x and sigma; the first is at zero of x. */
export const VIEW: EngineView = {
  program: PROGRAM,
  columns: [sum([0, 1], [1, -MEAN]), sum([1], [1]), sum([2], [1])],
  coordinates: [sum([0, 1], [1, MEAN]), sum([1], [1]), sum([2], [1])],
  starts: f8([2, 2, 0, 2, 2, 0], [2, 3]),
  steps: f8([0.5, 0.5]),
  mass: f8([1, 1, 1]),
  points: f8([], [0, 3]),
  values: f8([]),
  gradients: f8([], [0, 3]),
  saying: [],
};

export const record = (name: string, family: string, given: Readonly<Record<string, number>>, more: Partial<PriorRecord> = {}): PriorRecord => ({
  name,
  variable: name,
  labels: [name],
  family,
  arguments: Object.entries(given).map(([argument, value]) => ({ name: argument, values: f8([value]) })),
  shift: [],
  rest: "",
  given: null,
  fixed: "",
  ...more,
});

export const PRIORS = [
  record("Intercept", "Normal", { mu: 0, sigma: 5 }, { labels: [] }),
  record("x", "Normal", { mu: 0, sigma: 2 }),
  record("sigma", "HalfNormal", { sigma: 1 }),
];
