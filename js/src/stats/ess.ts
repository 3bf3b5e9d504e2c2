/** The effective sample size of a mean, as `glm_magic/diagnose/chains.py` has it (Vehtari et al. 2021, eqs. 10 to 13). */

/** Draws of each chain, at least; of fewer nothing can be said. */
const FEWEST = 4;

/** The draws stand chain by chain. NaN where they do not move, or where there are too few. */
export function effectiveSize(draws: ArrayLike<number>, n_chains: number): number {
  const n_draws = draws.length / n_chains;
  const n = Math.floor(n_draws / 2);
  if (n_draws < FEWEST) return NaN;
  const halves: Float64Array[] = [];
  for (let c = 0; c < n_chains; c++) {
    // With an odd number of draws the middle one is left out.
    for (const from of [c * n_draws, (c + 1) * n_draws - n]) halves.push(centred(draws, from, n));
  }
  const means = halves.map((half) => half[n]!);
  const zero = covariance(halves, n, 0);
  if (zero === 0) return NaN;
  const within = (zero * n) / (n - 1);
  const total = zero + variance(means);
  // One minus what is left of the variance: rho of a lag.
  const rho = (lag: number) => (lag === 0 ? 1 : 1 - (within - covariance(halves, n, lag)) / total);
  const size = halves.length * n;
  const last = Math.max(0, Math.floor((n - 3) / 2));
  let [sum, least, closing] = [0, Infinity, 0];
  for (let at = 0; at <= last; at++) {
    // Geyer's initial monotone sequence: sums of neighbours, which end with the first that is not positive.
    const even = rho(2 * at);
    const pair = even + rho(2 * at + 1);
    if (!(pair > 0) || at === last) {
      closing = even > 0 || (pair >= 0 && at > 0) ? even : 0;
      break;
    }
    sum += least = Math.min(least, pair);
  }
  return size / Math.max(-1 + 2 * sum + closing, 1 / Math.log10(size));
}

/** A part of the draws around its mean, which is the last number. */
function centred(draws: ArrayLike<number>, from: number, n: number): Float64Array {
  let mean = 0;
  for (let i = 0; i < n; i++) mean += draws[from + i]! / n;
  const made = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) made[i] = draws[from + i]! - mean;
  made[n] = mean;
  return made;
}

/** The mean over chains of the autocovariance of a lag. */
function covariance(chains: readonly Float64Array[], n: number, lag: number): number {
  let total = 0;
  for (const chain of chains) for (let i = lag; i < n; i++) total += chain[i]! * chain[i - lag]!;
  return total / (n * chains.length);
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
