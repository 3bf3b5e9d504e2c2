/** New observations: the family's distribution, at each draw of its parameters. */
import { replayed, stream, type Random, type Replay } from "../stats/random.js";
import type { PredictorTables } from "../wire.js";
import { drawAt } from "./draws.js";
import { FAMILIES } from "./families.js";
import type { Points } from "./points.js";
import { evaluate, type Groups, type Matrix, type Source } from "./predictor.js";

export interface Noise {
  readonly seed: number;
  /** How many trials an observation is of, where the family has them; by default as many as each row of the data. */
  readonly trials?: number;
  /** Each draw has the same noise at every point: as valid at each of them, and smooth along them. */
  readonly alike?: boolean;
}

/** Whether observations are counts of a number of trials. */
export const hasTrials = ({ family }: PredictorTables): boolean => FAMILIES[family]?.trials === true;

/** Draws of one observation, of which none is within its bounds, until it is given up: a gap. */
const MOST_TRIED = 1_000;

/** Why no observation can be drawn; null where one can. */
export function whyNotSimulated(tables: PredictorTables, noise: Pick<Noise, "trials">): string | null {
  const { family } = tables;
  const known = FAMILIES[family];
  if (!known) return `observations of the family ${family} are not drawn here`;
  const missing = known.of.find((name) => !tables.parameters.some((one) => one.name === name));
  if (missing) return `observations of the family ${family} are drawn from ${missing}, which this model does not have`;
  const { trials = tables.observation.trials } = noise;
  if (!hasTrials(tables)) return tables.observation.reason || null;
  if (Number.isInteger(trials) && trials > 0) return null;
  return tables.observation.reason || "an observation is a count of trials, and their number is not given";
}

/**
 * Draws a new observation for each draw, given by its place, at each point. The same seed, draw and point give the same
 * noise. Categories have none: bands cannot show them.
 *
 * Throws what `whyNotSimulated` says where that cannot be done.
 */
export function simulated(
  source: Source,
  points: Points,
  places: ArrayLike<number>,
  noise: Noise,
  groups: Groups = {},
): Matrix {
  const { tables } = source.predictor;
  const reason = whyNotSimulated(tables, noise);
  if (reason !== null) throw new Error(reason);
  const made = evaluate(source, points, places, groups);
  const { trials = tables.observation.trials } = noise;
  const numbers = Float64Array.from(places, (place) => drawAt(source.draws, place));
  const begun = (at: number) => stream(noise.seed, numbers[Math.floor(at / points.n)]!, at % points.n);
  let own: Replay;
  const random = (at: number): Random => {
    if (!noise.alike) return begun(at);
    if (at % points.n === 0) own = replayed(begun(at));
    own.rewind();
    return own.random;
  };
  const { of, draw } = FAMILIES[tables.family]!;
  const [a, b, c] = of.map((name) => made.parameter(name)[0]!);
  const { bounds } = tables.observation;
  return a!.map((value, at) => {
    const own = random(at);
    const once = () => draw(own, value, b?.[at] ?? NaN, c?.[at] ?? NaN, trials);
    return bounds ? drawnWithin(bounds.data[0]!, bounds.data[1]!, once) : once();
  });
}

/** The first draw within bounds. */
function drawnWithin(low: number, high: number, draw: () => number): number {
  for (let tried = 0; tried < MOST_TRIED; tried++) {
    const value = draw();
    if (Number.isNaN(value) || (value >= low && value <= high)) return value;
  }
  return NaN;
}
