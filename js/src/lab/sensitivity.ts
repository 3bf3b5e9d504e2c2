/** How sensitive the numbers of a fit, and its effects, are to the prior and to the likelihood. */
import { density } from "../engine/density.js";
import { changed, isLikelihood } from "../engine/edit.js";
import { pack } from "../engine/pack.js";
import { logPrior } from "../engine/prior.js";
import { allPlaces, column, shippedDraws } from "../fit/draws.js";
import { effectsAt, nameOfEffect, type Question } from "../fit/effects.js";
import type { Source } from "../fit/predictor.js";
import type { WhatIf } from "../state/what-if.js";
import { scaling, sensitivity } from "../stats/power-scaling.js";
import type { Draws, Factor, Fit, PriorRecord, Program } from "../wire.js";
import { engineOf, knownOf } from "./posterior.js";
import { priorColumn, priorsAt } from "./priors.js";
import type { Work } from "./slices.js";

/** Of one number; the likelihood's is null where it is not known. */
export interface Sensed {
  readonly name: string;
  readonly prior: number;
  readonly likelihood: number | null;
}

export interface Sensitivities {
  readonly parameters: readonly Sensed[];
  readonly effects: readonly Sensed[];
  /** Pareto k of the weights by which both were found. */
  readonly k: Omit<Sensed, "name">;
  /** Why the likelihood's is not known; empty where it is. */
  readonly reason: string;
}

/** From here on a posterior is sensitive: as in `psense_summary` of arviz-stats. */
export const SENSITIVE = 0.05;
/** What both being so is called, and the prior alone. */
export const DIAGNOSES = ["potential prior-data conflict", "potential strong prior / weak likelihood"] as const;

export const diagnosisOf = ({ prior, likelihood }: Sensed): (typeof DIAGNOSES)[number] | null =>
  likelihood === null || prior < SENSITIVE ? null : DIAGNOSES[likelihood < SENSITIVE ? 1 : 0];

/** Up to a constant, at each draw that is shipped. */
interface LogDensities {
  readonly prior: Float64Array;
  readonly likelihood: Float64Array | null;
}

/** Draws between two rests; and rows times draws. */
const AT_ONCE = 32;
const CELLS = 2 ** 15;

/** By the draws of a change, of every number but groups' effects, and of the effects that are asked for. */
export function* sensed(fit: Fit, draws: Draws, priors: readonly PriorRecord[], whatIf: WhatIf, source: Source, questions: readonly Question[]): Work<Sensitivities> {
  const engine = engineOf(fit);
  const made = "view" in engine ? changed(engine.view, priors, whatIf) : { refused: engine.reason };
  const points = "view" in engine ? knownOf(fit).points(engine.view) : null;
  const reason = "refused" in made ? made.refused : points === null ? "the draws do not give the parameters of its density" : "";
  const logs = "program" in made && points !== null ? yield* byEngine(made.program, points, shippedDraws(draws)) : yield* byRecords(draws, priors, whatIf);
  const [prior, likelihood] = [scaling(logs.prior), logs.likelihood && scaling(logs.likelihood)];
  const of = (name: string, values: Float64Array): Sensed => ({ name, prior: sensitivity(values, prior), likelihood: likelihood && sensitivity(values, likelihood) });

  const [parameters, effects]: [Sensed[], Sensed[]] = [[], []];
  for (const { label, term } of draws.columns) {
    if (term === null) parameters.push(of(label, column(draws, label)!));
    yield;
  }
  for (const question of questions) {
    for (const [name, values] of yield* effectsOf(source, question)) {
      effects.push(of(name, values));
      yield;
    }
  }
  return { parameters, effects, k: { prior: prior.k, likelihood: likelihood && likelihood.k }, reason };
}

/** By the kernels. What transforms add to a density is that of a program without factors. */
function* byEngine(program: Program, points: Float64Array, n: number): Work<LogDensities> {
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
    return !isLikelihood(program, factor) && others.every((slot) => "values" in slot) && !("positions" in value! && grouped.has(value.positions.data[0]!));
  };
}

/** By the columns of the draws, of the priors whose families the engine knows. */
function* byRecords(draws: Draws, priors: readonly PriorRecord[], whatIf: WhatIf): Work<LogDensities> {
  const prior = new Float64Array(shippedDraws(draws));
  for (const record of priors) {
    for (const [k, { family, values }] of priorsAt(record, whatIf).entries()) {
      const isTop = draws.columns.some(({ label, term }) => label === record.labels[k] && term === null);
      if (isTop) priorColumn(draws, record.labels[k]!, record)!.forEach((x, i) => (prior[i]! += logPrior(family, values, x)));
      yield;
    }
  }
  return { prior, likelihood: null };
}

/** By their names, some draws at a time. */
function* effectsOf(source: Source, question: Question): Work<Map<string, Float64Array>> {
  const places = allPlaces(source.draws);
  const found = new Map<string, Float64Array>();
  const step = Math.max(AT_ONCE, Math.floor(CELLS / source.predictor.tables.n_rows));
  for (let from = 0; from < places.length; from += step) {
    for (const effect of effectsAt(source, question, places.subarray(from, from + step))) {
      const name = nameOfEffect(effect, question);
      if (!found.has(name)) found.set(name, new Float64Array(places.length));
      found.get(name)!.set(effect.draws, from);
    }
    yield;
  }
  return found;
}
