/** How the mean of a response is made of its parameters: `predictor/formula/expectation.py` and `predictor/tables/means.py`. */
import { INVERSE } from "../stats/links.js";
import type { Link } from "../wire.js";

interface Mean {
  readonly of: readonly string[];
  readonly mean: (a: number, b: number, c: number) => number;
}

const shareOfMu: Mean = { of: ["psi", "mu"], mean: (psi, mu) => psi * mu };

/**
 * E[y | parameters] where it is not the main parameter itself, in PyMC's parameterisation: psi is the probability of the
 * count part.
 */
export const MEANS: Readonly<Record<string, Mean>> = {
  zero_inflated_poisson: shareOfMu,
  zero_inflated_negativebinomial: shareOfMu,
  zero_inflated_binomial: { of: ["psi", "p"], mean: (psi, p) => psi * p },
  hurdle_poisson: { of: ["psi", "mu"], mean: (psi, mu) => (psi * mu) / -Math.expm1(-mu) },
  // P(count > 0): Cameron & Trivedi 2013, Regression Analysis of Count Data, 4.3.
  hurdle_negativebinomial: {
    of: ["psi", "mu", "alpha"],
    mean: (psi, mu, alpha) => (psi * mu) / (1 - Math.exp(alpha * (Math.log(alpha) - Math.log(alpha + mu)))),
  },
  hurdle_gamma: shareOfMu,
  hurdle_lognormal: { of: ["psi", "mu", "sigma"], mean: (psi, mu, sigma) => psi * Math.exp(mu + (sigma * sigma) / 2) },
  exgaussian: { of: ["mu", "nu"], mean: (mu, nu) => mu + nu },
  lognormal: { of: ["mu", "sigma"], mean: (mu, sigma) => Math.exp(mu + (sigma * sigma) / 2) },
};

/** Writes the probability of each category over the linear predictors of the main parameter: one number each. */
type Categories = (eta: Float64Array, thresholds: Float64Array, inverse: Inverse, into: Float64Array) => void;
type Inverse = (eta: number) => number;

export const CATEGORIES: Readonly<Record<string, Categories>> = {
  categorical: softmax,
  multinomial: softmax,
  cumulative,
  sratio: stoppingRatio,
  dirichlet_multinomial: shares,
};

export function inverseOf(link: string): Inverse {
  const found = INVERSE[link as Link];
  if (found === undefined) throw new Error(`the link ${link} has no inverse here`);
  return found;
}

/** Multinomial logit, the reference category first at zero. */
function softmax(eta: Float64Array, _thresholds: Float64Array, _inverse: Inverse, into: Float64Array): void {
  const largest = eta.reduce((most, value) => Math.max(most, value), 0);
  into[0] = Math.exp(-largest);
  eta.forEach((value, k) => (into[k + 1] = Math.exp(value - largest)));
  divide(into);
}

/** Divides numbers by their sum. */
function divide(numbers: Float64Array): void {
  const total = numbers.reduce((sum, one) => sum + one, 0);
  for (let k = 0; k < numbers.length; k++) numbers[k]! /= total;
}

/** P(y = k) = F(t_k - eta) - F(t_(k-1) - eta) (Bürkner & Vuorre 2019, Ordinal Regression Models in Psychology). */
function cumulative(eta: Float64Array, thresholds: Float64Array, inverse: Inverse, into: Float64Array): void {
  let below = 0;
  thresholds.forEach((threshold, k) => {
    const here = inverse(threshold - eta[0]!);
    into[k] = here - below;
    below = here;
  });
  into[thresholds.length] = 1 - below;
}

/** P(y = k) = F(t_k - eta) times the probability of having passed all categories before (ibid.). */
function stoppingRatio(eta: Float64Array, thresholds: Float64Array, inverse: Inverse, into: Float64Array): void {
  let passed = 1;
  thresholds.forEach((threshold, k) => {
    const stops = inverse(threshold - eta[0]!);
    into[k] = stops * passed;
    passed *= 1 - stops;
  });
  into[thresholds.length] = passed;
}

/** Concentrations of a Dirichlet distribution over their sum. */
function shares(eta: Float64Array, _thresholds: Float64Array, inverse: Inverse, into: Float64Array): void {
  eta.forEach((value, k) => (into[k] = inverse(value)));
  divide(into);
}
