/** The rows of the data, one variable moved in them. */
import { onceFor } from "../stats/once.js";
import type { Grouping, PredictorTables, Table } from "../wire.js";
import type { Setting } from "./contrasts.js";
import { alikeRows, groupings, variable, type Alike, type PerPoint, type Points } from "./points.js";

/** Tells rows apart by what they are evaluated with, and by the average that they belong to; the name is that of both. */
export const kindsOf = onceFor((tables: PredictorTables, _: string, setting: Setting, codes: ArrayLike<number> | null): Alike[] => {
  const points = rowsAt(tables, setting, Array.from({ length: tables.n_rows }, (_, row) => row));
  const told = [...tables.tables.map(points.entry), ...groupings(tables).map(points.group), codes];
  return alikeRows(tables.n_rows, told.filter((one) => one !== null && typeof one !== "number"));
});

/** Chosen rows of the data, moved as the setting says. */
export function rowsAt(tables: PredictorTables, setting: Setting, rows: readonly number[]): Points {
  const { of } = setting;
  const own = (values: ArrayLike<number>): PerPoint => (values.length === 1 ? values[0]! : Float64Array.from(rows, (row) => values[row]!));
  const entry = (table: Table): PerPoint => {
    if (setting.by === "value" && table.variables.includes(of)) return valueAt(tables, table, of, setting.value);
    const { data } = table.observed;
    const shift = table.shifts.find((one) => one.variable === of);
    if (!shift || setting.by === "none" || setting.by === "value") return Float64Array.from(rows, (row) => data[row]!);
    const change = own(setting.by === "one" ? shift.one.data : shift.slope.data);
    const times = setting.by === "one" ? 1 : setting.add;
    return Float64Array.from(rows, (row, p) => data[row]! + times * (typeof change === "number" ? change : change[p]!));
  };
  const group = (by: Grouping): PerPoint => {
    if (setting.by === "value" && by.variable === of) return by.codes.data[positionOf(tables, of, setting.value)] ?? -1;
    return Float64Array.from(rows, (row) => by.observed.data[row]!);
  };
  return { n: rows.length, entry, group };
}

/** The value of a function of one variable, on the straight line between two points of the grid where it stands on neither. */
function valueAt(tables: PredictorTables, { values }: Table, of: string, value: number): number {
  const { levels, grid } = variable(tables, of);
  if (levels.length > 0) return values.data[value]!;
  const above = grid.data.findIndex((one) => one >= value);
  const at = above < 0 ? grid.data.length - 1 : above;
  const high = grid.data[at]!;
  if (high === value || at === 0) return values.data[at]!;
  const low = grid.data[at - 1]!;
  const share = (value - low) / (high - low);
  return (1 - share) * values.data[at - 1]! + share * values.data[at]!;
}

function positionOf(tables: PredictorTables, of: string, value: number): number {
  const { levels, grid } = variable(tables, of);
  return levels.length > 0 ? value : grid.data.indexOf(value);
}
