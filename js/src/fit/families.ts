/** New observations of each family given its parameters, in Bambi's parameterisation. */
import { lgamma } from "../engine/kernels.gen.js";
import * as variate from "../stats/random.js";
import type { Random } from "../stats/random.js";

export interface Family {
  /** The parameters that it is drawn from. */
  readonly of: readonly string[];
  /** Of how many trials an observation is must be given. */
  readonly trials?: true;
  readonly draw: (random: Random, a: number, b: number, c: number, trials: number) => number;
}

/** What a family draws, or 0: psi is the probability that there is something. */
function orZero({ of, draw, ...others }: Family): Family {
  return {
    of: ["psi", ...of],
    ...others,
    draw: (random, psi, a, b, trials) => {
      if (Number.isNaN(psi)) return NaN;
      return variate.uniform(random) < psi ? draw(random, a, b, NaN, trials) : 0;
    },
  };
}

const binomial: Family = { of: ["p"], trials: true, draw: (random, p, _b, _c, trials) => variate.binomial(random, trials, p) };
const poisson: Family = { of: ["mu"], draw: (random, mu) => variate.poisson(random, mu) };
const negativeBinomial: Family = {
  of: ["mu", "alpha"],
  draw: (random, mu, alpha) => variate.poisson(random, (variate.gamma(random, alpha) * mu) / alpha),
};
const gamma: Family = { of: ["mu", "alpha"], draw: (random, mu, alpha) => (variate.gamma(random, alpha) * mu) / alpha };
const logNormal: Family = { of: ["mu", "sigma"], draw: (random, mu, sigma) => Math.exp(mu + sigma * variate.normal(random)) };

/**
 * A Poisson count given that it is above zero counts the events in [0, 1]: the first is before 1, and the others follow it
 * at the same rate.
 */
const positivePoisson: Family = {
  of: ["mu"],
  draw: (random, mu) => {
    const first = -Math.log1p(variate.uniform(random) * Math.expm1(-mu)) / mu;
    return 1 + variate.poisson(random, mu * Math.max(0, 1 - first));
  },
};

/**
 * A negative binomial count is a Poisson count whose rate is Gamma(alpha, alpha / mu). The first event comes after t with
 * the probability (alpha / (alpha + mu t))^alpha, and with an event at t the rate is Gamma(alpha + 1, alpha / mu + t).
 */
const positiveNegativeBinomial: Family = {
  of: ["mu", "alpha"],
  draw: (random, mu, alpha) => {
    const beforeOne = -Math.expm1(-alpha * Math.log1p(mu / alpha));
    const first = (Math.expm1(-Math.log1p(-variate.uniform(random) * beforeOne) / alpha) * alpha) / mu;
    return 1 + variate.poisson(random, (variate.gamma(random, alpha + 1) / (alpha / mu + first)) * Math.max(0, 1 - first));
  },
};

export const FAMILIES: Readonly<Record<string, Family>> = {
  gaussian: { of: ["mu", "sigma"], draw: (random, mu, sigma) => mu + sigma * variate.normal(random) },
  t: { of: ["mu", "sigma", "nu"], draw: (random, mu, sigma, nu) => mu + sigma * variate.studentT(random, nu) },
  laplace: { of: ["mu", "b"], draw: (random, mu, b) => mu + b * variate.laplace(random) },
  asymmetriclaplace: { of: ["mu", "b", "kappa"], draw: (random, mu, b, kappa) => mu + variate.laplace(random, kappa) / b },
  exgaussian: {
    of: ["mu", "sigma", "nu"],
    draw: (random, mu, sigma, nu) => mu + sigma * variate.normal(random) + nu * variate.exponential(random),
  },
  lognormal: logNormal,
  bernoulli: { of: ["p"], draw: (random, p) => variate.binomial(random, 1, p) },
  binomial,
  beta: { of: ["mu", "kappa"], draw: (random, mu, kappa) => variate.beta(random, mu * kappa, (1 - mu) * kappa) },
  beta_binomial: {
    of: ["mu", "kappa"],
    trials: true,
    draw: (random, mu, kappa, _c, trials) => variate.binomial(random, trials, variate.beta(random, mu * kappa, (1 - mu) * kappa)),
  },
  poisson,
  negativebinomial: negativeBinomial,
  gamma,
  exponential: { of: ["mu"], draw: (random, mu) => mu * variate.exponential(random) },
  weibull: {
    of: ["mu", "alpha"],
    draw: (random, mu, alpha) => mu * Math.exp(Math.log(variate.exponential(random)) / alpha - lgamma(1 + 1 / alpha)),
  },
  wald: { of: ["mu", "lam"], draw: wald },
  vonmises: { of: ["mu", "kappa"], draw: vonMises },
  zero_inflated_poisson: orZero(poisson),
  zero_inflated_negativebinomial: orZero(negativeBinomial),
  zero_inflated_binomial: orZero(binomial),
  hurdle_poisson: orZero(positivePoisson),
  hurdle_negativebinomial: orZero(positiveNegativeBinomial),
  hurdle_gamma: orZero(gamma),
  hurdle_lognormal: orZero(logNormal),
};

/**
 * Michael, Schucany & Haas 1976, Generating random variates using transformations with multiple roots, The American
 * Statistician 30(2), 88-90; the smaller root is written so that nothing cancels.
 */
function wald(random: Random, mu: number, lam: number): number {
  const w = (mu * variate.normal(random) ** 2) / (2 * lam);
  const smaller = mu / (1 + w + Math.sqrt(w * w + 2 * w));
  return variate.uniform(random) * (mu + smaller) <= mu ? smaller : (mu * mu) / smaller;
}

/** Best & Fisher 1979, Efficient simulation of the von Mises distribution, Applied Statistics 28(2), 152-157. */
function vonMises(random: Random, mu: number, kappa: number): number {
  if (!(kappa >= 0)) return NaN;
  return wrapped(mu + deviation(random, kappa));
}

function deviation(random: Random, kappa: number): number {
  if (kappa < 1e-6) return Math.PI * (2 * variate.uniform(random) - 1);
  // Here the terms of the envelope cancel, and the distribution is normal to its fifth digit.
  if (kappa > 1e6) return variate.normal(random) / Math.sqrt(kappa);
  const tau = 1 + Math.sqrt(1 + 4 * kappa * kappa);
  const rho = (tau - Math.sqrt(2 * tau)) / (2 * kappa);
  const r = (1 + rho * rho) / (2 * rho);
  for (;;) {
    const z = Math.cos(Math.PI * variate.uniform(random));
    const f = (1 + r * z) / (r + z);
    const c = kappa * (r - f);
    const u = variate.uniform(random);
    if (c * (2 - c) > u || Math.log(c / u) + 1 - c >= 0) return Math.acos(f) * (variate.uniform(random) < 0.5 ? -1 : 1);
  }
}

const wrapped = (angle: number): number => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
