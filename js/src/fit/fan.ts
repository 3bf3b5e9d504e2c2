/** A fan: the curves of chosen draws over one variable, for each stratum. */
import type { Curves } from "../stats/curves.js";
import { brief } from "../stats/format.js";
import type { PredictorTables, Variable } from "../wire.js";
import { averaged } from "./average.js";
import { isOnlyGrouping, pointsAlong, unitsOf, variable, type Held } from "./points.js";
import { hasTrials, simulated, whyNotSimulated } from "./simulate.js";
import { evaluate, fanLabels, type Groups, type Matrix, type Scale, type Source } from "./predictor.js";

/** What a fan is asked: along which variable, where the others are held, for whom, and on which scale. */
export interface FanQuestion {
  readonly x: string;
  readonly held: Held;
  readonly groups: Groups;
  readonly scale: Scale;
  /** One stratum for each of these positions of another variable. */
  readonly by: { readonly name: string; readonly positions: readonly number[] } | null;
  /** Whether the other variables have their own values in every row of the data, over which the curves are averaged. */
  readonly averaged: boolean;
}

/** Lines of one stratum, their mean, and the true mean where it is known. */
export interface FanStratum {
  readonly label: string;
  readonly curves: Curves;
  readonly mean: ArrayLike<number>;
  readonly truth: ArrayLike<number> | null;
  /** A new observation of each line at each point; null where none are asked for. */
  readonly simulated: Curves | null;
}

/** A fan as it is drawn, whoever made its curves. */
export interface Fan {
  readonly x: string;
  readonly kind: "numeric" | "category";
  readonly grid: ArrayLike<number>;
  readonly levels: readonly string[];
  readonly strata: readonly FanStratum[];
  readonly points: FanPoints | null;
}

export interface FanPoints {
  /** What they are, where they are no observations. */
  readonly name?: string;
  /** As they are drawn, moved by `by` at most to tell them apart. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly by: readonly [number, number];
  readonly hollow: ArrayLike<number> | null;
  /** The stratum of each, where they belong to one. */
  readonly strata?: ArrayLike<number> | null;
}

/** The curves of draws, by their places; means are of `all` draws, which may be the same. */
export function fanOf(source: Source, question: FanQuestion, places: ArrayLike<number>, all: ArrayLike<number>): Fan {
  const { tables } = source.predictor;
  const { grid, levels } = variable(tables, question.x);
  const positions = positionsOf(grid.data.length, question.averaged && levels.length === 0);
  const strata = strataOf(tables, question).flatMap((stratum) => {
    const lines = valuesOf(source, question, stratum, positions, places);
    const means = places === all ? lines : valuesOf(source, question, stratum, positions, all);
    const labels = fanLabels(tables, question.scale);
    return lines.map((curves, k): FanStratum => {
      const label = [labels[k] ?? "", stratum.label].filter((part) => part !== "").join(", ");
      return { label, curves, mean: meanOf(means[k]!), truth: null, simulated: null };
    });
  });
  const at = Float64Array.from(positions, (position) => grid.data[position]!);
  return { x: question.x, kind: levels.length > 0 ? "category" : "numeric", grid: at, levels, strata, points: null };
}

/** All positions of a grid, or about 26 of them: an average over rows costs as much at each. */
function positionsOf(n: number, few: boolean): readonly number[] {
  const step = few ? Math.max(1, Math.floor(n / 25)) : 1;
  const all = Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step);
  return all.at(-1) === n - 1 ? all : [...all, n - 1];
}

interface Stratum {
  readonly label: string;
  /** What tells it from the others. */
  readonly apart: Held;
}

/** One for each position of the variable that tells them apart. */
function strataOf(tables: PredictorTables, { by }: FanQuestion): Stratum[] {
  if (by === null) return [{ label: "", apart: new Map() }];
  const other = variable(tables, by.name);
  return by.positions.map((at) => ({ label: by.positions.length > 1 ? placeSaid(other, at) : "", apart: new Map([[by.name, at]]) }));
}

/** The mean, or the linear predictor of the main parameter, of draws along x: one for each category of the response. */
function valuesOf(
  source: Source,
  { x, held, groups, scale, averaged: over }: FanQuestion,
  { apart }: Stratum,
  positions: readonly number[],
  places: ArrayLike<number>,
): Curves[] {
  const { tables } = source.predictor;
  const wrap = (values: Matrix): Curves => {
    return { values, n_lines: places.length, n_grid: positions.length };
  };
  if (over) return averaged(source, places, { x, positions, held: new Map([...unitsOf(tables), ...apart]), scale, ...groups }).map(wrap);
  const made = evaluate(source, pointsAlong(tables, x, new Map([...held, ...apart]), positions), places, groups);
  return (scale === "link" ? made.linear(tables.parameters[0]!.name) : made.mean()).map(wrap);
}

