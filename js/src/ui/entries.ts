import type { Ink } from "../theme.js";
import type { LegendEntry } from "./legend.js";

/** An entry of a legend. */
export function entry(mark: LegendEntry["mark"], name: string, ink: Ink, dash: readonly number[] = [], width?: number): LegendEntry {
  return { mark, name, ink, dash, ...(width && { width }) };
}

/** What is there of a list. */
export function present<T extends object>(...given: readonly (T | false | null | undefined)[]): T[] {
  return given.filter((one) => !!one);
}
