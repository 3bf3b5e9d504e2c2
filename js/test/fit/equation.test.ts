import { expect, it } from "vitest";
import { equation as written, type Whom } from "../../src/fit/equation.js";
import { selected } from "../../src/fit/selected.js";
import { brush, hover, NOTHING } from "../../src/state/selection.js";
import type { DesignColumn, Fit, PredictorTables, Table, Variable } from "../../src/wire.js";
import { newGroup } from "../../src/fit/groups.js";
import { variable } from "../../src/fit/points.js";
import { linearAt } from "./asked.js";
import { CASES } from "./cases.js";
import { drawsOf } from "./draws.js";

const NOBODY: Whom = { groups: {}, held: new Map(), words: "" };
const equation = (fit: Fit, place: number, whom: Partial<Whom> = {}) => written(fit, place, { ...NOBODY, ...whom });

const f8 = (values: readonly number[]) => ({ data: Float64Array.from(values), shape: [values.length] });
const numeric: Variable = { name: "x", grid: f8([0, 1, 2]), levels: [], stops: { data: new Int32Array(), shape: [0] }, start: 1, places: [], reason: "", observed: f8([]), indicator: false, unmoved: "" };
const factor: Variable = { ...numeric, name: "g", grid: f8([0, 1]), levels: ["a", "b"], start: 0 };
const table = (variables: readonly string[], values: readonly number[]): Table => ({ variables, values: f8(values), observed: f8([]), shifts: [] });
const TABLES = [table(["x"], [0, 1, 2]), table(["g"], [0, 1]), table(["x"], [0, 0.5, 0.1]), table(["x"], [0, 0.2, 0.3])];
const one = (term: string, of: readonly number[], ...labels: string[]): DesignColumn => ({ term, labels, tables: of });

function fitOf(columns: readonly DesignColumn[], more: Partial<PredictorTables> = {}, link = "identity"): Fit {
  const labels = columns.flatMap((column) => column.labels);
  const values = Object.fromEntries([...labels, "sigma"].map((label, i) => [label, [[1.02 + i, -1.5 - i, 0]]]));
  const parameter = { name: "mu", link, columns, groups: [] };
  const base = { variables: [numeric, factor], tables: TABLES, family: "gaussian", mean: "main", categories: [], ylabel: "E[y | x]", exposure: [] };
  const tables = { ...base, ...more, parameters: [parameter] };
  return { draws: drawsOf(values, { divergent: [1] }), predictor: { tables }, tabs: { summary: { unavailable: "none" } } } as unknown as Fit;
}

const line = [one("Intercept", [], "Intercept"), one("x", [0], "x")];

it("writes the line of a draw", () => {
  expect(equation(fitOf(line), 0)).toBe("y = 1.02 + 2.02 x");
  expect(equation(fitOf(line), 1)).toBe("y = -1.5 - 2.5 x");
  expect(equation(fitOf(line, { ylabel: "P(y = alive | x)" }, "logit"), 1)).toBe("logit P(y = alive) = -1.5 - 2.5 x");
  expect(equation(fitOf(line, { mean: "zero_inflated" }, "log"), 0)).toBe("log mu = 1.02 + 2.02 x");
});

it("writes levels, interactions, functions of one column and offsets by their names", () => {
  const both = [...line, one("g", [1], "g[b]"), one("x:g", [0, 1], "x:g[b]"), one("log(x)", [2], "log(x)"), one("offset(z)", [2])];
  expect(equation(fitOf(both), 0)).toBe("y = 1.02 + 2.02 x + 3.02 g[b] + 4.02 x:g[b] + 5.02 log(x) + offset(z)");
});

it("leaves out an exposure, which is held where it adds nothing", () => {
  const rate = [...line, one("offset(log(x))", [0])];
  expect(equation(fitOf(rate, { exposure: ["x"], ylabel: "E[y per x | x]" }, "log"), 0)).toBe("log E[y per x] = 1.02 + 2.02 x");
});

it("abbreviates what is too long to be read", () => {
  const spline = [line[0]!, one("bs(x)", [2], "bs(x)[0]"), one("bs(x)", [3], "bs(x)[1]"), one("bs(x)", [0], "bs(x)[2]"), one("z", [0], "z")];
  expect(equation(fitOf(spline), 0)).toBe("y = 1.02 + 2.02 bs(x)[0] + … + 5.02 z");
  const many = Array.from({ length: 11 }, (_, i) => one(`x${i}`, [0], `x${i}`));
  expect(equation(fitOf(many), 0)).toMatch(/^y = 1\.02 x0 .* \+ 8\.02 x7 \+ 3 more terms$/);
});

