/** How sensitive the numbers of a fit, and its average comparisons, are to the prior and to the likelihood. */
import { density } from "../engine/density.js";
import { changed, isLikelihood } from "../engine/edit.js";
import { pack } from "../engine/pack.js";
import { logPrior } from "../engine/prior.js";
import { unheld } from "../fit/contrasts.js";
import { allPlaces, column, drawsOf, shippedDraws } from "../fit/draws.js";
import { effectsAt, movable, nameOfEffect, type Question } from "../fit/effects.js";
import { sourceOf, type Source } from "../fit/predictor.js";
import type { WhatIf } from "../state/what-if.js";
import { scaling, sensitivity } from "../stats/power-scaling.js";
import { isUnavailable, type Draws, type Factor, type Fit, type PredictorTables, type PriorRecord, type Program } from "../wire.js";
import { engineOf, knownOf } from "./posterior.js";
import { priorsAt } from "./priors.js";
import type { Work } from "./slices.js";

/** Of one number; the likelihood's is null where it is not known. */
export interface Sensed {
  readonly name: string;
  readonly kind: "parameter" | "effect";
  readonly prior: number;
  readonly likelihood: number | null;
}

export interface Sensitivities {
  readonly rows: readonly Sensed[];
  /** Pareto k of the weights by which both were found. */
  readonly k: { readonly prior: number; readonly likelihood: number | null };
  /** Why the likelihood's is not known; empty where it is. */
  readonly reason: string;
}

/** Up to a constant, at each draw that is shipped. */
interface LogDensities {
  readonly prior: Float64Array;
  readonly likelihood: Float64Array | null;
  readonly reason: string;
}

/** Above it, a posterior is sensitive: as in `psense_summary` of arviz-stats. */
export const SENSITIVE = 0.05;

export type Diagnosis = "" | "potential prior-data conflict" | "potential strong prior / weak likelihood";

export function diagnosisOf({ prior, likelihood }: Sensed): Diagnosis {
  if (likelihood === null || prior < SENSITIVE) return "";
  return likelihood >= SENSITIVE ? "potential prior-data conflict" : "potential strong prior / weak likelihood";
}

/** Draws between two rests. */
const AT_ONCE = 32;

/** What the fit's draws say, which are those of the change. */
export function* sensed(fit: Fit, priors: readonly PriorRecord[], whatIf: WhatIf): Work<Sensitivities> {
  const draws = drawsOf(fit);
  if (draws === null) throw new Error("the draws of this fit are not here");
  const { prior, likelihood, reason } = yield* logDensities(fit, draws, priors, whatIf);
  const byPrior = scaling(prior);
  const byLikelihood = likelihood && scaling(likelihood);
  const rows: Sensed[] = [];
  for (const { name, kind, values } of quantities(fit, draws)) {
    if (values?.every(Number.isFinite)) rows.push({ name, kind, prior: sensitivity(values, byPrior), likelihood: byLikelihood && sensitivity(values, byLikelihood) });
    yield;
  }
  return { rows, k: { prior: byPrior.k, likelihood: byLikelihood && byLikelihood.k }, reason };
}

function* logDensities(fit: Fit, draws: Draws, priors: readonly PriorRecord[], whatIf: WhatIf): Work<LogDensities> {
  const engine = engineOf(fit);
  if ("reason" in engine) return { prior: yield* byRecords(draws, priors, whatIf), likelihood: null, reason: engine.reason };
  const made = changed(engine.view, priors, whatIf);
  const points = knownOf(fit).points(engine.view);
  if ("refused" in made || points === null) {
    return { prior: yield* byRecords(draws, priors, whatIf), likelihood: null, reason: "refused" in made ? made.refused : "the draws do not give its parameters" };
  }
  return { ...(yield* byEngine(made.program, points, shippedDraws(draws))), reason: "" };
}

