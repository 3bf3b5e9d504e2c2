import type { Axis } from "../marks/axes.js";
import { extent } from "../stats/extent.js";
import { BINARY } from "../stats/jitter.js";
import { MISSING_CODE, type Column, type DataView_ } from "../wire.js";

/** What is done to a response that is 0 or 1. */
export const sayBinary = (response: string): string =>
  `${response} is 0 or 1: points are moved up or down by at most ${BINARY} to tell them apart.`;

/** What is done to what stands over a level. */
export const saySpread = (where: string): string => `What a level has is spread ${where} to tell it apart.`;

/** A column of that name, or nothing. */
export const column = (view: DataView_, name: string): Column | undefined => view.columns.find((candidate) => candidate.name === name);

/** Where a column's rows stand on its axis: values, or level numbers; NaN where the value is missing. */
export function positions(source: Column): Float32Array {
  if (source.kind === "numeric") return source.values.data;
  return Float32Array.from(source.codes.data, (code) => (code === MISSING_CODE ? NaN : code));
}

/** A numeric axis; where other words say what it is of, it has no label. */
export const numeric = (domain: readonly [number, number], label = ""): Axis => ({ kind: "numeric", label, domain });

/** The axis of a column; `drawn` are the positions it must hold. */
export function axisOf(source: Column, drawn: readonly ArrayLike<number>[]): Axis {
  const { kind, name } = source;
  return kind === "category" ? { kind, label: name, levels: source.levels } : numeric(extent(drawn, 0.04), name);
}
