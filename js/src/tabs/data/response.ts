/** The response as the likelihood has it: which values a row may have, and where they are drawn. */
import { ofRow } from "../../engine/compress.js";
import { domainOf, type Domain } from "../../engine/edit.js";
import { likelihoodOf } from "../../lab/simulated.js";
import type { Stage } from "../../stage.js";
import { onceFor } from "../../stats/once.js";
import { isUnavailable, type ConstantSlot, type DataView_, type EngineView } from "../../wire.js";
import { column, positions } from "../columns.js";

export interface Response {
  readonly view: EngineView;
  /** Of each row, as in the data. */
  readonly given: ArrayLike<number>;
  /** What a value is divided by where it is drawn: a row's number of trials. */
  readonly unit: (row: number) => number;
  /** Whether the picture has it so, that rows can be moved. */
  readonly moves: boolean;
  /** Which values a row may have, and the nearest of them to a number where they are whole. */
  readonly domain: Domain;
  readonly nearest: (row: number, value: number) => number;
  /** What a press of a key adds to a value. */
  readonly step: number;
}

/** Steps from the lowest to the highest value. */
const STEPS = 50;

/** What the page can change of the rows; null where it can change nothing. */
export function responseOf({ ghost, fit }: Stage): Response | null {
  const { engine, tabs: { data } } = ghost ?? fit; // the ghost has the data as they are
  return engine && !isUnavailable(engine) ? responseIn(engine, "", data as DataView_) : null;
}

const responseIn = onceFor((view: EngineView, _: string, data: DataView_): Response | null => {
  const factor = likelihoodOf(view.program);
  if (factor?.rows !== data.n_shown) return null;
  const { distribution, slots } = factor!;
  const [given, trials] = slots.map((slot) => (slot as ConstantSlot).values?.data) as [Float64Array, Float64Array];
  const unit = (row: number) => (/^(beta_)?binomial/.test(distribution) ? ofRow(trials, row) : 1);
  const whole = /bernoulli|poisson|binomial/.test(distribution);
  const most = (row: number) => (/poisson|negative/.test(distribution) ? Infinity : unit(row));
  const drawn = positions(column(data, data.response)!);
  return {
    view,
    given,
    unit,
    moves: given.every((value, row) => Math.fround(value / unit(row)) === drawn[row]),
    domain: domainOf(factor!),
    nearest: (row, value) => (whole ? Math.min(most(row), Math.max(0, Math.round(value))) : value),
    step: whole ? 1 : (Math.max(...given) - Math.min(...given)) / STEPS || 1,
  };
});

/** The response as it is changed. */
export function valuesNow(stage: Stage, { given }: Response): ArrayLike<number> {
  const { response } = stage.get("what_if");
  return response?.length === given.length ? response : given;
}
