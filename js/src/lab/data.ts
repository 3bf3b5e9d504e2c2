/** The data as a change leaves them. Effects stay averages over all rows, as those of `Fit.refit` do. */
import { isLikelihood } from "../engine/edit.js";
import type { WhatIf } from "../state/what-if.js";
import { isUnavailable, type Column, type EngineView, type F4, type Fit } from "../wire.js";

/** The Data tab with the new response, and the predictor with the observations that are used. */
export function dataOf({ tabs: { data }, predictor, engine }: Fit, { rows, response }: WhatIf): { readonly data: Fit["tabs"]["data"]; readonly predictor: Fit["predictor"] } {
  if (rows === undefined && response === undefined) return { data, predictor };
  const answers = response && answersOf(engine as EngineView, response);
  const used = rows && new Set(rows);
  return {
    data: isUnavailable(data) || !answers ? data : { ...data, columns: data.columns.map((one) => (one.name === data.response ? answered(one, answers) : one)) },
    predictor: isUnavailable(predictor) ? predictor : { ...predictor, observed: observedOf(predictor.observed, answers, used) },
  };
}

/** A response as the program has it, before and after, and how many trials each is of. */
interface Answers {
  readonly before: ArrayLike<number>;
  readonly after: readonly number[];
  readonly trials: (row: number) => number;
}

function answersOf({ program }: EngineView, after: readonly number[]): Answers {
  const { distribution, slots } = program.factors.find((factor) => isLikelihood(program, factor))!;
  const [before, n] = slots.map((slot) => ("values" in slot ? slot.values.data : new Float64Array())) as [Float64Array, Float64Array];
  const counted = /^(beta_)?binomial/.test(distribution);
  return { before, after, trials: (row) => (counted ? n[row % n.length]! : 1) };
}

/** The new value on the scale of an old one: the same number, or its share of the trials. */
function scaled({ before, after, trials }: Answers, old: number, row: number): number {
  if (Math.fround(before[row]!) === Math.fround(old)) return after[row]!;
  return Math.fround(before[row]! / trials(row)) === Math.fround(old) ? after[row]! / trials(row) : NaN;
}

function answered(column: Column, answers: Answers): Column {
  const { before, after } = answers;
  if (column.kind === "category") {
    const codes = new Map(Array.from(column.codes.data, (code, row) => [before[row], code]));
    return { ...column, codes: { ...column.codes, data: Uint32Array.from(after, (value, row) => codes.get(value) ?? column.codes.data[row]!) } };
  }
  const { data } = column.values;
  const values = data.map((old, row) => scaled(answers, old, row));
  return { ...column, values: { ...column.values, data: values.every(Number.isFinite) ? values : data } };
}

/** Rows that are left out are no observations. */
const observedOf = (observed: F4, answers: Answers | undefined, used: ReadonlySet<number> | undefined): F4 => ({
  ...observed,
  data: observed.data.map((old, row) => (used && !used.has(row) ? NaN : answers ? scaled(answers, old, row) : old)),
});
