import { describe, expect, it } from "vitest";
import { averaged } from "../../src/fit/average.js";
import { pointAt, pointsAlong, refusal } from "../../src/fit/points.js";
import { evaluate } from "../../src/fit/predictor.js";
import { CASES, difference, everyDraw, linked } from "./cases.js";
import { fanCurves } from "./asked.js";

/** Relative; where draws are too coarse, exact linear predictors at the start help only as far as one moves from there. */
const PRECISION = 1e-10;
const COARSE = 1e-5;

describe.each(CASES.map((one) => [one.name, one] as const))("%s", (_, one) => {
  const { tables, linear } = one.predictor;
  const precision = linear.length > 0 ? COARSE : PRECISION;
  const places = everyDraw(one);

  it("is evaluated as in Python", () => {
    for (const { link, held, groups, ...expected } of one.questions) {
      const source = linked(one, link);
      const found = evaluate(source, pointAt(tables, new Map(held)), places, { groups: new Set(groups) });
      tables.parameters.forEach(({ name }, at) => {
        expect(difference(found.linear(name), expected.linear[at]!)).toBeLessThan(precision);
        expect(difference(found.parameter(name), expected.parameters[at]!)).toBeLessThan(precision);
      });
      if (expected.mean) expect(difference(found.mean(), expected.mean)).toBeLessThan(precision);
    }
  });

  it("is averaged over rows as in Python", () => {
    for (const { link, held, groups, mean, reason } of one.averages) {
      const source = linked(one, link);
      const question = { held: new Map(held), groups: new Set(groups) };
      expect(refusal(tables, question.held) ?? "").toBe(reason);
      if (!mean) expect(() => averaged(source, places, question)).toThrow(reason);
      else expect(difference(averaged(source, places, question), mean)).toBeLessThan(precision);
    }
  });

  it("has at each point of a curve what it has there alone", () => {
    const groups = new Set(tables.parameters.flatMap((p) => p.groups.flatMap(({ by }) => by.map((g) => g.variable))));
    for (const { name, grid } of tables.variables) {
      const along = evaluate(one, pointsAlong(tables, name), places, { groups }).linear(tables.parameters[0]!.name);
      grid.data.forEach((_, at) => {
        const alone = evaluate(one, pointAt(tables, new Map([[name, at]])), places, { groups });
        alone.linear(tables.parameters[0]!.name).forEach((eta, k) => {
          const curve = places.map((_, i) => along[k]![i * grid.data.length + at]!);
          expect(difference([curve], { data: eta, shape: [eta.length] })).toBeLessThan(1e-12);
        });
      });
    }
  });

  it("draws line i of the draw order[i]", () => {
    const [x] = tables.variables;
    if (!x || !tables.mean) return;
    const curves = fanCurves(one, { x: x.name, n_lines: 3 });
    const expected = evaluate(one, pointsAlong(tables, x.name), one.draws.order.data.subarray(0, 3)).mean();
    expect(curves.map(({ values }) => [...values])).toEqual(expected.map((values) => [...values]));
  });
});
