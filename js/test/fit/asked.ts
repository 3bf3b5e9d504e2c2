/** What is asked of predictors in tests: one point, or a line over a variable. */
import { pointAt, pointsAlong, type Held } from "../../src/fit/points.js";
import { evaluate, type Groups, type Matrix, type Scale, type Source } from "../../src/fit/predictor.js";
import type { Curves } from "../../src/stats/curves.js";

/** The value of draws at one point, on the scale of the response: one array for each category. */
export function meanAt(source: Source, held: Held, places: ArrayLike<number>, groups: Groups = {}): readonly Matrix[] {
  return evaluate(source, pointAt(source.predictor.tables, held), places, groups).mean();
}

/** The linear predictor of a parameter, by default of the main one, of draws at one point. */
export function linearAt(
  source: Source,
  held: Held,
  places: ArrayLike<number>,
  groups: Groups = {},
  name?: string,
): readonly Matrix[] {
  const { tables } = source.predictor;
  return evaluate(source, pointAt(tables, held), places, groups).linear(name ?? tables.parameters[0]!.name);
}

export interface FanQuestion extends Groups {
  readonly x: string;
  readonly held?: Held;
  readonly scale?: Scale;
  /** How many lines, in the seeded order of the fan; all by default. */
  readonly n_lines?: number;
  /** Positions of x; all of its grid by default. */
  readonly positions?: ArrayLike<number>;
}

/** The curves over the grid of one variable, line i of the draw at order[i]: one set for each of `fanLabels`. */
export function fanCurves(source: Source, question: FanQuestion): readonly Curves[] {
  const { x, held, scale, n_lines, positions, ...groups } = question;
  const { tables } = source.predictor;
  const places = source.draws.order.data.subarray(0, n_lines);
  const points = pointsAlong(tables, x, held, positions);
  const made = evaluate(source, points, places, groups);
  const values = scale === "link" ? made.linear(tables.parameters[0]!.name) : made.mean();
  return values.map((one) => ({ values: one, n_lines: places.length, n_grid: points.n }));
}
