import type { Fan } from "../../fit/fan.js";
import { percent } from "../../stats/format.js";
import { ofColumns, type Table } from "../../stats/table.js";
import type { Bands } from "./bands.js";

/** What a fan shows of its strata. */
export interface FanShown {
  /** Lines of each stratum, the first of its curves. */
  readonly lines: number;
  /** The name of a line. */
  readonly nameOf: (line: number) => string;
  /** Of each stratum. */
  readonly bands: readonly Bands[];
}

type Numbers = Pick<Fan, "x" | "kind" | "grid" | "levels"> & { readonly strata: readonly Pick<Fan["strata"][number], "label" | "curves" | "mean">[] };

/** The numbers of a fan: a row for each stratum and point of the grid, and a column for each line that is shown. */
export function fanTable({ x, kind, grid, levels, strata }: Numbers, { lines, nameOf, bands }: FanShown): Table {
  const words = <T>(name: string, value: (s: number, g: number) => T) => {
    return { name, values: strata.flatMap((_, s) => Array.from(grid, (__, g) => value(s, g))) };
  };
  // Draws are numbers of 32 bits: what is made of them has no more digits than these.
  const column = (name: string, value: (s: number, g: number) => number | undefined) => {
    return { name, values: Float32Array.from(words(name, value).values, (one) => one ?? NaN) };
  };
  const median = bands.some((one) => one.median !== null);
  return ofColumns("fan", [
    ...(strata.length > 1 ? [words("group", (s) => strata[s]!.label)] : []),
    kind === "category" ? words(x, (_, g) => levels[grid[g]!] ?? null) : column(x, (_, g) => grid[g]),
    column(median ? "median" : "mean", (s, g) => (bands[s]?.median ?? strata[s]!.mean)[g]),
    ...(bands[0]?.of ?? []).flatMap(({ prob }, k) => [
      column(`lower ${percent(prob)}`, (s, g) => bands[s]?.of[k]?.low[g]),
      column(`upper ${percent(prob)}`, (s, g) => bands[s]?.of[k]?.high[g]),
    ]),
    ...Array.from({ length: lines }, (_, i) => column(nameOf(i), (s, g) => strata[s]!.curves.values[i * strata[s]!.curves.n_grid + g])),
  ]);
}
