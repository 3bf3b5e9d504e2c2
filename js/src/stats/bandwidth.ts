/**
 * The bandwidth of a kernel density as arviz-stats chooses it: the mean of Silverman's rule (1986, "Density Estimation",
 * eq. 3.31) and of the improved Sheather-Jones rule (Botev, Grotowski and Kroese 2010, "Kernel density estimation via
 * diffusion", Annals of Statistics 38(5), 2916-2957). `glm_magic/views/bandwidth.py` is the Python side.
 */
import { moments } from "./moments.js";
import { histogram } from "./histogram.js";
import { quantile } from "./interval.js";

export const BINS = 512;
/** Squared bandwidth, relative to the squared range, up to which a root is looked for. */
const LARGEST = 0.01;
/** Derivatives that the improved Sheather-Jones rule begins with. */
const STAGES = 7;

/** Of finite draws that are not all alike. */
export function bandwidth(draws: Float64Array): number {
  const sorted = draws.slice().sort();
  const range = sorted[sorted.length - 1]! - sorted[0]!;
  const spread = Math.min(moments(draws).sd, (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34);
  const silverman = 0.9 * spread * draws.length ** -0.2;
  const counts = histogram(draws, BINS, sorted[0]!, sorted[sorted.length - 1]!);
  const squared = root(counts.map((count) => count / draws.length), draws.length);
  // Where the equation has no root, arviz-stats takes Silverman's rule in its place.
  return 0.5 * (silverman + (squared === null ? silverman : Math.sqrt(squared) * range));
}

/** Solves eq. 30 of Botev, Grotowski and Kroese; null where no root is found. */
function root(frequencies: Float64Array, size: number): number | null {
  const transformed = cosines(frequencies);
  // As in arviz-stats, the highest frequency is left out.
  const last = BINS - 2;
  /** k**(2 j) times the squared term k, for each j. */
  const weighted = Array.from({ length: STAGES + 1 }, () => new Float64Array(BINS));
  for (let k = 0; k < BINS; k++) {
    let term = transformed[k]! ** 2;
    for (const terms of weighted) {
      terms[k] = term;
      term *= k * k;
    }
  }

  /** The squared norm of the j-th derivative of the density, smoothed by t. */
  const roughness = (j: number, t: number) => {
    const terms = weighted[j]!;
    // exp(-c k**2) by products: its ratio to the one before is exp(-c (2 k - 1)), whose own ratio is exp(-2 c).
    const first = Math.exp(-(Math.PI ** 2) * t);
    let [sum, decay, ratio] = [0, 1, first];
    for (let k = 1; k <= last && decay > 0; k++) {
      decay *= ratio;
      ratio *= first * first;
      sum += terms[k]! * decay;
    }
    return 0.5 * Math.PI ** (2 * j) * sum;
  };
  const equation = (t: number) => {
    let norm = roughness(STAGES, t);
    for (let j = STAGES - 1; j > 1; j--) norm = roughness(j, (factor(j) / (size * norm)) ** (2 / (3 + 2 * j)));
    return t - (2 * size * Math.sqrt(Math.PI) * norm) ** -0.4;
  };
  const found = between(equation, 0, LARGEST);
  return found !== null && found > 0 ? found : null;
}

/** (2j - 1)!! / sqrt(pi / 2) times (1 + 2**(-j - 1/2)) / 3, of eq. 29. */
function factor(j: number): number {
  let odd = 1;
  for (let i = 1; i < 2 * j; i += 2) odd *= i;
  return (((1 + 0.5 ** (j + 0.5)) / 3) * odd) / Math.sqrt(Math.PI / 2);
}

/** Of a length that is a power of two, so that a mask wraps an index. */
const COSINE = Float64Array.from({ length: 4 * BINS }, (_, i) => Math.cos((Math.PI * i) / (2 * BINS)));

/** The discrete cosine transform (type II), twice the sum but for frequency 0, which nobody needs. */
function cosines(values: Float64Array): Float64Array {
  const n = values.length;
  const found = new Float64Array(n);
  if (n === 1) return found;
  // The cosine at the other end is the same for even frequencies, which are those of half as many values, and its negative for odd ones.
  const [sums, differences] = [new Float64Array(n / 2), new Float64Array(n / 2)];
  for (let i = 0; i < n / 2; i++) {
    sums[i] = values[i]! + values[n - 1 - i]!;
    differences[i] = values[i]! - values[n - 1 - i]!;
  }
  cosines(sums).forEach((value, k) => (found[2 * k] = value));
  const step = BINS / n;
  for (let k = 1; k < n; k += 2) {
    let sum = 0;
    for (let i = 0, at = k * step; i < n / 2; i++, at = (at + 2 * k * step) & (COSINE.length - 1)) sum += differences[i]! * COSINE[at]!;
    found[k] = 2 * sum;
  }
  return found;
}

/** The root of f between low and high by regula falsi (Illinois); null where f has one sign at both ends. */
function between(f: (t: number) => number, low: number, high: number): number | null {
  let [a, b, fa, fb] = [low, high, f(low), f(high)];
  if (!(fa * fb <= 0)) return null;
  for (let step = 0; step < 100 && Math.abs(b - a) > 1e-13 && fa !== fb; step++) {
    const t = (a * fb - b * fa) / (fb - fa);
    const ft = f(t);
    if (ft === 0 || Math.abs(t - b) < 1e-13) return t;
    if (ft * fb < 0) [a, fa] = [b, fb];
    else fa /= 2;
    [b, fb] = [t, ft];
  }
  return b;
}
