/**
 * Do chains sample the same distribution? The ECDF of each chain's ranks among all draws, less that of the uniform
 * distribution, and the envelope that holds all of them at once with a given probability where they do (Säilynoja,
 * Bürkner and Vehtari 2022, "Graphical test for discrete uniformity and its applications in goodness-of-fit evaluation
 * and multiple sample comparison", Statistics and Computing 32:32, section 3).
 */
import type { Interval } from "./interval.js";
import { ranks } from "./ranks.js";
import { random } from "./jitter.js";
import { joined, rowsOf } from "./rows.js";

/** Places at which ECDFs are compared. */
const PLACES = 100;
const SIMULATIONS = 1000;

/** Shares of all draws, ascending from 0 to 1: at each, that many draws of all have a rank up to it. */
export function places(n_chains: number, n: number): Uint32Array {
  const total = n_chains * n;
  const k = Math.min(PLACES, n);
  return Uint32Array.from({ length: k + 1 }, (_, i) => Math.round((i * total) / k));
}

/** For each chain, the share of its draws with a rank up to each place, less the place's own share. */
export function rankDifferences(chains: readonly Float64Array[]): Float64Array[] {
  const n = chains[0]?.length ?? 0;
  const all = ranks(joined(chains));
  const at = places(chains.length, n);
  return rowsOf(all, n).map((own) => {
    own.sort();
    let below = 0;
    return Float64Array.from(at, (place) => {
      while (below < n && own[below]! <= place) below++;
      return below / n - place / all.length;
    });
  });
}

const known = new Map<string, readonly Interval[]>();

/** The envelope of the differences at `places`, for chains of n independent draws each; found once by simulation. */
export function envelope(n_chains: number, n: number, prob: number): readonly Interval[] {
  const key = `${n_chains} ${n} ${prob}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = bounds(n_chains, n, simultaneous(n_chains, n, prob))));
  return found;
}

/** The envelope whose pointwise probability is 1 - gamma. */
export function bounds(n_chains: number, n: number, gamma: number): Interval[] {
  const total = n_chains * n;
  const inside = (place: number) => {
    const cdf = hypergeometric(total, place, n);
    const lowest = cdf.findIndex((p) => p >= gamma / 2);
    const highest = cdf.findIndex((p) => p >= 1 - gamma / 2);
    return { low: lowest / n - place / total, high: (highest < 0 ? n : highest) / n - place / total };
  };
  return Array.from(places(n_chains, n), inside);
}

/** Algorithm 2: the pointwise gamma at which so large a share of simulated sets of chains stays inside everywhere. */
function simultaneous(n_chains: number, n: number, prob: number): number {
  const at = places(n_chains, n);
  const tables = Array.from(at, (place) => hypergeometric(n_chains * n, place, n));
  const uniform = random(n_chains * 1e6 + n);
  const smallest = Float64Array.from({ length: SIMULATIONS }, () => {
    const counts = new Uint32Array(n_chains);
    let [least, rank] = [1, 0];
    for (let k = 1; k < at.length - 1; k++) {
      for (; rank < at[k]!; rank++) counts[owner(counts, n, (n_chains * n - rank) * uniform())]!++;
      for (const count of counts) {
        const upto = tables[k]![count]!;
        const from = 1 - (count > 0 ? tables[k]![count - 1]! : 0);
        least = Math.min(least, 2 * upto, 2 * from);
      }
    }
    return least;
  });
  return smallest.sort()[Math.floor((1 - prob) * SIMULATIONS)]!;
}

/** The chain of the next rank: each in proportion to the draws that it still has. */
function owner(counts: Uint32Array, n: number, at: number): number {
  let left = at;
  for (let c = 0; c < counts.length - 1; c++) {
    left -= n - counts[c]!;
    if (left < 0) return c;
  }
  return counts.length - 1;
}

/** The distribution function of how many of n draws, out of `total`, are among the `marked` lowest; index r is P(R <= r). */
export function hypergeometric(total: number, marked: number, n: number): Float64Array {
  const [low, high] = [Math.max(0, n + marked - total), Math.min(n, marked)];
  const mode = Math.min(high, Math.max(low, Math.floor(((n + 1) * (marked + 1)) / (total + 2))));
  const mass = new Float64Array(n + 1);
  mass[mode] = 1; // ratios of neighbours give the others
  for (let r = mode; r < high; r++) mass[r + 1] = (mass[r]! * (marked - r) * (n - r)) / ((r + 1) * (total - marked - n + r + 1));
  for (let r = mode; r > low; r--) mass[r - 1] = (mass[r]! * r * (total - marked - n + r)) / ((marked - r + 1) * (n - r + 1));
  const sum = mass.reduce((a, b) => a + b, 0);
  let upto = 0;
  return mass.map((value) => Math.min(1, (upto += value / sum)));
}
