import { expect, it } from "vitest";
import { equation } from "../../src/fit/equation.js";
import { selected } from "../../src/fit/selected.js";
import { brush, hover, NOTHING } from "../../src/state/selection.js";
import type { DesignColumn, Fit, PredictorTables, Table, Variable } from "../../src/wire.js";
import { drawsOf } from "./draws.js";

const f8 = (values: readonly number[]) => ({ data: Float64Array.from(values), shape: [values.length] });
const numeric: Variable = { name: "x", grid: f8([0, 1, 2]), levels: [], stops: { data: new Int32Array(), shape: [0] }, start: 1, places: [], reason: "", observed: f8([]), indicator: false, unmoved: "" };
const factor: Variable = { ...numeric, name: "g", grid: f8([0, 1]), levels: ["a", "b"], start: 0 };
const table = (variables: readonly string[], values: readonly number[]): Table => ({ variables, values: f8(values), observed: f8([]), shifts: [] });
const TABLES = [table(["x"], [0, 1, 2]), table(["g"], [0, 1]), table(["x"], [0, 0.5, 0.1])];
const one = (term: string, of: readonly number[], ...labels: string[]): DesignColumn => ({ term, labels, tables: of });

function fitOf(columns: readonly DesignColumn[], more: Partial<PredictorTables> = {}, link = "identity", groups: readonly string[] = []): Fit {
  const labels = columns.flatMap((column) => column.labels);
  const values = Object.fromEntries([...labels, "sigma"].map((label, i) => [label, [[1.02 + i, -1.5 - i, 0]]]));
  const parameter = { name: "mu", link, columns, groups: groups.map((term) => ({ term })) };
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

it("writes levels, interactions, functions of one column, offsets and groups by their names", () => {
  const both = [...line, one("g", [1], "g[b]"), one("x:g", [0, 1], "x:g[b]"), one("log(x)", [2], "log(x)"), one("offset(z)", [2])];
  expect(equation(fitOf(both, {}, "identity", ["1|h"]), 0)).toBe("y = 1.02 + 2.02 x + 3.02 g[b] + 4.02 x:g[b] + 5.02 log(x) + offset(z) + (1|h)");
});

it("leaves out an exposure, which is held where it adds nothing", () => {
  const rate = [...line, one("offset(log(x))", [0])];
  expect(equation(fitOf(rate, { exposure: ["x"], ylabel: "E[y per x | x]" }, "log"), 0)).toBe("log E[y per x] = 1.02 + 2.02 x");
});

it("writes no equation of splines, of categories, or of more than can be read", () => {
  const spline = [line[0]!, one("bs(x)", [2], "bs(x)[0]"), one("bs(x)", [2], "bs(x)[1]")];
  expect(equation(fitOf(spline), 0)).toBeNull();
  expect(equation(fitOf(line, { categories: ["a", "b"] }), 0)).toBeNull();
  expect(equation(fitOf(Array.from({ length: 9 }, (_, i) => one(`x${i}`, [0], `x${i}`))), 0)).toBeNull();
});

it("reads out the draw, its numbers, whether it diverged, and what a brush keeps", () => {
  const fit = fitOf(line);
  expect(selected(fit, NOTHING)).toEqual({ brush: "", draw: [] });
  const both = brush(hover(NOTHING, 1), { label: "x", low: 0, high: 3 });
  expect(selected(fit, both)).toEqual({
    brush: "2 of 3 draws: x between 0 and 3",
    draw: ["draw 2: chain 1, draw 2, diverged · y = -1.5 - 2.5 x", "Intercept -1.5, x -2.5, sigma -3.5"],
  });
  expect(selected(fitOf([one("x", [0], "x", "x2")]), hover(NOTHING, 0)).draw[0]).toBe("draw 1: chain 1, draw 1");
});
