import type { Ink } from "../theme.js";
import type { LegendEntry } from "./legend.js";

/** An entry of a legend. */
export function entry(mark: LegendEntry["mark"], name: string, ink: Ink, dash: readonly number[] = [], width?: number): LegendEntry {
  return { mark, name, ink, dash, ...(width && { width }) };
}

/** What is there of a list; what is not is false or undefined. */
export function present<T>(...given: readonly (T | false | undefined)[]): T[] {
  return given.filter((one) => one !== false && one !== undefined) as T[];
}
