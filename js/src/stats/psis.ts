/** Pareto smoothed importance sampling: Vehtari, Simpson, Gelman, Yao and Gabry 2024, JMLR 25(72), as arviz-stats computes it. */

export interface Smoothed {
  /** They sum to 1. */
  readonly weights: Float64Array;
  /** The shape of the largest weights' generalised Pareto distribution; 0 where these are equal, Infinity where none is found. */
  readonly k: number;
  /** 1 over the sum of the squared weights. */
  readonly ess: number;
}

const LEAST_TAIL = 5;

/** So many of n draws are smoothed, of which `efficiency` * n count as independent. */
export const tailOf = (n: number, efficiency = 1): number => Math.floor(n * efficiency > 225 ? 3 * Math.sqrt(n / efficiency) : n / 5);

/** Weights of draws by the logarithms of their density ratios, up to a constant. A draw without a ratio has no weight. */
export function smoothed(logRatios: Float64Array, size = tailOf(logRatios.length)): Smoothed {
  const n = logRatios.length;
  const most = logRatios.reduce((a, b) => (b > a ? b : a), -Infinity);
  const ratios = logRatios.map((ratio) => Math.exp(ratio - most) || 0);
  if (size < LEAST_TAIL || !Number.isFinite(most)) return { weights: ratios, k: Infinity, ess: 0 };

  const sorted = ratios.slice().sort();
  const [cut, least] = [sorted[n - size - 1]!, sorted[n - size]!];
  let k = 0;
  if (least < 1) {
    const found = pareto(sorted.subarray(n - size).map((ratio) => ratio - cut));
    k = Number.isFinite(found.k) ? found.k : Infinity;
    if (k < Infinity && found.sigma > 0) {
      const tail: number[] = [];
      ratios.forEach((ratio, i) => ratio >= least && tail.push(i));
      tail.sort((i, j) => ratios[i]! - ratios[j]!).slice(-size).forEach((at, i) => (ratios[at] = Math.min(1, cut + quantile((i + 0.5) / size, k, found.sigma))));
    }
  }
  const sum = ratios.reduce((a, b) => a + b);
  const weights = ratios.map((ratio) => ratio / sum);
  return { weights, k, ess: 1 / weights.reduce((a, b) => a + b * b, 0) };
}

/** Of excesses over a threshold, ascending: Zhang & Stephens 2009, Technometrics 51(3), with a prior of 10 draws for shape 0.5. */
function pareto(excesses: Float64Array): { readonly k: number; readonly sigma: number } {
  const n = excesses.length;
  const shape = (b: number) => excesses.reduce((sum, x) => sum + Math.log1p(-b * x), 0) / n;
  const grid = 30 + Math.floor(Math.sqrt(n));
  const quartile = excesses[Math.floor(n / 4 + 0.5) - 1]!;
  const bs = Float64Array.from({ length: grid }, (_, i) => (1 - Math.sqrt(grid / (i + 0.5))) / (3 * quartile) + 1 / excesses[n - 1]!);
  const profile = bs.map((b) => {
    const k = shape(b);
    return n * (Math.log(-b / k) - k - 1);
  });
  const most = profile.reduce((a, b) => Math.max(a, b));
  const weights = profile.map((value) => Math.exp(value - most));
  const least = 10 * Number.EPSILON * weights.reduce((a, b) => a + b);
  let [sum, b] = [0, 0];
  weights.forEach((weight, i) => {
    if (weight < least) return;
    sum += weight;
    b += weight * bs[i]!;
  });
  const k = shape(b / sum);
  return { k: (n * k + 10 * 0.5) / (n + 10), sigma: (-k * sum) / b };
}

const quantile = (p: number, k: number, sigma: number): number => {
  const log = Math.log1p(-p);
  return k === 0 ? -sigma * log : (sigma * Math.expm1(-k * log)) / k;
};
