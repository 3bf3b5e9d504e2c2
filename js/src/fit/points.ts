/** Where a predictor is evaluated: the value of every table, and the group of every grouping, at each of some points. */
import type { Grouping, PredictorTables, Table, Variable } from "../wire.js";

/** Positions in the grids of variables; a variable that is not named stands at its start. */
export type Held = ReadonlyMap<string, number>;

/** A number for each point; one number where it is the same at all of them. */
export type PerPoint = number | ArrayLike<number>;

export interface Points {
  readonly n: number;
  entry(table: Table): PerPoint;
  /** The group of a grouping's variable; -1 where the data have none. */
  group(by: Grouping): PerPoint;
}

export function variable(tables: PredictorTables, name: string): Variable {
  const found = tables.variables.find((one) => one.name === name);
  if (!found) throw new Error(`the predictor has no variable ${name}`);
  return found;
}

/** The point at which every variable stands where it is held. */
export function pointAt(tables: PredictorTables, held: Held = new Map()): Points {
  const at = standing(tables, held);
  return { n: 1, entry: (table) => valueAt(table, at), group: (by) => by.codes.data[at(by.variable)]! };
}

/** The points at positions of one variable, by default all of its grid, while the others are held. */
export function pointsAlong(
  tables: PredictorTables,
  x: string,
  held: Held = new Map(),
  positions?: ArrayLike<number>,
): Points {
  const along = positions ?? variable(tables, x).grid.data.map((_, at) => at);
  const at = standing(tables, held);
  let here = 0;
  const moving = (name: string) => (name === x ? here : at(name));
  const each = (value: () => number) =>
    Float64Array.from(along, (position) => {
      here = position;
      return value();
    });
  return {
    n: along.length,
    entry: (table) => (table.variables.includes(x) ? each(() => valueAt(table, moving)) : valueAt(table, at)),
    group: (by) => (by.variable === x ? each(() => by.codes.data[here]!) : by.codes.data[at(by.variable)]!),
  };
}

/**
 * Rows of the data, some variables held at the same value in each. A function of a variable that is held and one that is
 * not has no value here: it is tabulated over grids, and the rows lie between (`refusal` says so).
 */
export function pointsOfRows(tables: PredictorTables, held: Held, rows: ArrayLike<number>): Points {
  const at = standing(tables, held);
  const taken = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  return {
    n: rows.length,
    entry: (table) => (isHeld(table, held) ? valueAt(table, at) : taken(table.observed.data)),
    group: (by) => (held.has(by.variable) ? by.codes.data[at(by.variable)]! : taken(by.observed.data)),
  };
}

/** Rows that differ in nothing but what is held, each kind once, and the share of the rows that each stands for. */
export interface Kinds {
  readonly rows: readonly number[];
  readonly weights: Float64Array;
}

export function kindsOfRows(tables: PredictorTables, held: ReadonlyMap<string, unknown>): Kinds {
  const kinds = alikeRows(tables.n_rows, [
    ...tables.tables.filter((table) => !isHeld(table, held)).map(({ observed }) => observed.data),
    ...groupings(tables).filter(({ variable }) => !held.has(variable)).map(({ observed }) => observed.data),
  ]);
  return { rows: kinds.map(({ row }) => row), weights: Float64Array.from(kinds, ({ count }) => count / tables.n_rows) };
}

/** Rows that have the same values: the first of them, and how many there are. */
export interface Alike {
  readonly row: number;
  count: number;
}

export function alikeRows(n_rows: number, values: readonly ArrayLike<number>[]): Alike[] {
  const found = new Map<string, Alike>();
  for (let row = 0; row < n_rows; row++) {
    const key = values.map((own) => own[row]).join(" ");
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { row, count: 1 });
  }
  return [...found.values()];
}

/** By what group-specific effects differ. */
export const groupings = ({ parameters }: PredictorTables): readonly Grouping[] => parameters.flatMap(({ groups }) => groups.flatMap(({ by }) => by));

/** The names of these variables. */
export const groupingNames = (tables: PredictorTables): readonly string[] => [...new Set(groupings(tables).map(({ variable }) => variable))];

/** Whether a variable matters to nothing but group-specific effects. */
export const isOnlyGrouping = ({ tables }: PredictorTables, name: string): boolean => !tables.some(({ variables }) => variables.includes(name));

/** Where exposures stand: a rate is that of one unit, in every row. */
export const unitsOf = (tables: PredictorTables): Held => new Map(tables.exposure.map((name) => [name, variable(tables, name).start]));

/** Why rows cannot be averaged over while these variables are held; null where they can. */
export function refusal(tables: PredictorTables, held: Pick<ReadonlySet<string>, "has">): string | null {
  if (tables.n_rows === 0) return "no rows of the data are here to average over";
  const mixed = tables.tables.find(({ variables }) => {
    const count = variables.filter((name) => held.has(name)).length;
    return count > 0 && count < variables.length;
  });
  return mixed ? `${mixed.variables.join(" and ")} stand in one function: hold all or none of them` : null;
}

/** A function without variables is the same wherever it is read. */
const isHeld = ({ variables }: Table, held: ReadonlyMap<string, unknown>): boolean =>
  variables.length === 0 || variables.some((name) => held.has(name));

function standing(tables: PredictorTables, held: Held): (name: string) => number {
  const at = new Map(tables.variables.map((one) => [one.name, held.get(one.name) ?? one.start]));
  return (name) => at.get(name)!;
}

const valueAt = ({ variables, values }: Table, at: (name: string) => number): number =>
  values.data[variables.reduce((place, name, axis) => place * values.shape[axis]! + at(name), 0)]!;
