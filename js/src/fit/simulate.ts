/** New observations: the family's distribution, at each draw of its parameters. */
import * as variate from "../stats/random.js";
import { stream, type Random } from "../stats/random.js";
import type { PredictorTables } from "../wire.js";
import { drawAt } from "./draws.js";
import { FAMILIES } from "./families.js";
import { inverseOf } from "./means.js";
import type { Points } from "./points.js";
import { evaluate, type Evaluated, type Groups, type Matrix, type Source } from "./predictor.js";

export interface Noise {
  readonly seed: number;
  /** How many trials an observation is of, where the family has them; by default as many as each row of the data. */
  readonly trials?: number;
  /** Each draw has the same noise at every point: as valid at each of them, and smooth along them. */
  readonly alike?: boolean;
}

/** Families whose response is a category, and those whose response is a count in each. */
const ONE_OF_SEVERAL = new Set(["categorical", "cumulative", "sratio"]);
const COUNTED = new Set(["multinomial", "dirichlet_multinomial"]);

/** Whether observations are counts of a number of trials. */
export function hasTrials({ family }: PredictorTables): boolean {
  return COUNTED.has(family) || FAMILIES[family]?.trials === true;
}

/** Draws of one observation, of which none is within its bounds, until it is given up: a gap. */
const MOST_TRIED = 1_000;

/** Why no observation can be drawn; null where one can. */
export function whyNotSimulated(tables: PredictorTables, noise: Pick<Noise, "trials">): string | null {
  const { family } = tables;
  const known = FAMILIES[family];
  if (!known && !ONE_OF_SEVERAL.has(family) && !COUNTED.has(family)) {
    return `observations of the family ${family} are not drawn here`;
  }
  const missing = known?.of.find((name) => !tables.parameters.some((one) => one.name === name));
  if (missing) return `observations of the family ${family} are drawn from ${missing}, which this model does not have`;
  const { trials = tables.observation.trials } = noise;
  if (!hasTrials(tables)) return tables.observation.reason || null;
  if (Number.isInteger(trials) && trials > 0) return null;
  return tables.observation.reason || "an observation is a count of trials, and their number is not given";
}

/**
 * Draws a new observation for each draw, given by its place, at each point: one matrix; the place of a category among
 * `tables.categories`; of families that count several categories a matrix for each. The same seed, draw and point give the
 * same noise.
 *
 * Throws what `whyNotSimulated` says where that cannot be done.
 */
export function simulated(
  source: Source,
  points: Points,
  places: ArrayLike<number>,
  noise: Noise,
  groups: Groups = {},
): readonly Matrix[] {
  const { tables } = source.predictor;
  const reason = whyNotSimulated(tables, noise);
  if (reason !== null) throw new Error(reason);
  const made = evaluate(source, points, places, groups);
  const { trials = tables.observation.trials } = noise;
  const numbers = Float64Array.from(places, (place) => drawAt(source.draws, place));
  const random = (at: number) => {
    const point = noise.alike ? 0 : at % points.n;
    return stream(noise.seed, numbers[Math.floor(at / points.n)]!, point);
  };
  if (COUNTED.has(tables.family)) return counted(tables, made, trials, random);
  if (ONE_OF_SEVERAL.has(tables.family)) {
    const shares = made.mean();
    const draw = (at: number) => variate.category(random(at), shares.length, (k) => shares[k]![at]!);
    return [shares[0]!.map((first, at) => (Number.isNaN(first) ? NaN : draw(at)))];
  }
  const { of, draw } = FAMILIES[tables.family]!;
  const [a, b, c] = of.map((name) => made.parameter(name)[0]!);
  const { bounds } = tables.observation;
  return [
    a!.map((value, at) => {
      const own = random(at);
      const once = () => draw(own, value, b?.[at] ?? NaN, c?.[at] ?? NaN, trials);
      return bounds ? drawnWithin(bounds.data[0]!, bounds.data[1]!, once) : once();
    }),
  ];
}

/** The first draw within bounds. */
function drawnWithin(low: number, high: number, draw: () => number): number {
  for (let tried = 0; tried < MOST_TRIED; tried++) {
    const value = draw();
    if (Number.isNaN(value) || (value >= low && value <= high)) return value;
  }
  return NaN;
}

/** Counts of several categories, each binomial given those before it. */
function counted(tables: PredictorTables, made: Evaluated, trials: number, random: (at: number) => Random): Matrix[] {
  const shares = made.mean();
  const main = tables.parameters[0]!;
  const size = made.n_draws * made.n_points;
  const counts = shares.map(() => new Float64Array(size));
  // The parameters of a Dirichlet distribution are its concentrations, and `mean` gives their shares.
  const etas = tables.family === "dirichlet_multinomial" ? made.linear(main.name) : null;
  const inverse = etas ? inverseOf(main.link) : Math.exp;
  for (let at = 0; at < size; at++) {
    const own = random(at);
    const each = etas ? dirichlet(etas.map((eta) => inverse(eta[at]!)), own) : shares.map((values) => values[at]!);
    let [left, rest] = [trials, 1];
    each.forEach((share, k) => {
      const count = k === each.length - 1 ? left : variate.binomial(own, left, rest > share ? share / rest : 1);
      counts[k]![at] = count;
      left -= count;
      rest -= share;
    });
  }
  return counts;
}

/** Gamma variables divided by their sum. */
function dirichlet(concentrations: readonly number[], random: Random): number[] {
  const logs = concentrations.map((one) => variate.logGamma(random, one));
  const largest = Math.max(...logs);
  const weights = logs.map((one) => Math.exp(one - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((one) => one / sum);
}
