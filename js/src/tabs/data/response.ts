/** The response as the likelihood has it: which values a row may have, and where they are drawn. */
import { likelihoodOf, ofRow } from "../../lab/simulated.js";
import { brief } from "../../stats/format.js";
import { once } from "../../stats/once.js";
import { isUnavailable, type ConstantSlot, type DataView_, type EngineView, type Fit } from "../../wire.js";

export interface Response {
  readonly view: EngineView;
  /** Of each row, as in the data. */
  readonly given: Float64Array;
  /** Where a value is drawn: a count of trials as its share of them. */
  place(row: number, value: number): number;
  /** The nearest value to a place that the row may have. */
  nearest(row: number, place: number): number;
  holds(row: number, value: number): boolean;
  /** Which values the row may have. */
  words(row: number): string;
  /** What a press of a key adds to a value. */
  readonly step: number;
}

const WHOLE = /bernoulli|binomial|poisson/;
const TRIALS = /^(beta_)?binomial/;
const SHARE = /^beta(_shapes)?$/;
const REAL = /^(normal|student_t|cauchy|.*laplace)$/;

/** Steps from the lowest to the highest value. */
const STEPS = 50;

/** Null where the page can change nothing of the rows. */
export function responseOf({ engine, tabs: { data } }: Fit): Response | null {
  const made = engine && !isUnavailable(engine) ? responseIn(engine) : null;
  return made?.given.length === (data as DataView_).n_shown ? made : null;
}

/** Why it can change nothing; empty where it can, and in panels of older versions. */
export function whyNoResponse(fit: Fit): string {
  if (!fit.engine || responseOf(fit)) return "";
  return isUnavailable(fit.engine) ? fit.engine.unavailable : "The rows of the model are not those of the picture.";
}

const responseIn = once((view: EngineView): Response | null => {
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
  return {
    view,
    given,
    place: (row, value) => value / unit(row),
    nearest: (row, place) => nearest(row, place * unit(row)),
    holds: (row, value) => (whole ? nearest(row, value) === value : value > low && value < end),
    words(row) {
      if (whole) return high(row) === Infinity ? "a whole number from 0" : `a whole number from 0 to ${high(row)}`;
      return end === 1 ? "between 0 and 1" : "above 0";
    },
    step: whole ? 1 : Number(brief((most - least || 1) / STEPS, 1)),
  };
});
