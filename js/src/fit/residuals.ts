/**
 * Partial residuals: what the model leaves of each observation, on top of the curve that is drawn (Larsen & McCleary 1972, The
 * use of partial residual plots in regression analysis, Technometrics 14, 781-790; on the scale of the response).
 */
import type { FanQuestion } from "./fan.js";
import { pointsOfRows, refusal, unitsOf, type Held } from "./points.js";
import { evaluate, type Source } from "./predictor.js";

/** Draws over which fitted values are averaged: the first lines of the fan. */
const AVERAGED = 200;

/** Why there are none; null where there are. */
export function whyNoResiduals({ predictor: { tables } }: Source, { x, by, averaged, scale }: FanQuestion, isCensored: boolean): string | null {
  if (scale === "link") return "residuals are on the scale of the response";
  if (averaged || by !== null) return "residuals belong to one curve at held values";
  if (isCensored) return "a censored response is not known";
  const { bounds, trials, reason } = tables.observation;
  if (bounds || (reason && trials === 0)) return "lines are before truncation, observations after it";
  return refusal(tables, new Set([x])) ?? refusal(tables, new Set(tables.exposure));
}

/** For each row of the predictor: the curve at its own x, plus the observation less its fitted value. */
export function partialResiduals(source: Source, { x, held, groups }: FanQuestion): Float64Array {
  const { tables, rows, observed } = source.predictor;
  const places = source.draws.order.data.subarray(0, AVERAGED);
  const every = Array.from({ length: tables.n_rows }, (_, row) => row);
  const mean = (standing: Held) => {
    const values = evaluate(source, pointsOfRows(tables, standing, every), places, groups).mean()[0]!;
    return every.map((row) => {
      let sum = 0;
      for (let i = 0; i < places.length; i++) sum += values[i * every.length + row]!;
      return sum / places.length;
    });
  };
  const fitted = mean(unitsOf(tables)); // the observations are rates
  const onCurve = mean(new Map(tables.variables.flatMap(({ name, start }) => (name === x ? [] : [[name, held.get(name) ?? start] as const]))));
  return Float64Array.from(every, (row) => onCurve[row]! + observed.data[rows.data[row]!]! - fitted[row]!);
}
