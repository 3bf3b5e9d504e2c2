/** Between which values of a predictor the mean is compared: `glm_magic/effects/contrasts.py` is the Python side. */
import type { PredictorTables, Table, Variable } from "../wire.js";

/** Of a number "reference" is one more, and of one that is 0 or 1 it is 1 against 0. */
export type Contrast = { readonly kind: "reference" } | { readonly kind: "pairwise" } | Typed;

export interface Typed {
  readonly kind: "typed";
  /** Numbers, or positions of levels. */
  readonly from: number;
  readonly to: number;
}

/** How a variable stands in every row: moved by 1, along its derivative by `add`, or held at a value or the position of a level. */
export type Setting =
  | { readonly of: string; readonly by: "none" }
  | { readonly of: string; readonly by: "one" }
  | { readonly of: string; readonly by: "slope"; readonly add: number }
  | { readonly of: string; readonly by: "value"; readonly value: number };

export interface Pair {
  /** Null where nothing is compared. */
  readonly low: number | null;
  readonly high: number;
  readonly label: string;
}

/** `sign` stands between the names of two values: "-" or "/". */
export function chosenPairs(
  { name: of, levels, indicator }: Variable,
  contrast: Contrast,
  sign: string,
): { readonly settings: readonly Setting[]; readonly pairs: readonly Pair[] } {
  if (levels.length === 0 && !indicator && contrast.kind !== "typed") {
    return { settings: [{ of, by: "none" }, { of, by: "one" }], pairs: [{ low: 0, high: 1, label: "+1" }] };
  }
  const values = contrast.kind === "typed" ? [contrast.from, contrast.to] : levels.length > 0 ? levels.map((_, at) => at) : [0, 1];
  const names = values.map((value) => (levels.length > 0 ? levels[value]! : written(value)));
  const pairs: Pair[] = [];
  for (let low = 0; low < values.length; low++) {
    if (low > 0 && contrast.kind !== "pairwise") break;
    for (let high = low + 1; high < values.length; high++) pairs.push({ low, high, label: `${names[high]} ${sign} ${names[low]}` });
  }
  return { settings: values.map((value) => ({ of, by: "value", value })), pairs };
}

/** Six significant figures, as Python's `6g` writes them where numbers are neither large nor small. */
const written = (value: number): string => String(Number(value.toPrecision(6)));

/** Whether a number may stand anywhere between the points of its grid: its functions are straight lines there. */
export const standsAnywhere = (tables: PredictorTables, variable: Variable): boolean =>
  tables.tables.every((table) => !table.variables.includes(variable.name) || isStraight(table, variable));

const STRAIGHT = 1e-9;

function isStraight({ variables, values }: Table, { grid }: Variable): boolean {
  if (variables.length > 1) return false;
  const [x, y] = [grid.data, values.data];
  const last = x.length - 1;
  const slope = last === 0 ? 0 : (y[last]! - y[0]!) / (x[last]! - x[0]!);
  const size = y.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return y.every((value, at) => Math.abs(value - y[0]! - slope * (x[at]! - x[0]!)) <= STRAIGHT * size);
}

/** The value nearest to one that is asked for at which the mean is known exactly: within the data, and at a tabulated one where functions bend. */
export function nearestValue(tables: PredictorTables, variable: Variable, value: number): number {
  const { data } = variable.grid;
  const within = Math.min(Math.max(value, data[0]!), data[data.length - 1]!);
  if (standsAnywhere(tables, variable)) return within;
  return data.reduce((best, one) => (Math.abs(one - within) < Math.abs(best - within) ? one : best));
}

/** Why a variable cannot be held at one value in rows whose other variables keep theirs; null where it can. */
export function unheld(tables: PredictorTables, name: string): string | null {
  const together = tables.tables.find(({ variables }) => variables.length > 1 && variables.includes(name));
  return together ? `${together.variables.join(" and ")} stand in one function, so that ${name} cannot be held alone` : null;
}
