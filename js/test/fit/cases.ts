import stored from "../../../tests/wire/predictors.json";
import type { Source } from "../../src/fit/predictor.js";
import { decode, fromBase64, type F8 } from "../../src/wire.js";

/** Predictors of many models and what Python makes of them: `tests/wire/write_predictors.py` writes them. */
export interface Case extends Source {
  readonly name: string;
  readonly questions: readonly Asked[];
  readonly averages: readonly Averaged[];
}

interface Placed {
  readonly link: string;
  readonly held: readonly (readonly [string, number])[];
  readonly groups: readonly string[];
}

export interface Asked extends Placed {
  readonly linear: readonly F8[];
  readonly parameters: readonly F8[];
  readonly mean: F8 | null;
}

export interface Averaged extends Placed {
  readonly mean: F8 | null;
  readonly reason: string;
}

export const CASES = (decode(stored.schema, fromBase64(stored.buffer)) as unknown as { cases: readonly Case[] }).cases;

export const everyDraw = ({ draws }: Source): number[] => Array.from(draws.order.data, (_, i) => i);

/** The same predictor with another link of the main parameter. */
export function linked(one: Case, link: string): Source {
  const [main, ...others] = one.predictor.tables.parameters;
  const tables = { ...one.predictor.tables, parameters: [{ ...main!, link }, ...others] };
  return { draws: one.draws, predictor: { ...one.predictor, tables } };
}

/** The largest difference, relative to the number where that is over 1; missing values must be the same ones. */
export function difference(found: readonly ArrayLike<number>[], { data, shape }: F8): number {
  const n_draws = shape[0]!;
  const width = data.length / n_draws;
  if (found.length !== width) return Infinity;
  let largest = 0;
  data.forEach((expected, at) => {
    const own = found[at % width]![Math.floor(at / width)]!;
    if (Number.isNaN(expected) && Number.isNaN(own)) return;
    if (own !== expected) largest = Math.max(largest, Math.abs(own - expected) / Math.max(Math.abs(expected), 1e-3) || Infinity);
  });
  return largest;
}
