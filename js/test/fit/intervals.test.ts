import { describe, expect, it } from "vitest";
import stored from "../../../tests/wire/intervals.json";
import { curvewiseBands, medianLine, pointwiseBands, type Band, type Lines } from "../../src/fit/bands.js";
import { fanOf, withNew, type FanQuestion } from "../../src/fit/fan.js";
import { newGroup } from "../../src/fit/groups.js";
import { pointsAlong } from "../../src/fit/points.js";
import { evaluate, type Scale, type Source } from "../../src/fit/predictor.js";
import { partialResiduals } from "../../src/fit/residuals.js";
import { decode, fromBase64, type F8 } from "../../src/wire.js";
import { everyDraw } from "./cases.js";

/** Draws of many models and what NumPy and scipy say of their intervals: `tests/wire/write_intervals.py` writes them. */
interface Asked {
  readonly x: string;
  readonly held: readonly (readonly [string, number])[];
  readonly groups: readonly string[];
}

interface Bands extends Asked {
  readonly scale: Scale;
  readonly n_lines: number;
  readonly median: F8;
  readonly pointwise: F8;
  readonly curvewise: F8;
}

interface Simulated {
  readonly x: string;
  readonly fresh: readonly string[];
  readonly at: readonly number[];
  readonly ends: F8;
  readonly moments: F8 | null;
}

interface Case extends Source {
  readonly name: string;
  readonly bands: readonly Bands[];
  readonly simulated: readonly Simulated[];
  readonly residuals: readonly (Asked & { readonly values: F8 })[];
}

const { cases, probs, seeds } = decode(stored.schema, fromBase64(stored.buffer)) as unknown as {
  readonly cases: readonly Case[];
  readonly probs: readonly number[];
  readonly seeds: number;
};
const having = (kind: "bands" | "simulated" | "residuals") => cases.filter((one) => one[kind].length > 0).map((one) => [one.name, one] as const);

function questionOf({ x, held, groups }: Asked, scale: Scale = "response"): FanQuestion {
  return { x, held: new Map(held), groups: { groups: new Set(groups) }, scale, by: null, averaged: false };
}

/** Within 1e-5 of the spread along the curve, or of the number where that is larger. */
function near(found: ArrayLike<number>, expected: Float64Array): void {
  const spread = Math.max(...expected) - Math.min(...expected);
  expect(found.length).toBe(expected.length);
  expected.forEach((value, at) => {
    expect(Math.abs(found[at]! - value)).toBeLessThanOrEqual(1e-5 * Math.max(spread, Math.abs(value)));
  });
}

describe.each(having("bands"))("bands of %s", (_, one) => {
  it.each(one.bands)("are NumPy's along $x, $scale scale, $n_lines lines", (asked) => {
    const places = one.draws.order.data.subarray(0, asked.n_lines);
    const { strata } = fanOf(one, questionOf(asked, asked.scale), places, places);
    strata.forEach(({ curves: lines }, set) => {
      const { n_grid } = lines;
      expect(lines.n_lines).toBe(asked.n_lines);
      const part = ({ data }: F8, at: number) => data.subarray(at * n_grid, (at + 1) * n_grid);
      near(medianLine(lines), part(asked.median, set));
      const same = (bands: readonly Band[], expected: F8) =>
        bands.forEach(({ low, high }, k) => {
          near(low, part(expected, 2 * (set * probs.length + k)));
          near(high, part(expected, 2 * (set * probs.length + k) + 1));
        });
      same(pointwiseBands(lines, probs), asked.pointwise);
      same(curvewiseBands(lines, probs), asked.curvewise);
    });
    expect(strata.length).toBe(asked.median.shape[0]);
  });
});

/** The curves of many seeds as those of one sample. */
function pooled(each: readonly Lines[]): Lines {
  const { n_lines, n_grid } = each[0]!;
  const values = new Float64Array(each.length * n_lines * n_grid);
  each.forEach((lines, k) => values.set(lines.values, k * n_lines * n_grid));
  return { values, n_lines: each.length * n_lines, n_grid };
}

const SEEDS = Array.from({ length: seeds }, (_, k) => k + 1);

/** New observations at each point as the fan draws them: each of the draws as often as there are seeds. */
function observations(source: Source, x: string): Lines {
  const question = questionOf({ x, held: [], groups: [] });
  const places = everyDraw(source);
  const fan = fanOf(source, question, places, places);
  return pooled(SEEDS.map((seed) => withNew(fan, source, question, places, seed).strata[0]!.simulated!));
}

/** The linear predictor with new groups. */
function ofGroups(source: Source, { x, fresh }: Simulated): Lines {
  const { tables } = source.predictor;
  const [variables, places, points] = [new Set(fresh), everyDraw(source), pointsAlong(tables, x)];
  const groups = new Set(tables.parameters.flatMap((one) => one.groups.flatMap(({ by }) => by.map(({ variable }) => variable))));
  const each = SEEDS.map((seed) => {
    const made = evaluate(source, points, places, { groups, fresh: newGroup(source, variables, seed) });
    return { values: made.linear(tables.parameters[0]!.name)[0]!, n_lines: places.length, n_grid: points.n };
  });
  return pooled(each);
}

describe.each(having("simulated"))("what is drawn anew of %s", (_, one) => {
  it.each(one.simulated)("has the intervals of scipy along $x, new $fresh", (asked) => {
    const lines = asked.fresh.length > 0 ? ofGroups(one, asked) : observations(one, asked.x);
    const bands = pointwiseBands(lines, probs);
    const count = asked.at.length;
    asked.at.forEach((g, place) => {
      bands.forEach(({ low, high }, k) => {
        [low[g]!, high[g]!].forEach((end, side) => {
          const bound = (which: number) => asked.ends.data[(4 * k + 2 * side + which) * count + place]!;
          const rounding = 1e-6 * Math.max(Math.abs(bound(0)), Math.abs(bound(1)));
          expect(end).toBeGreaterThanOrEqual(bound(0) - rounding);
          expect(end).toBeLessThanOrEqual(bound(1) + rounding);
        });
      });
      if (asked.moments === null) return;
      [1, 2].forEach((power, k) => {
        const own = Array.from({ length: lines.n_lines }, (_, i) => lines.values[i * lines.n_grid + g]! ** power);
        const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
        const sd = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
        // Four Monte Carlo standard errors.
        expect(Math.abs(mean - asked.moments!.data[k * count + place]!)).toBeLessThanOrEqual((4 * sd) / Math.sqrt(own.length));
      });
    });
  });
});

describe.each(having("residuals"))("partial residuals of %s", (_, one) => {
  it.each(one.residuals)("are those written out for $held, of $groups", (asked) => {
    near(partialResiduals(one, questionOf(asked)), asked.values.data);
  });
});
