/**
 * Predictor tables, draws and points -> linear predictors, parameters and the mean of the response; `evaluate.py` of
 * `glm_magic/predictor/tables` is the Python side.
 */
import { isUnavailable, type Draws, type Fit, type Grouping, type GroupTerm, type Parameter } from "../wire.js";
import type { Predictor, PredictorTables } from "../wire.js";
import { column } from "./draws.js";
import { CATEGORIES, inverseOf, MEANS } from "./means.js";
import { pointAt, type PerPoint, type Points } from "./points.js";
import { both, shifted, summed, times, type Predicted } from "./sums.js";

/** What is evaluated: the draws of a fit, and what makes predictors of them. */
export interface Source {
  readonly draws: Draws;
  readonly predictor: Predictor;
}

/** Of which groups the predictor is. */
export interface Groups {
  /** Grouping variables whose own effects are included; the others stay at the population. */
  readonly groups?: ReadonlySet<string>;
  /** Of these, those that stand at a group that the data do not have; see `newGroup`. */
  readonly fresh?: Fresh;
}

/** Effects of new groups: draws of each coefficient of a term, for each column and category. */
export interface Fresh {
  readonly variables: ReadonlySet<string>;
  effects(parameter: string, term: GroupTerm): readonly (readonly Float64Array[])[];
}

/** Row-major: the value of draw i at point p is `[i * n_points + p]`. */
export type Matrix = Float64Array;

export interface Evaluated {
  readonly n_draws: number;
  readonly n_points: number;
  /** The linear predictor of a parameter; one for each of its categories. */
  linear(name: string): readonly Matrix[];
  /** A parameter; of a response with categories the main one is their probabilities. */
  parameter(name: string): readonly Matrix[];
  /** E[y | x], or the probability of each category. */
  mean(): readonly Matrix[];
}

/** What can be evaluated of a fit, or why nothing can. */
export function sourceOf(fit: Fit): Source | { readonly unavailable: string } {
  const { draws, predictor } = fit;
  if (isUnavailable(draws)) return draws;
  if (isUnavailable(predictor)) return predictor;
  return fit as Fit & Source;
}

/** Evaluates draws, given by their places among the shipped ones, at points; each parameter when it is asked for. */
export function evaluate(source: Source, points: Points, places: ArrayLike<number>, groups: Groups = {}): Evaluated {
  const { tables } = source.predictor;
  const [n_draws, n_points] = [places.length, points.n];
  const main = tables.parameters[0]!.name;
  const made = (name: string) => predicted(source, name, points, groups).map((one) => summed(one, places, n_points));
  const linear = memoised(made);
  const parameter = memoised((name) => {
    if (name === main && tables.categories.length > 0) return probabilities(tables, linear);
    const { link } = tables.parameters[parameterAt(tables, name)]!;
    return link === "identity" ? linear(name) : made(name).map((eta) => invert(eta, inverseOf(link)));
  });
  const mean = () => {
    const known = MEANS[tables.mean];
    if (known === undefined || tables.mean in CATEGORIES) return parameter(main);
    const [a, b, c] = known.of.map((name) => parameter(name)[0]!);
    return [a!.map((value, at) => known.mean(value, b?.[at] ?? NaN, c?.[at] ?? NaN))];
  };
  return { n_draws, n_points, linear, parameter, mean };
}

export type Scale = "response" | "link";

/** What sets of curves are of: categories of the response; one empty label where it has none. */
export function fanLabels(tables: PredictorTables, scale: Scale = "response"): readonly string[] {
  if (tables.categories.length === 0) return [""];
  if (scale === "response") return tables.categories;
  // A multinomial logit is relative to the first category; thresholds belong to no category.
  const width = widthOf(tables.parameters[0]!);
  return width === 1 && tables.categories.length > 2 ? [""] : tables.categories.slice(-width);
}

function parameterAt(tables: PredictorTables, name: string): number {
  const at = tables.parameters.findIndex((one) => one.name === name);
  if (at < 0) throw new Error(`the family ${tables.family} has no parameter ${name}`);
  return at;
}

export const widthOf = (parameter: Parameter): number => parameter.columns.reduce((width, one) => Math.max(width, one.labels.length), 1);

