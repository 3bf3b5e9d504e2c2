/** The response as the likelihood has it: which values a row may have, and where they are drawn. */
import { domainOf, type Domain } from "../../engine/edit.js";
import { likelihoodOf, ofRow } from "../../lab/simulated.js";
import { brief } from "../../stats/format.js";
import { onceFor } from "../../stats/once.js";
import { isUnavailable, type ConstantSlot, type DataView_, type EngineView, type Fit } from "../../wire.js";
import { column, positions } from "../columns.js";

export interface Response {
  readonly view: EngineView;
  /** Of each row, as in the data. */
  readonly given: Float64Array;
  /** Where a value is drawn: a count of trials as its share of them. */
  place(row: number, value: number): number;
  /** The nearest value to a place that the row may have. */
  nearest(row: number, place: number): number;
  /** Which values it may have. */
  readonly domain: Domain;
  /** Whether the picture has the response as the model has it, so that rows can be moved. */
  readonly moves: boolean;
  /** What a press of a key adds to a value. */
  readonly step: number;
}

const WHOLE = /bernoulli|binomial|poisson/;
const TRIALS = /^(beta_)?binomial/;
const SHARE = /^beta(_shapes)?$/;
const REAL = /^(normal|student_t|cauchy|.*laplace)$/;

/** Steps from the lowest to the highest value. */
const STEPS = 50;

/** What the page can change of the rows; null where it can change nothing. `given` is a fit with the response of the data. */
export function responseOf(given: Fit): Response | null {
  const { engine, tabs: { data } } = given;
  const made = engine && !isUnavailable(engine) ? responseIn(engine, "", data as DataView_) : null;
  return made?.given.length === (data as DataView_).n_shown ? made : null;
}

/** Why it can change nothing; empty where it can, and in panels of older versions. */
export function whyNoResponse(fit: Fit): string {
  if (!fit.engine || responseOf(fit)) return "";
  return isUnavailable(fit.engine) ? fit.engine.unavailable : "The rows of the model are not those of the picture.";
}

const responseIn = onceFor((view: EngineView, _: string, data: DataView_): Response | null => {
  const factor = likelihoodOf(view.program);
  if (!factor) return null;
  const { distribution, slots } = factor;
  const given = (slots[0] as ConstantSlot).values.data;
  const trials = TRIALS.test(distribution) ? (slots[1] as ConstantSlot).values.data : null;
  const whole = WHOLE.test(distribution);
  const [least, most] = [Math.min(...given), Math.max(...given)];
  const low = REAL.test(distribution) ? -Infinity : 0;
  const end = distribution === "bernoulli" || SHARE.test(distribution) ? 1 : Infinity;
  const high = (row: number) => (trials ? ofRow(trials, row) : end);
  const nearest = (row: number, value: number) => {
    if (whole) return Math.min(high(row), Math.max(low, Math.round(value)));
    // A bound is no value that a row may have: it stays as far from it as a tenth of the nearest row.
    return value <= low ? low + (least - low) / 10 : value >= end ? end - (end - most) / 10 : value;
  };
  const unit = (row: number) => (trials ? ofRow(trials, row) : 1);
  const drawn = positions(column(data, data.response)!);
  return {
    view,
    given,
    place: (row, value) => value / unit(row),
    moves: given.every((value, row) => Math.fround(value / unit(row)) === drawn[row]),
    nearest: (row, place) => nearest(row, place * unit(row)),
    domain: domainOf(factor),
    step: whole ? 1 : Number(brief((most - least || 1) / STEPS, 1)),
  };
});
