import type { Ink } from "../theme.js";
import type { LegendEntry } from "./legend.js";

/** An entry of a legend. */
export const entry = (mark: LegendEntry["mark"], name: string, ink: Ink, dash: readonly number[] = [], width?: number): LegendEntry =>
  ({ mark, name, ink, dash, ...(width && { width }) });

/** What is there of a list. */
export const present = <T extends object>(...given: readonly (T | false | null | undefined)[]): T[] => given.filter((one) => !!one);
