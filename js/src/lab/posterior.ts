/** The posterior that was sampled last, and what its draws say of another one: weights, and where its chains can begin. */
import { agreement } from "../engine/check.js";
import { pointsOf, valuesOf } from "../engine/coordinates.js";
import { density } from "../engine/density.js";
import { difference, newPrior, noPrior } from "../engine/edit.js";
import { pack } from "../engine/pack.js";
import { logPrior } from "../engine/prior.js";
import type { Question } from "../engine/records.js";
import { column, drawsOf, shippedDraws } from "../fit/draws.js";
import { covariance } from "../stats/covariance.js";
import { once } from "../stats/once.js";
import { smoothed } from "../stats/psis.js";
import { brief } from "../stats/format.js";
import type { WhatIf } from "../state/what-if.js";
import { isUnavailable, type EngineView, type Fit, type PriorRecord, type Program } from "../wire.js";
import { priorColumn, priorsAt } from "./priors.js";
import { RELIABLE, type Refit } from "./records.js";

/** A posterior with draws, and the change that it is of. */
export interface Known {
  readonly fit: Fit;
  readonly whatIf: WhatIf;
  readonly refit: Refit;
  /** Shape [N, D], unconstrained: the draws, as they are shipped; null where these do not determine them. */
  readonly points: (view: EngineView) => Float64Array | null;
}

/** The draws of a posterior as those of another. */
export interface Reweighted {
  /** At the place of each draw, the place of the one that takes it. */
  readonly places: Uint32Array;
  readonly k: number;
  readonly ess: number;
}

/** Numbers of all draws that are known as points: more would stop the page. */
const MOST_POINTS = 1_000_000;

export function knownOf(fit: Fit): Known {
  const points = once(({ program, coordinates }: EngineView) => {
    const draws = drawsOf(fit);
    const n = draws === null ? 0 : shippedDraws(draws);
    if (draws === null || coordinates === null || n * coordinates.length > MOST_POINTS) return null;
    const labels = draws.columns.map(({ label }) => label);
    const of = (at: number) => column(draws, labels[at]!)!;
    return pointsOf(program.variables, coordinates.map((sum) => valuesOf(sum, of, n)), n);
  });
  return { fit, whatIf: {}, refit: { kind: "given" }, points };
}

/** Of an engine, which the fits of all changes share. */
const checked = once(agreement);

/** What samples the fit, with what its check found; or why nothing does. */
export const engineOf = once(({ engine, draws }: Fit): { readonly view: EngineView; readonly words: string } | { readonly reason: string } => {
  if (engine === undefined) return { reason: "A panel that an older version saved cannot be sampled again." };
  if (isUnavailable(engine)) return { reason: engine.unavailable };
  if (isUnavailable(draws)) return { reason: draws.unavailable };
  const { agrees, words } = checked(engine);
  return agrees ? { view: engine, words } : { reason: `The page does not sample this fit: ${words}.` };
});

/** What the check of a fit's engine found; empty where there is none to check. */
export function checkSaid(fit: Fit): string {
  if (!fit.engine || isUnavailable(fit.engine)) return "";
  const found = engineOf(fit);
  return ` · page: ${"words" in found ? found.words : found.reason}`;
}

/** Densities of a row, or of a coordinate, that are computed within a frame. */
const WORK = 300_000;
/** Draws below which nothing is reweighted. */
const LEAST = 200;

/** The last posterior's draws as those of a change; null where they are too many or too few for a frame. */
export function byEngine(view: EngineView, priors: readonly PriorRecord[], last: Known, whatIf: WhatIf): Reweighted | "same" | null {
  const parts = difference(view, priors, last.whatIf, whatIf);
  if (parts.every(({ factors }) => factors.length === 0)) return "same";
  const points = last.points(view);
  if (points === null) return null;
  const size = view.mass.data.length;
  const n = points.length / size;
  const step = Math.ceil(n / Math.floor(WORK / parts.reduce((sum, part) => sum + costOf(part, size), 0)));
  const used = Math.floor(n / step);
  if (!(used >= LEAST)) return null;
  const [before, after] = parts.map((part) => density(pack(part)));
  const gradient = new Float64Array(size);
  const ratios = new Float64Array(used);
  for (let i = 0; i < used; i++) {
    const u = points.subarray(i * step * size, (i * step + 1) * size);
    ratios[i] = after!.evaluate(u, gradient) - before!.evaluate(u, gradient);
  }
  return taken(ratios, n, step);
}

