/**
 * How often intervals hold the truth, over data sets that were simulated at it: Morris, White & Crowther 2019, Using simulation
 * studies to evaluate statistical methods, Statistics in Medicine 38, 2074-2102, table 6.
 */
import { column } from "../fit/draws.js";
import { brief, NONE } from "../stats/format.js";
import { tails } from "../stats/interval.js";
import { errorPercent } from "../stats/share.js";
import type { Draws } from "../wire.js";

export interface Coverage {
  /** Parameters by their labels, and their true values. */
  readonly truth: readonly (readonly [label: string, value: number])[];
  /** For each data set that counts: of each parameter, the share of draws below its truth. */
  readonly below: readonly (readonly number[])[];
  /** Data sets whose draws missed the limits of R-hat and ESS. */
  readonly missed: number;
}

/** After one more data set. */
export function counted({ truth, below, missed }: Coverage, draws: Draws, met: boolean): Coverage {
  if (!met) return { truth, below, missed: missed + 1 };
  const own = truth.map(([label, value]) => column(draws, label)!.reduce((sum, draw, _, { length }) => sum + Number(draw < value) / length, 0));
  return { truth, below: [...below, own], missed };
}

/** For each parameter: its label, its truth, how many intervals held it, the share of them, and its Monte Carlo standard error. */
export function coverageRows({ truth, below }: Coverage, prob: number): string[][] {
  const { low, high } = tails(prob);
  const count = below.length;
  return truth.map(([label, value], k) => {
    const held = below.filter((own) => own[k]! >= low && own[k]! <= high).length;
    const p = held / count;
    // Where all hold the truth, or none does, they do not show how rare the contrary is.
    const mcse = Math.sqrt((p * (1 - p)) / count) || NaN;
    return [label, brief(value), `${held} of ${count}`, count > 0 ? `${brief(100 * p)}%` : NONE, errorPercent({ p, mcse, count })];
  });
}