it("says why there is none of a PyMC block", () => {
  const predictor = { unavailable: "Predictors cannot be moved here: the mean of a PyMC block is no sum of products." };
  expect(equation({ ...fitOf(line), predictor } as Fit, 0)).toBe("no equation: the mean of a PyMC block is no sum of products");
});

/** A fit of one of the models that Python has written. */
function fitted(name: string): Fit {
  const { draws, predictor } = CASES.find((one) => one.name.startsWith(name))!;
  return { draws, predictor, tabs: { summary: { unavailable: "none" } } } as unknown as Fit;
}

it("writes ordered categories by their thresholds, and others each against the first", () => {
  const number = "-?[\\d.e-]+";
  const sums = `\\(${number} x [+-] ${number} g\\[b\\] .*\\)`;
  expect(equation(fitted("grade ~ x*g [cumulative]"), 0)).toMatch(new RegExp(`^logit P\\(grade <= k\\) = c_k - ${sums}; c = ${number}, ${number}, ${number}$`));
  expect(equation(fitted("grade ~ x + (x|g) [sratio]"), 0)).toMatch(/^logit P\(grade = k \| grade >= k\) = c_k - \(-?[\d.]+ x\); c = /);
  expect(equation(fitted("grade ~ 1 [sratio]"), 0)).toMatch(/^logit P\(grade = k \| grade >= k\) = c_k; c = /);
  expect(equation(fitted("kind ~ x*g [categorical]"), 0)).toMatch(/^log P\(kind = low\) \/ P\(kind = high\) = .* x .* g\[b, low\].*; log P\(kind = middle\) \/ P\(kind = high\) = .* x .* g\[b, middle\]/);
  expect(equation(fitted("c(c1, c2, c3) ~ x + (1|g)"), 0)).toMatch(/^log a\[c1\] = .* x; log a\[c2\] = .* x; log a\[c3\] = .* x$/);
  expect(equation(fitted("c(c1, c2, c3) ~ x*g"), 0)).toMatch(/^log P\(c2\) \/ P\(c1\) = /);
});

it("is the line that is drawn: of the population, of one group, of a new one", () => {
  const fit = fitted("hit ~ x + (x|g) + (1|town/school)");
  const source = { draws: fit.draws, predictor: fit.predictor } as never;
  const { tables } = fit.predictor as { tables: PredictorTables };
  const x = variable(tables, "x").grid.data;
  const held = (at: number) => new Map([["x", at], ["g", 1], ["town", 2]]);
  const fresh = newGroup(source, new Set(["g"]), 1);
  for (const groups of [{}, { groups: new Set(["g"]) }, { groups: new Set(["town"]) }, { groups: new Set<string>(), fresh }]) {
    const found = /^logit P\(hit = 1\) = (-?[\d.]+) ([+-]) ([\d.]+) x, for them$/.exec(equation(fit, 3, { groups, held: held(0), words: "them" }))!;
    const slope = Number(found[2] + found[3]!);
    for (const at of [0, x.length - 1]) {
      const exact = linearAt(source, held(at), [3], groups)[0]![0]!;
      expect(Math.abs(Number(found[1]) + slope * x[at]! - exact)).toBeLessThan(0.01 * (1 + Math.abs(exact)));
    }
  }
});

it("names what is added for a group alone", () => {
  const whom = { groups: { groups: new Set(["g"]) }, words: "g = a" };
  expect(equation(fitted("y ~ (bs(x, df=4)|g)"), 0, whom)).toMatch(/^y = -?[\d.]+ [+-] [\d.]+ bs\(x, df=4\)\[0\] .* bs\(x, df=4\)\[3\], for g = a$/);
});

it("reads out the draw, its numbers, whether it diverged, and what a brush keeps", () => {
  const fit = fitOf(line);
  expect(selected(fit, NOTHING, NOBODY)).toEqual({ brush: "", draw: [] });
  const both = brush(hover(NOTHING, 1), { label: "x", low: 0, high: 3 });
  expect(selected(fit, both, NOBODY)).toEqual({
    brush: "2 of 3 draws: x between 0 and 3",
    draw: ["draw 2: chain 1, draw 2, diverged · y = -1.5 - 2.5 x", "Intercept -1.5, x -2.5, sigma -3.5"],
  });
  const many = selected(fitOf(Array.from({ length: 9 }, (_, i) => one(`x${i}`, [0], `x${i}`))), hover(NOTHING, 0), NOBODY);
  expect(many.draw[1]).toMatch(/x7 8\.02 and 2 more parameters, in Summary$/);
});
