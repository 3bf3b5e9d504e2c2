/** Draws from the distributions of programs. */
import * as variate from "../stats/random.js";

export type Variate = (random: variate.Random, a: number, b: number, c: number) => number;

/** Of a distribution, one draw, from parameters in the order of the slots. */
export const VARIATES: Readonly<Record<string, Variate>> = {
  normal: (random, mu, sigma) => mu + sigma * variate.normal(random),
  student_t: (random, nu, mu, sigma) => mu + sigma * variate.studentT(random, nu),
  cauchy: (random, alpha, beta) => alpha + beta * variate.studentT(random, 1),
  laplace: (random, mu, b) => mu + b * variate.laplace(random),
  asymmetric_laplace: (random, b, kappa, mu) => mu + variate.laplace(random, kappa) / b,
  lognormal: (random, mu, sigma) => Math.exp(mu + sigma * variate.normal(random)),
  half_normal: (random, sigma) => sigma * Math.abs(variate.normal(random)),
  half_cauchy: (random, beta) => beta * Math.abs(variate.studentT(random, 1)),
  half_student_t: (random, nu, sigma) => sigma * Math.abs(variate.studentT(random, nu)),
  exponential: (random, mean) => mean * variate.exponential(random),
  gamma_rate: (random, alpha, beta) => variate.gamma(random, alpha) / beta,
  inverse_gamma: (random, alpha, beta) => beta / variate.gamma(random, alpha),
  weibull_scale: (random, alpha, beta) => beta * variate.exponential(random) ** (1 / alpha),
  beta_shapes: variate.beta,
  binomial: variate.binomial,
  beta_binomial: (random, n, mu, kappa) => variate.binomial(random, n, variate.beta(random, mu * kappa, (1 - mu) * kappa)),
  beta_binomial_shapes: (random, n, alpha, beta) => variate.binomial(random, n, variate.beta(random, alpha, beta)),
  negative_binomial: (random, mu, alpha) => variate.poisson(random, (variate.gamma(random, alpha) * mu) / alpha),
};
