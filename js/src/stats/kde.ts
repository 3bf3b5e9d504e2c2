/** Kernel densities, as Python has them (`glm_magic/views/density.py`). */
import { bandwidth, BINS } from "./bandwidth.js";
import type { Sample } from "./decimate.js";
import { extent } from "./extent.js";
import { histogram } from "./histogram.js";
import { moments } from "./moments.js";
import { moves, range } from "./range.js";

/** A density over ascending x. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface Kernel extends Curve {
  /** Its bandwidth. */
  readonly width: number;
}

/** Draws on either side of the ends that are mirrored, in bins. */
const MIRRORED = Math.floor(BINS / 5);

/**
 * A Gaussian kernel density with mirrored ends, integrating to 1: `kde_linear` of arviz-stats at that bandwidth.
 * The draws are binned, and the bins smoothed. Null for draws that are all alike.
 */
export function kde(draws: Sample, width: number): Kernel | null {
  const [low, high] = range(draws);
  if (!(high > low) || !(width > 0)) return null;
  const counts = histogram(draws, BINS, low, high);
  const bin = (high - low) / BINS;
  const [scaled, radius] = [width / bin, Math.ceil((4 * width) / bin)];
  const kernel = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp(-0.5 * (i / scaled) ** 2));
  const y = new Float64Array(BINS);
  for (let i = -MIRRORED; i < BINS + MIRRORED; i++) {
    const count = counts[i < 0 ? -i - 1 : i >= BINS ? 2 * BINS - 1 - i : i]!;
    if (count === 0) continue;
    const end = Math.min(BINS - 1, i + radius);
    for (let k = Math.max(0, i - radius); k <= end; k++) y[k]! += count * kernel[Math.abs(i - k)]!;
  }
  const total = y.reduce((sum, value) => sum + value, 0) * bin;
  return { x: y.map((_, i) => low + (i + 0.5) * bin), y: y.map((value) => value / total), width };
}

/** Of draws, at the bandwidth that they ask for, or at that of another density; null for fewer than two, or where all are alike or one is not finite. */
export function density(draws: Float64Array, like: Kernel | null = null): Kernel | null {
  const [low, high] = range(draws);
  return draws.length > 1 && high > low && draws.every(Number.isFinite) ? kde(draws, like?.width ?? bandwidth(draws)) : null;
}

/** Ratio of standard deviations up to which chains have one bandwidth. */
const SAME_SPREAD = 1.5;
const GRID = 100;

/** One density per chain over one grid, zero outside a chain's own range; zero everywhere if a chain does not move. */
export function densities(chains: readonly Float64Array[]): { readonly x: Float64Array; readonly y: readonly Float32Array[] } {
  const [low, high] = extent(chains);
  const x = Float64Array.from({ length: GRID }, (_, i) => low + ((high - low) * i) / (GRID - 1));
  if (!chains.every(moves)) return { x, y: chains.map(() => new Float32Array(GRID)) };
  const common = commonBandwidth(chains);
  return { x, y: chains.map((chain) => interpolated(kde(chain, common ?? bandwidth(chain)), x)) };
}

/**
 * Chains of one spread have one bandwidth: that of all draws about their chain's mean, as if there were no more of them
 * than one chain has, for the best bandwidth of n draws goes with n**(-1/5) (Silverman 1986, eq. 3.21).
 */
function commonBandwidth(chains: readonly Float64Array[]): number | null {
  const spreads = chains.map((chain) => moments(chain).sd);
  if (Math.max(...spreads) > SAME_SPREAD * Math.min(...spreads)) return null;
  const n = chains[0]!.length;
  const centred = new Float64Array(chains.length * n);
  chains.forEach((chain, c) => {
    const { mean } = moments(chain);
    for (let i = 0; i < n; i++) centred[c * n + i] = chain[i]! - mean;
  });
  return bandwidth(centred) * chains.length ** 0.2;
}

/** A density at places in ascending order: linear between its own, zero beyond them. */
export function interpolated(of: Kernel | null, places: ArrayLike<number>): Float32Array {
  const values = new Float32Array(places.length);
  if (of === null) return values;
  const { x, y } = of;
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    const at = places[i]!;
    if (at < x[0]! || at > x[x.length - 1]!) continue;
    while (x[above]! < at) above++;
    const below = Math.max(0, above - 1);
    const share = above === below ? 0 : (at - x[below]!) / (x[above]! - x[below]!);
    values[i] = y[below]! + share * (y[above]! - y[below]!);
  }
  return values;
}
