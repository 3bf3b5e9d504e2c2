/**
 * How often intervals hold the truth, over data sets that were simulated at it: Morris, White & Crowther 2019, Using simulation
 * studies to evaluate statistical methods, Statistics in Medicine 38, 2074-2102, table 6.
 */
import { column } from "../fit/draws.js";
import { brief, count, NONE, percent, plural } from "../stats/format.js";
import { tails } from "../stats/interval.js";
import type { Table } from "../stats/table.js";
import type { Draws } from "../wire.js";

export interface Coverage {
  /** The truth of each parameter, by its label. */
  readonly truth: ReadonlyMap<string, number>;
  /** For each data set that counts: of each parameter, the probability below its truth. */
  readonly below: readonly (readonly number[])[];
  /** Data sets whose draws missed the limits of R-hat and ESS. */
  readonly missed: number;
}

/** The probability at which the quantile of an ascending sample, linear between its numbers, is `value`. */
export function probabilityBelow(sorted: Float64Array, value: number): number {
  const last = sorted.length - 1;
  const above = sorted.findIndex((one) => one >= value);
  if (above < 0) return 1 + 1 / last;
  if (above === 0) return sorted[0] === value ? 0 : -1 / last;
  const [low, high] = [sorted[above - 1]!, sorted[above]!];
  return (above - 1 + (value - low) / (high - low)) / last;
}

/** After one more data set. */
export function counted({ truth, below, missed }: Coverage, draws: Draws, met: boolean): Coverage {
  if (!met) return { truth, below, missed: missed + 1 };
  const own = Array.from(truth, ([label, value]) => probabilityBelow((column(draws, label) ?? new Float64Array()).slice().sort(), value));
  return { truth, below: [...below, own], missed };
}

/** A row for each parameter, at intervals of one probability. */
export function coverageTable({ truth, below }: Coverage, prob: number): Table {
  const { low, high } = tails(prob);
  const n = below.length;
  const rows = Array.from(truth, ([label, value], k) => {
    const held = below.filter((own) => own[k]! >= low && own[k]! <= high).length;
    const share = held / n;
    // Where all or none hold the truth, they do not show how rare the contrary is.
    const mcse = held > 0 && held < n ? percent(Number(Math.sqrt((share * (1 - share)) / n).toPrecision(2))) : NONE;
    return [label, brief(value), `${count(held)} of ${count(n)}`, n > 0 ? percent(Number(share.toPrecision(3))) : NONE, mcse];
  });
  return {
    caption: `Share of ${percent(prob)} intervals that held the truth, in ${plural(n, "simulated data set")}`,
    header: ["parameter", "truth", "held", "share", "MCSE"],
    rows,
  };
}

/** What is said of data sets that do not count; empty where all do. */
export const saidMissed = ({ missed }: Coverage): string =>
  missed === 0 ? "" : `${plural(missed, "data set")} not counted: R-hat above 1.01 or ESS below 400.`;