/** The parts of the linear predictor of a parameter, for each of its categories; the coefficient of an offset is 1. */
export function predicted(source: Source, name: string, points: Points, groups: Groups): readonly Predicted[] {
  const { draws, predictor } = source;
  const { tables } = predictor;
  const at = parameterAt(tables, name);
  const parameter = tables.parameters[at]!;
  const width = widthOf(parameter);
  const linear = predictor.linear[at];
  const first = linear && pointAt(tables);
  const parts: Predicted["parts"][number][][] = Array.from({ length: width }, () => []);
  const product = (own: readonly number[], where: Points): PerPoint =>
    own.reduce<PerPoint>((value, table) => times(value, where.entry(tables.tables[table]!)), 1);

  for (const { labels, tables: own } of parameter.columns) {
    const before = first ? (product(own, first) as number) : 0;
    const value = shifted(product(own, points), -before);
    const of = (k: number) => (labels.length === 0 ? null : drawsOf(draws, ofCategory(labels, k)));
    parts.forEach((each, k) => each.push({ value, draws: of(k) }));
  }
  for (const term of parameter.groups) {
    const isFresh = ({ variable }: Grouping) => groups.fresh?.variables.has(variable) ?? false;
    if (!term.by.every((by) => groups.groups?.has(by.variable) || isFresh(by))) continue;
    const fresh = term.by.some(isFresh) ? groups.fresh!.effects(name, term) : null;
    const place = groupOf(term, points);
    term.columns.forEach((own, c) => {
      const value = product(own, points);
      const effect = (group: number, k: number) => {
        return group < 0 ? null : drawsOf(draws, ofCategory(term.labels[c]![group]!, k));
      };
      parts.forEach((each, k) => {
        if (fresh) each.push({ value, draws: ofCategory(fresh[c]!, k) });
        else if (typeof place !== "number") each.push({ value, drawsAt: (p) => effect(place[p]!, k) });
        else if (place >= 0) each.push({ value, draws: effect(place, k) });
      });
    });
  }
  return parts.map((each, k) => ({ parts: each, start: linear && ((draw) => linear.data[draw * width + k]!) }));
}

/** The place of a term's group at each point, of the codes of its parts in row-major order; -1 where the data have none. */
export function groupOf(term: GroupTerm, points: Points): PerPoint {
  return term.by.reduce<PerPoint>((before, by) => {
    const next = (place: number, code: number) => (place < 0 || code < 0 ? -1 : place * by.n_groups + code);
    return both(before, points.group(by), next);
  }, 0);
}

/** In place: while a slider is dragged, another hundred thousand numbers in each frame would cost more than the link. */
function invert(eta: Matrix, inverse: (eta: number) => number): Matrix {
  for (let i = 0; i < eta.length; i++) eta[i] = inverse(eta[i]!);
  return eta;
}

/** The probability of each category, of the linear predictors of the main parameter and of the thresholds. */
function probabilities(tables: PredictorTables, linear: (name: string) => readonly Matrix[]): Matrix[] {
  const main = tables.parameters[0]!;
  const make = CATEGORIES[tables.mean]!;
  const eta = linear(main.name);
  const thresholds = tables.parameters.some(({ name }) => name === "threshold") ? linear("threshold") : [];
  const inverse = inverseOf(main.link === "softmax" ? "logit" : main.link);
  const size = eta[0]!.length;
  const made = tables.categories.map(() => new Float64Array(size));
  const [own, ends] = [new Float64Array(eta.length), new Float64Array(thresholds.length)];
  const into = new Float64Array(made.length);
  for (let at = 0; at < size; at++) {
    for (let k = 0; k < own.length; k++) own[k] = eta[k]![at]!;
    for (let k = 0; k < ends.length; k++) ends[k] = thresholds[k]![at]!;
    make(own, ends, inverse, into);
    for (let k = 0; k < into.length; k++) made[k]![at] = into[k]!;
  }
  return made;
}

/** One for all categories, or that of each. */
export function ofCategory<T>(each: readonly T[], k: number): T {
  return each[each.length === 1 ? 0 : k]!;
}

function drawsOf(draws: Draws, label: string): Float64Array {
  const found = column(draws, label);
  if (!found) throw new Error(`the draws of ${label} are not here`);
  return found;
}

function memoised<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    if (!known.has(name)) known.set(name, make(name));
    return known.get(name)!;
  };
}
