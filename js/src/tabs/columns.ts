import type { Axis } from "../marks/axes.js";
import { extent } from "../stats/extent.js";
import { MISSING_CODE, type Column, type DataView_ } from "../wire.js";

/** A column of that name, or nothing. */
export const column = (view: DataView_, name: string): Column | undefined => view.columns.find((candidate) => candidate.name === name);

/** Where a column's rows stand on its axis: values, or level numbers; NaN where the value is missing. */
export function positions(source: Column): Float32Array {
  if (source.kind === "numeric") return source.values.data;
  return Float32Array.from(source.codes.data, (code) => (code === MISSING_CODE ? NaN : code));
}

/** The axis of a column; `drawn` are the positions it must hold. */
export function axisOf(source: Column, drawn: readonly ArrayLike<number>[]): Axis {
  return source.kind === "category"
    ? { kind: "category", label: source.name, levels: source.levels }
    : { kind: "numeric", label: source.name, domain: extent(drawn, 0.04) };
}
