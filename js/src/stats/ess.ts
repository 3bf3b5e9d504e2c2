/**
 * Effective sample sizes of the bulk and the tails (Vehtari, Gelman, Simpson, Carpenter and Bürkner 2021,
 * "Rank-normalization, folding, and localization", Bayesian Analysis 16(2), 667-718), as arviz-stats computes them.
 */
import { autocovariance, centred } from "./autocorrelation.js";
import { quantile } from "./interval.js";
import { moments } from "./moments.js";
import { normalQuantile } from "./normal.js";
import { ranks } from "./ranks.js";
import { joined, rowsOf } from "./rows.js";

export interface Ess {
  readonly bulk: number;
  readonly tail: number;
}

const LEAST_DRAWS = 4;
const TAIL = 0.05;

export const ess = (chains: readonly Float64Array[]): Ess => ({ bulk: essBulk(chains), tail: essTail(chains) });

/** Scores can be shared with R-hat. */
export const essBulk = (chains: readonly Float64Array[], scores = normalised(split(chains))): number => (enough(chains) ? plain(scores) : NaN);

export function essTail(chains: readonly Float64Array[]): number {
  if (!enough(chains)) return NaN;
  const sorted = joined(chains).sort();
  const of = (p: number) => {
    const bound = quantile(sorted, p);
    return plain(split(chains.map((chain) => chain.map((value) => (value <= bound ? 1 : 0)))));
  };
  return Math.min(of(TAIL), of(1 - TAIL));
}

/** Whether there is anything to compute of draws. */
export const enough = (chains: readonly Float64Array[]): boolean =>
  (chains[0]?.length ?? 0) >= LEAST_DRAWS && chains.every((chain) => chain.every(Number.isFinite));

/** Of a mean, of the draws as they are; NaN for too few of them. */
export const essOfMean = (chains: readonly Float64Array[]): number => (chains[0]?.length ?? 0) < LEAST_DRAWS ? NaN : plain(split(chains));

/** Where ESS is reckoned while chains grow, and what it is there. */
export interface Growth {
  readonly at: readonly number[];
  readonly found: readonly Ess[];
}

/** ESS of the first draws of every chain, at so many steps up to all of them. */
export function growth(chains: readonly Float64Array[], steps: number): Growth {
  const n = chains[0]?.length ?? 0;
  const at = Array.from({ length: steps }, (_, i) => Math.round(((i + 1) * n) / steps)).filter((size) => size >= LEAST_DRAWS);
  return { at, found: at.map((size) => ess(chains.map((chain) => chain.subarray(0, size)))) };
}

/** The first and the last half of every chain. */
export function split(chains: readonly Float64Array[]): Float64Array[] {
  const halves = (take: (chain: Float64Array, half: number) => Float64Array) => chains.map((chain) => take(chain, Math.floor(chain.length / 2)));
  return [...halves((chain, half) => chain.subarray(0, half)), ...halves((chain, half) => chain.subarray(chain.length - half))];
}

/** By twice the rank: they are the same for every number that has as many draws. */
let scores = new Float64Array();

/** Normal scores of the ranks among all draws, with the offset of Blom (1958). */
export function normalised(chains: readonly Float64Array[]): Float64Array[] {
  const found = ranks(joined(chains));
  const n = found.length;
  if (scores.length !== 2 * n + 1) scores = Float64Array.from({ length: 2 * n + 1 }, (_, twice) => normalQuantile((twice / 2 - 3 / 8) / (n + 1 / 4)));
  return rowsOf(found.map((rank) => scores[2 * rank]!), chains[0]!.length);
}

/** ESS of chains as they are, by Geyer's initial monotone sequence. */
function plain(chains: readonly Float64Array[]): number {
  const [m, n] = [chains.length, chains[0]!.length];
  if (chains.every((chain) => chain.every((value) => value === chains[0]![0]))) return m * n;
  const about = chains.map(centred);
  const covariance = (lag: number) => about.reduce((sum, chain) => sum + autocovariance(chain, lag), 0) / m;
  const within = (covariance(0) * n) / (n - 1);
  const between = moments(Float64Array.from(chains, (chain) => moments(chain).mean)).sd ** 2 * (m / (m - 1));
  const total = (within * (n - 1)) / n + (m > 1 ? between : 0);
  const rho = (lag: number) => 1 - (within - covariance(lag)) / total;

  let [even, odd] = [1, rho(1)];
  const kept = [even, odd];
  let t = 1;
  while (t < n - 3 && even + odd > 0) {
    [even, odd] = [rho(t + 1), rho(t + 2)];
    if (even + odd >= 0) [kept[t + 1], kept[t + 2]] = [even, odd];
    t += 2;
  }
  const last = t - 2;
  if (even > 0) kept[last + 1] = even;
  for (let k = 1; k <= last - 2; k += 2) {
    const before = kept[k - 1]! + kept[k]!;
    if (kept[k + 1]! + kept[k + 2]! > before) kept[k + 1] = kept[k + 2] = before / 2;
  }
  let sum = kept[last + 1] ?? 0;
  for (let k = 0; k <= last; k++) sum += 2 * kept[k]!;
  return (m * n) / Math.max(sum - 1, 1 / Math.log10(m * n));
}
