import { describe, expect, it } from "vitest";
import { averaged } from "../../src/fit/average.js";
import { evaluate } from "../../src/fit/predictor.js";
import { kindsOfRows, pointsOfRows, refusal } from "../../src/fit/points.js";
import { columnOf, f8, number, parameter, sourceWith, table } from "./hand.js";

const ROWS = [0.5, -1, 0.5, 2, 0.5];
const GRID = [0, 1, 2];
const DRAWS = { a: [0.3, -2], b: [1, 0.5], c: [-0.7, 3], d: [0.2, 0.4] };

function source(link: string, interaction: boolean) {
  return sourceWith(
    {
      variables: [number("x", GRID), number("z", GRID)],
      tables: [table("x", GRID, ROWS), table("z", GRID, ROWS)],
      n_rows: ROWS.length,
      parameters: [
        parameter("mu", link, columnOf(["a"]), columnOf(["b"], 0), columnOf(["c"], 1), ...(interaction ? [columnOf(["d"], 0, 1)] : [])),
      ],
    },
    DRAWS,
  );
}

const INVERSES = {
  identity: (eta: number) => eta,
  log: Math.exp,
  logit: (eta: number) => 1 / (1 + Math.exp(-eta)),
  cloglog: (eta: number) => 1 - Math.exp(-Math.exp(eta)),
};

describe.each(Object.entries(INVERSES))("with the link %s", (link, inverse) => {
  it.each([true, false])("averages rows within each draw (an interaction: %s)", (interaction) => {
    const found = averaged(source(link, interaction), [1, 0], { x: "x" })[0]!;
    const { a, b, c, d } = DRAWS;
    const expected = [1, 0].flatMap((i) =>
      GRID.map((x) => {
        const etas = ROWS.map((z) => a[i]! + b[i]! * x + c[i]! * z + (interaction ? d[i]! * x * z : 0));
        return etas.reduce((sum, eta) => sum + inverse(eta), 0) / ROWS.length;
      }),
    );
    // Draws are of single precision.
    found.forEach((value, at) => {
      expect(Math.abs(value - expected[at]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected[at]!)));
    });
  });
});

it("averages predictors on the scale of the link", () => {
  const own = source("logit", true);
  const linear = evaluate(own, pointsOfRows(own.predictor.tables, new Map([["x", 2]]), [0, 1, 2, 3, 4]), [0]).linear("mu")[0]!;
  const mean = linear.reduce((sum, eta) => sum + eta / 5, 0);
  expect(averaged(own, [0], { x: "x", positions: [2], scale: "link" })[0]![0]).toBeCloseTo(mean, 12);
});

it("counts equal rows once, with their weight", () => {
  const { tables } = source("logit", true).predictor;
  expect(kindsOfRows(tables, new Map([["x", 0]]))).toEqual({ rows: [0, 1, 3], weights: Float64Array.of(0.6, 0.2, 0.2) });
  expect(kindsOfRows(tables, new Map([["x", 0], ["z", 0]]))).toEqual({ rows: [0], weights: Float64Array.of(1) });
});

it("keeps a mean whose exponentials are beyond the range of products", () => {
  const far = sourceWith(
    { ...source("logit", false).predictor.tables, tables: [table("x", [-900, 900, 0]), table("z", GRID, ROWS)] },
    DRAWS,
  );
  expect([...averaged(far, [0], { x: "x" })[0]!].slice(0, 2)).toEqual([0, 1]);
});

it("refuses where a function computes with a held variable and another, and where there are no rows", () => {
  const together = { variables: ["x", "z"], values: f8(Array.from({ length: 9 }, (_, i) => i), [3, 3]), observed: f8(ROWS), shifts: [] };
  const own = sourceWith({ ...source("log", false).predictor.tables, tables: [together, table("z", GRID, ROWS)] }, DRAWS);
  expect(() => averaged(own, [0], { x: "x" })).toThrow("x and z stand in one function: hold all or none of them");
  expect(refusal(own.predictor.tables, new Map([["x", 0], ["z", 0]]))).toBeNull();
  expect(refusal({ ...own.predictor.tables, n_rows: 0 }, new Map())).toMatch(/no rows/);
});