/** By the kernels. What transforms add to a density is that of a program without factors. */
function* byEngine(program: Program, points: Float64Array, n: number): Work<{ readonly prior: Float64Array; readonly likelihood: Float64Array }> {
  const size = points.length / n;
  const [prior, likelihood, neither] = [isPrior(program), (factor: Factor) => isLikelihood(program, factor), () => false].map((part) =>
    density(pack({ ...program, factors: program.factors.filter(part) })),
  );
  const gradient = new Float64Array(size);
  const found = { prior: new Float64Array(n), likelihood: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const u = points.subarray(i * size, (i + 1) * size);
    const least = neither!.evaluate(u, gradient);
    found.prior[i] = prior!.evaluate(u, gradient) - least;
    found.likelihood[i] = likelihood!.evaluate(u, gradient) - least;
    if (i % AT_ONCE === 0) yield;
  }
  return found;
}

/** Without the distributions of groups' effects, which are a part of the model: the paper's authors advise to scale those of the top level alone. */
function isPrior(program: Program): (factor: Factor) => boolean {
  const grouped = new Set(program.factors.flatMap(({ slots }) => slots.flatMap((slot) => ("groups" in slot ? slot.groups.flatMap(({ index }) => [...index.data]) : []))));
  return (factor) => {
    const [value, ...others] = factor.slots;
    const ofGroups = value !== undefined && "positions" in value && grouped.has(value.positions.data[0]!);
    return !isLikelihood(program, factor) && !ofGroups && others.every((slot) => "values" in slot);
  };
}

/** By the columns of the draws, of the priors whose families the engine knows. */
function* byRecords(draws: Draws, priors: readonly PriorRecord[], whatIf: WhatIf): Work<Float64Array> {
  const found = new Float64Array(shippedDraws(draws));
  for (const record of priors) {
    for (const [k, { family, values }] of priorsAt(record, whatIf).entries()) {
      const own = isOfGroup(draws, record.labels[k]!) ? undefined : column(draws, record.labels[k]!);
      own?.forEach((x, i) => (found[i]! += logPrior(family, values, x)));
      yield;
    }
  }
  return found;
}

const isOfGroup = (draws: Draws, label: string): boolean => draws.columns.some((one) => one.label === label && one.term !== null);

interface Quantity {
  readonly name: string;
  readonly kind: Sensed["kind"];
  readonly values: Float64Array | undefined;
}

/** Every number but groups' effects, and what the Effects tab compares at first. */
function* quantities(fit: Fit, draws: Draws): Generator<Quantity> {
  for (const { label, term } of draws.columns) if (term === null) yield { name: label, kind: "parameter", values: column(draws, label) };
  const source = sourceOf(fit);
  if (isUnavailable(source) || source.predictor.tables.n_rows === 0) return;
  for (const of of comparable(source.predictor.tables)) yield* comparisons(source, of);
}

function comparable(tables: PredictorTables): string[] {
  const isCompared = ({ name, levels, indicator, unmoved, grid }: PredictorTables["variables"][number]) =>
    levels.length > 0 || indicator ? unheld(tables, name) === null && grid.data.length > 1 : unmoved === "";
  return movable(tables).filter(isCompared).map(({ name }) => name);
}

/** Rows times draws between two rests. */
const CELLS = 2 ** 17;

function* comparisons(source: Source, of: string): Generator<Quantity> {
  const question: Question = { effect: "comparison", of, contrast: { kind: "reference" }, scale: "response", by: "" };
  const places = allPlaces(source.draws);
  const step = Math.max(AT_ONCE, Math.floor(CELLS / source.predictor.tables.n_rows));
  const found: { readonly name: string; readonly values: Float64Array }[] = [];
  for (let from = 0; from < places.length; from += step) {
    effectsAt(source, question, places.subarray(from, from + step)).forEach((effect, i) => {
      found[i] ??= { name: nameOfEffect(effect, question), values: new Float64Array(places.length) };
      found[i].values.set(effect.draws, from);
    });
    yield { name: "", kind: "effect", values: undefined };
  }
  for (const one of found) yield { ...one, kind: "effect" };
}
