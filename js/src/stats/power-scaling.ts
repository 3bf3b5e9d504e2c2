/**
 * How far a posterior moves when its prior or its likelihood is raised to a power (Kallioinen, Paananen, Bürkner and Vehtari
 * 2024, "Detecting and diagnosing prior and likelihood sensitivity with power-scaling", Statistics and Computing 34:57), as
 * arviz-stats computes it.
 */
import { essTail } from "./ess.js";
import { smoothed, tailOf } from "./psis.js";

/** Weights of the draws under a lower and a higher power. */
export interface Scaling {
  readonly weights: readonly [Float64Array, Float64Array];
  /** The larger Pareto k of both. */
  readonly k: number;
}

const POWERS = [0.99, 1.01] as const;

/** By the log density of what is scaled, at each draw. */
export function scaling(logDensity: Float64Array): Scaling {
  const n = logDensity.length;
  const size = Math.min(Math.floor(n / 2), Math.max(5, tailOf(n, essTail([logDensity]) / n)));
  const [low, high] = POWERS.map((power) => smoothed(logDensity.map((value) => (power - 1) * value), size)) as [Weighted, Weighted];
  return { weights: [low.weights, high.weights], k: Math.max(low.k, high.k) };
}
type Weighted = ReturnType<typeof smoothed>;

/** The slope of the distance over the logarithm of the power; 0 for a number that is the same in all draws. */
export function sensitivity(values: Float64Array, { weights }: Scaling): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const back = order.slice().reverse();
  const slopes = weights.map((own, i) => Math.max(distance(values, own, order), distance(values, own, back)) / Math.abs(Math.log2(POWERS[i]!)));
  return (slopes[0]! + slopes[1]!) / 2;
}

/** The cumulative Jensen-Shannon distance of draws and weighted draws (Nguyen and Vreeken 2015), in the order that is given. */
function distance(values: Float64Array, weights: Float64Array, order: Uint32Array): number {
  const n = order.length;
  let [p, q, own, other, sum] = [0, 0, 0, 0, 0];
  const part = (of: number, middle: number) => (of > 0 ? of * Math.log2(of / middle) : 0);
  for (let i = 0; i + 1 < n; i++) {
    const gap = Math.abs(values[order[i + 1]!]! - values[order[i]!]!);
    const even = (i + 1) / n;
    sum += weights[order[i]!]!;
    const middle = (even + sum) / 2;
    p += gap * even;
    q += gap * sum;
    own += gap * part(even, middle);
    other += gap * part(sum, middle);
  }
  const shift = (q - p) / (2 * Math.LN2);
  const squared = (Math.max(0, own + shift) + Math.max(0, other - shift)) / (p + q);
  return Math.sqrt(squared) || 0;
}