const costOf = ({ factors }: Program, size: number): number =>
  factors.reduce((sum, { rows, slots }) => sum + rows * slots.reduce((cost, slot) => cost + 1 + ("columns" in slot ? slot.columns.data.length : 0), 0), size);

/** The same of priors alone, by the columns of the draws: of a fit that the page cannot sample, for `reason`. */
export function byPriors(fit: Fit, priors: readonly PriorRecord[], { priors: texts = {}, ...data }: WhatIf, reason: string): Reweighted | { readonly refused: string } {
  if (data.rows || data.response) return { refused: `The data can be changed only where the page samples. ${reason}` };
  const draws = drawsOf(fit);
  if (draws === null) return { refused: "The draws of this fit are not here." };
  const ratios = new Float64Array(shippedDraws(draws));
  for (const [name, text] of Object.entries(texts)) {
    const record = priors.find((one) => one.name === name);
    if (record === undefined) return noPrior(priors, name);
    for (const [at, label] of record.labels.entries()) {
      const [old, values] = [priorsAt(record, {})[at], priorColumn(draws, label, record)];
      if (values === undefined || old === undefined) return { refused: `The draws of ${label} cannot be reweighted here. ${reason}` };
      const made = newPrior(record, old.family.support, text);
      if ("refused" in made) return made;
      values.forEach((x, i) => (ratios[i]! += logPrior(made.family, made.values, x) - logPrior(old.family, old.values, x)));
    }
  }
  const found = taken(ratios, ratios.length, 1);
  if (found.k <= RELIABLE) return found;
  return { refused: `The change is too large to reweight the draws (Pareto k ${brief(found.k, 2)}): fit again with this prior. ${reason}` };
}

/** Of the log density ratios of every `step`-th of n draws. */
function taken(ratios: Float64Array, n: number, step: number): Reweighted {
  const { weights, k, ess } = smoothed(ratios);
  return { places: resampled(weights, n, step), k, ess };
}

/**
 * Systematic resampling (Kitagawa 1996, Journal of Computational and Graphical Statistics 5(1)) without chance: what is taken
 * at all keeps its own place, so that a draw stays where it is while weights change a little.
 */
export function resampled(weights: Float64Array, n: number, step = 1): Uint32Array {
  const counts = new Uint32Array(n);
  let [upto, before] = [0.5, 0];
  weights.forEach((weight, i) => {
    upto += weight * n;
    counts[i * step] = Math.max(0, Math.floor(Math.min(upto, n)) - before);
    before += counts[i * step]!;
  });
  const more: number[] = [];
  counts.forEach((count, place) => {
    for (let k = 1; k < count; k++) more.push(place);
  });
  let next = 0;
  return counts.map((count, place) => (count > 0 ? place : (more[next++] ?? place)));
}

/** Draws of which covariances are computed, and coordinates above which these cost a chain more than they save. */
const [MOST_DRAWS, MOST_CORRELATED] = [1_000, 30];

/** Where chains of a change begin, and how draws that are near to it vary. */
export function beginnings({ starts, steps, mass }: EngineView, points: Float64Array | null, found: Reweighted | null): Pick<Question, "starts" | "steps" | "mass"> {
  const known = { starts: starts.data, steps: steps.data, mass: mass.data };
  if (points === null) return known;
  const size = mass.data.length;
  const n = points.length / size;
  const take = Math.min(n, MOST_DRAWS);
  const places = Uint32Array.from({ length: take }, (_, i) => {
    const place = Math.floor((i * n) / take);
    return found?.places[place] ?? place;
  });
  const chains = steps.data.length;
  const from = new Float64Array(chains * size);
  for (let c = 0; c < chains; c++) {
    const place = places[Math.floor((c * take) / chains)]!;
    from.set(points.subarray(place * size, (place + 1) * size), c * size);
  }
  if (size > MOST_CORRELATED) return { ...known, starts: from };
  const matrix = covariance(points, size, places);
  const isUsable = matrix.every((value, at) => Number.isFinite(value) && (at % (size + 1) > 0 || value > 0));
  return { ...known, starts: from, mass: isUsable ? matrix : mass.data };
}

/** The priors of a fit that the Model tab has. */
export const priorsOf = ({ tabs: { model } }: Fit): readonly PriorRecord[] => (model === undefined || isUnavailable(model) ? [] : model.priors);
