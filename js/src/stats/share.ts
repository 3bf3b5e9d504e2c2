import { essOfMean } from "./ess.js";
import { brief, NONE } from "./format.js";
import { rowsOf } from "./rows.js";

/** The share of draws above a threshold, and its Monte Carlo standard error. */
export interface Share {
  readonly p: number;
  /** NaN where all draws agree: how rare the contrary is cannot be seen from them. */
  readonly mcse: number;
  readonly count: number;
}

/** Draws stand chain by chain. The error is the standard deviation of the indicators over the root of their effective sample size. */
export function shareAbove(draws: Float64Array, threshold: number, n_chains: number): Share {
  const count = draws.length;
  if (draws.some(Number.isNaN)) return { p: NaN, mcse: NaN, count };
  const holds = Float64Array.from(draws, (value) => (value > threshold ? 1 : 0));
  const p = holds.reduce((sum, one) => sum + one, 0) / count;
  const sd = Math.sqrt((p * (1 - p) * count) / (count - 1));
  return { p, mcse: sd === 0 ? NaN : sd / Math.sqrt(essOfMean(rowsOf(holds, count / n_chains))), count };
}

/**
 * "97.3%": decimals as the Monte Carlo error supports them. Never all or nothing, for draws cannot show that: where all of
 * 1,000 draws agree, "> 99.9%".
 */
export function sharePercent({ p, mcse, count }: Share): string {
  if (!Number.isFinite(p)) return NONE;
  const finest = Math.max(0.1, 100 / 10 ** Math.floor(Math.log10(count)));
  if (100 * p > 100 - finest) return `> ${Number((100 - finest).toFixed(1))}%`;
  if (100 * p < finest) return `< ${finest}%`;
  return `${(100 * p).toFixed(mcse < 0.005 && finest < 1 ? 1 : 0)}%`;
}

/** "0.4%"; a dash where there is none. */
export const errorPercent = ({ mcse }: Share): string => Number.isFinite(mcse) ? `${brief(100 * mcse, 1)}%` : NONE;
