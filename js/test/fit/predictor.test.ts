import { expect, it } from "vitest";
import { evaluate, fanLabels } from "../../src/fit/predictor.js";
import { pointAt } from "../../src/fit/points.js";
import { columnOf, f8, i4, number, parameter, sourceWith, table } from "./hand.js";
import { fanCurves, linearAt, meanAt } from "./asked.js";

const LINE = sourceWith(
  {
    variables: [number("x", [0, 1, 2, 3]), number("z", [10, 20])],
    tables: [table("x", [0, 1, 2, 3]), table("z", [10, 20])],
    parameters: [
      parameter("mu", "log", columnOf(["Intercept"]), columnOf(["x"], 0), columnOf(["x:z"], 0, 1), columnOf([], 1)),
      parameter("sigma", "identity", columnOf(["sigma"])),
    ],
  },
  { Intercept: [1, 2], x: [0.5, 0.25], "x:z": [0.5, -0.5], sigma: [3, 4] },
);

it("multiplies tables and draws, line by line in the order of the fan", () => {
  const [curves] = fanCurves(LINE, { x: "x", held: new Map([["z", 1]]), scale: "link" });
  expect(curves!.n_lines).toBe(2);
  // Line 0 is the last draw: 2 + 0.25 x - 10 x + 20.
  expect([...curves!.values]).toEqual([22, 12.25, 2.5, -7.25, 21, 31.5, 42, 52.5]);
  const [one] = fanCurves(LINE, { x: "x", held: new Map([["z", 1]]), n_lines: 1, positions: [3, 2] });
  expect([...one!.values]).toEqual([Math.exp(-7.25), Math.exp(2.5)]);
});

it("holds what is not named at its start", () => {
  expect([...linearAt(LINE, new Map([["x", 1]]), [0, 1])[0]!]).toEqual([1 + 0.5 + 5 + 10, 2 + 0.25 - 5 + 10]);
  expect(meanAt(LINE, new Map(), [0])[0]![0]).toBe(Math.exp(11));
  expect([...evaluate(LINE, pointAt(LINE.predictor.tables), [1]).parameter("sigma")[0]!]).toEqual([4]);
});

it("starts at exact linear predictors where the draws are too coarse", () => {
  const predictor = { ...LINE.predictor, linear: [f8([100, 200]), f8([5, 6])] };
  const found = linearAt({ ...LINE, predictor }, new Map([["x", 2], ["z", 1]]), [0, 1])[0]!;
  // At the start x is 0 and z 10.
  expect([...found]).toEqual([100 + 1 + 0.5 * 40 + 10, 200 + 0.5 - 0.5 * 40 + 10]);
});

it("adds the effects of groups that are asked for, also along the groups", () => {
  const g = { ...number("g", [0, 1, 2]), levels: ["a", "b", "c"] };
  const by = { variable: "g", codes: i4([0, 1, -1]), n_groups: 2, observed: i4([]) };
  const term = { term: "1|g", by: [by], groups: ["a", "b"], columns: [[]], labels: [[["g[a]"], ["g[b]"]]], distribution: "Normal", arguments: [] };
  const mu = { ...parameter("mu", "identity", columnOf(["Intercept"])), groups: [term] };
  const source = sourceWith({ variables: [g], parameters: [mu] }, { Intercept: [1], "g[a]": [10], "g[b]": [20] });
  const own = { groups: new Set(["g"]) };
  expect(meanAt(source, new Map([["g", 1]]), [0])[0]![0]).toBe(1);
  expect(meanAt(source, new Map([["g", 1]]), [0], own)[0]![0]).toBe(21);
  expect([...fanCurves(source, { x: "g", ...own })[0]!.values]).toEqual([11, 21, 1]);
});

it("gives one set of curves for each category", () => {
  const tables = { variables: [number("x", [0, 1])], tables: [table("x", [0, 1])], mean: "cumulative", categories: ["low", "mid", "high"] };
  const parameters = [parameter("mu", "logit", columnOf(["x"], 0)), parameter("threshold", "identity", columnOf(["t0", "t1"]))];
  const source = sourceWith({ ...tables, parameters }, { x: [1], t0: [0], t1: [2] });
  const logistic = (eta: number) => 1 / (1 + Math.exp(-eta));
  const found = fanCurves(source, { x: "x" }).map(({ values }) => values[1]!);
  [logistic(-1), logistic(1) - logistic(-1), 1 - logistic(1)].forEach((p, k) => expect(found[k]).toBeCloseTo(p, 6));
  expect(fanLabels(source.predictor.tables)).toEqual(["low", "mid", "high"]);
  expect(fanLabels(source.predictor.tables, "link")).toEqual([""]);
});

it("takes a few milliseconds for 1,000 lines at 100 points", () => {
  const names = Array.from({ length: 10 }, (_, k) => `b${k}`);
  const grid = Array.from({ length: 100 }, (_, g) => g / 100);
  const source = sourceWith(
    {
      variables: [number("x", grid)],
      tables: names.map((_, k) => table("x", grid.map((x) => x ** k))),
      parameters: [parameter("mu", "logit", ...names.map((name, k) => columnOf([name], k)))],
    },
    Object.fromEntries(names.map((name, k) => [name, Array.from({ length: 1000 }, (_, i) => Math.sin(i + k))])),
  );
  fanCurves(source, { x: "x" });
  const times = Array.from({ length: 9 }, () => {
    const before = performance.now();
    fanCurves(source, { x: "x" });
    return performance.now() - before;
  });
  const median = times.sort((a, b) => a - b)[4]!;
  expect(median).toBeLessThan(25);
});
