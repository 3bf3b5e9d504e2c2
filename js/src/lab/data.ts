/** The data as a change leaves them: in the Data tab, and for whatever is averaged over their rows. */
import { isLikelihood } from "../engine/edit.js";
import type { WhatIf } from "../state/what-if.js";
import { isUnavailable, type Column, type EngineView, type F4, type Fit, type Grouping, type Predictor, type PredictorTables } from "../wire.js";

/** The Data tab with the new response, and the predictor over the rows that are used. */
export function dataOf({ tabs: { data }, predictor, engine }: Fit, { rows, response }: WhatIf): { readonly data: Fit["tabs"]["data"]; readonly predictor: Fit["predictor"] } {
  if (rows === undefined && response === undefined) return { data, predictor };
  const answers = response && answersOf(engine as EngineView, response);
  const used = rows && new Set(rows);
  return {
    data: isUnavailable(data) || !answers ? data : { ...data, columns: data.columns.map((one) => (one.name === data.response ? answered(one, answers) : one)) },
    predictor: isUnavailable(predictor) ? predictor : {
      ...predictor,
      ...(used && keptRows(predictor, used)),
      observed: observedOf(predictor.observed, answers, used),
    },
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

/** The tables at the rows that are used. */
function keptRows({ tables, rows }: Predictor, used: ReadonlySet<number>): Pick<Predictor, "tables" | "rows"> {
  const kept = [...rows.data.keys()].filter((at) => used.has(rows.data[at]!));
  const n = rows.data.length;
  const some = <A extends { readonly data: ArrayLike<number>; readonly shape: readonly number[] }>(values: A): A =>
    values.data.length === n ? { ...values, data: (values.data as Float64Array).filter((_, at) => used.has(rows.data[at]!)), shape: [kept.length] } : values;
  const own: PredictorTables = {
    ...tables,
    n_rows: kept.length,
    variables: tables.variables.map((one) => ({ ...one, observed: some(one.observed) })),
    tables: tables.tables.map((one) => {
      return { ...one, observed: some(one.observed), shifts: one.shifts.map((shift) => ({ ...shift, one: some(shift.one), slope: some(shift.slope) })) };
    }),
    parameters: tables.parameters.map((one) => {
      const by = (grouping: Grouping) => ({ ...grouping, observed: some(grouping.observed) });
      return { ...one, groups: one.groups.map((term) => ({ ...term, by: term.by.map(by) })) };
    }),
  };
  return { tables: own, rows: { data: Uint32Array.from(kept, (at) => rows.data[at]!), shape: [kept.length] } };
}
