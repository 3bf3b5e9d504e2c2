import { enough, normalised, split } from "./ess.js";
import { quantile } from "./interval.js";
import { moments } from "./moments.js";
import { joined } from "./rows.js";

/**
 * The rank-normalised split R-hat: the larger of that of the draws and that of their distances from the median (Vehtari,
 * Gelman, Simpson, Carpenter and Bürkner 2021). NaN for one chain, for too few draws, and for draws that do not move.
 */
export function rHat(chains: readonly Float64Array[], scores = normalised(split(chains))): number {
  if (chains.length < 2 || !enough(chains)) return NaN;
  const halves = split(chains);
  const median = quantile(joined(halves).sort(), 0.5);
  return Math.max(plain(scores), plain(normalised(halves.map((half) => half.map((value) => Math.abs(value - median))))));
}

/** Of chains as they are: Gelman & Rubin 1992. */
function plain(chains: readonly Float64Array[]): number {
  const [m, n] = [chains.length, chains[0]!.length];
  const own = chains.map(moments);
  const within = own.reduce((sum, { sd }) => sum + sd ** 2, 0) / m / (n - 1);
  const between = moments(Float64Array.from(own, ({ mean }) => mean)).sd ** 2 / (m - 1);
  return Math.sqrt((between * m) / (within * n) + 1 - 1 / n);
}