/** The variables that are held and matter to a picture. */
export const heldOf = (tables: PredictorTables, { x, by, groups }: FanQuestion): readonly Variable[] =>
  tables.variables.filter(({ name }) => {
    return name !== x && name !== by?.name && !tables.exposure.includes(name) && (!isOnlyGrouping(tables, name) || groups.groups?.has(name));
  });

/** "z = 2.3 (mean + sd)": where a variable that tells fans apart stands. */
export function placeSaid(one: Variable, at: number): string {
  const [place] = one.places.find(([, position]) => position === at) ?? [];
  return standing(one, at) + (place ? ` (${place})` : "");
}

/** "z = 2.3". */
export const standing = (one: Variable, at: number): string => `${one.name} = ${valueAt(one, at)}`;

/** The value of a variable at a position, in words. */
export const valueAt = ({ levels, grid }: Variable, at: number): string => levels[at] ?? brief(grid.data[at]!);

/** Why no new observations can be drawn over a fan; null where they can. */
export function whyNoneNew({ predictor: { tables } }: Source, { averaged: over, scale }: FanQuestion): string | null {
  if (over) return "new observations are drawn at held values, not averaged";
  if (scale === "link") return "new observations have no place on the scale of the link";
  if (tables.categories.length > 0) return "new observations of a category are its level, which the bands cannot show";
  return whyNotSimulated(tables, {});
}

/** Adds a new observation of each line at each point; of several trials it is their proportion, as the curves and points are. */
export function withNew(fan: Fan, source: Source, question: FanQuestion, places: ArrayLike<number>, seed: number): Fan {
  const { tables } = source.predictor;
  const strata = strataOf(tables, question);
  const trials = hasTrials(tables) ? tables.observation.trials : 1;
  return {
    ...fan,
    strata: fan.strata.map((one, k) => {
      const points = pointsAlong(tables, question.x, new Map([...question.held, ...strata[k]!.apart]));
      const values = simulated(source, points, places, { seed, alike: true }, question.groups);
      return { ...one, simulated: { values: values.map((value) => value / trials), n_lines: places.length, n_grid: points.n } };
    }),
  };
}

/** The mean of the curves at each point: the posterior mean of E[y | x], not the curve of the mean parameters. */
export function meanOf({ values, n_lines, n_grid }: Curves): Float64Array {
  const total = new Float64Array(n_grid);
  for (let i = 0; i < n_lines; i++) for (let g = 0; g < n_grid; g++) total[g]! += values[i * n_grid + g]!;
  return total.map((sum) => sum / n_lines);
}

/** A fit whose only draw has the true values; null where one of those that matter is not known. */
export function truthOf(source: Source): Source | null {
  const { draws, predictor } = source;
  if (draws.columns.every(({ truth }) => truth === null)) return null;
  const n = draws.columns.length;
  const values = { data: Float32Array.from({ length: n }, () => 0), shape: [n, 1, 1] };
  const centre = { data: Float64Array.from(draws.columns, ({ truth }) => truth ?? NaN), shape: [n] };
  const order = { data: Uint32Array.of(0), shape: [1] };
  return {
    draws: { ...draws, n_chains: 1, n_draws: 1, every: 1, values, centre, order },
    predictor: { ...predictor, linear: [] },
  };
}

/** Adds the true mean to each stratum where all that it rests on is known. */
export function withTruth(fan: Fan, truth: Fan): Fan {
  const known = (mean: ArrayLike<number>) => (Array.from(mean).every(Number.isFinite) ? mean : null);
  return { ...fan, strata: fan.strata.map((one, k) => ({ ...one, truth: known(truth.strata[k]!.mean) })) };
}

/** A label for the response on a scale. */
export function scaleLabel({ ylabel, parameters }: PredictorTables, scale: Scale): string {
  const link = parameters[0]?.link ?? "identity";
  return scale === "link" ? `${link} link of ${ylabel}` : ylabel;
}

export const hasLink = ({ parameters }: PredictorTables): boolean => (parameters[0]?.link ?? "identity") !== "identity";
