/**
 * Random numbers that depend on a key alone: what is drawn for a draw of a fit is the same in every tab and after every
 * redraw. Each key begins a stream of its own.
 */

/** A stream of words of 32 bits. */
export type Random = () => number;

/** Of the generator sfc32 (C. Doty-Humphrey, PractRand), its state hashed from the key. Words in an array are no objects. */
export function stream(...key: readonly number[]): Random {
  let hash = 0x9e3779b9;
  const next = (word: number): number => (hash = mixed((hash ^ word) + 0x6d2b79f5));
  key.forEach((word) => next(word));
  const state = Int32Array.of(next(1), next(2), next(3), 1);
  const random = () => {
    const [a, b, c, counter] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const sum = (a + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    state[3] = counter + 1;
    return sum >>> 0;
  };
  for (let k = 0; k < 12; k++) random();
  return random;
}

/** A stream that can be taken from its beginning again. */
export interface Replay {
  readonly random: Random;
  readonly rewind: () => void;
}

/** Keeps the words of a stream: asking for them again costs less than beginning another stream. */
export function replayed(random: Random): Replay {
  const words: number[] = [];
  let at = 0;
  return {
    random: () => (words[at++] ??= random()),
    rewind: () => void (at = 0),
  };
}

/** In the open interval from 0 to 1, with 53 bits. */
export const uniform = (random: Random): number => ((random() >>> 5) * 2 ** 26 + (random() >>> 6) + 0.5) / 2 ** 53;

/** With mean 1. */
export const exponential = (random: Random): number => -Math.log(uniform(random));

/** Box & Muller 1958, A note on the generation of random normal deviates; the second of the pair is left. */
export const normal = (random: Random): number => Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * uniform(random));

/** About 0, with scale 1. */
export const studentT = (random: Random, nu: number): number => normal(random) / Math.sqrt((2 * gamma(random, nu / 2)) / nu);

/**
 * About 0, with scale 1; `kappa` is how asymmetric it is. A difference of exponentials: Kotz, Kozubowski & Podgórski 2001, The
 * Laplace Distribution and Generalizations, 3.2.
 */
export const laplace = (random: Random, kappa = 1): number => exponential(random) / kappa - exponential(random) * kappa;

/** With scale 1. */
export const gamma = (random: Random, shape: number): number => Math.exp(logGamma(random, shape));

/**
 * The logarithm of a gamma variable, which does not underflow where the shape is small: Marsaglia & Tsang 2000, A simple
 * method for generating gamma variables, ACM Transactions on Mathematical Software 26(3), 363-372.
 */
export function logGamma(random: Random, shape: number): number {
  if (!(shape > 0)) return NaN;
  if (shape < 1) return logGamma(random, shape + 1) + Math.log(uniform(random)) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform(random)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d) + Math.log(v);
  }
}

export const beta = (random: Random, a: number, b: number): number => 1 / (1 + Math.exp(logGamma(random, b) - logGamma(random, a)));

/**
 * By inversion where the mean is small. Else an earlier arrival, a gamma variable, parts the count in two: Ahrens & Dieter
 * 1974, Computer methods for sampling from gamma, beta, Poisson and binomial distributions, Computing 12, 223-246.
 */
export function poisson(random: Random, mean: number): number {
  if (!(mean >= 0 && mean < Number.MAX_SAFE_INTEGER)) return NaN;
  let [before, left] = [0, mean];
  while (left > SMALL) {
    const arrival = Math.floor((7 / 8) * left);
    const time = gamma(random, arrival);
    if (time > left) return before + binomial(random, arrival - 1, left / time);
    before += arrival;
    left -= time;
  }
  return before + inverted(uniform(random), Math.exp(-left), (k) => left / k);
}

/**
 * By inversion where few are expected. Else the middle order statistic, a beta variable, parts the trials in two (ibid.).
 */
export function binomial(random: Random, trials: number, prob: number): number {
  if (!(prob >= 0 && prob <= 1 && trials >= 0)) return NaN;
  if (prob > 0.5) return trials - binomial(random, trials, 1 - prob);
  let [before, n, p] = [0, trials, prob];
  while (n * p > SMALL) {
    const middle = 1 + Math.floor(n / 2);
    const at = beta(random, middle, n + 1 - middle);
    if (at > p) [n, p] = [middle - 1, p / at];
    else [before, n, p] = [before + middle, n - middle, (p - at) / (1 - at)];
  }
  const odds = p / (1 - p);
  return before + Math.min(n, inverted(uniform(random), (1 - p) ** n, (k) => ((n - k + 1) / k) * odds));
}

/** Means up to which counts are found by going up from 0. */
const SMALL = 12;

/** The count at which the cumulative probability passes u: from that of 0, and the ratio of k to k - 1. */
function inverted(u: number, none: number, ratio: (k: number) => number): number {
  let [count, probability, left] = [0, none, u - none];
  while (left > 0 && probability > 0) {
    probability *= ratio(++count);
    left -= probability;
  }
  return count;
}

/** The finaliser of MurmurHash3, which spreads every bit of a word over all. */
function mixed(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A word for a text, for the key of a stream. */
export function wordOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = mixed(Math.imul(hash, 31) + char.codePointAt(0)!);
  return hash;
}
