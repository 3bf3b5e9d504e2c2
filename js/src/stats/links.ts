import type { Link } from "../wire.js";

/** Inverse links: from the linear predictor to the scale of the response. */
export const INVERSE: Readonly<Record<Link, (eta: number) => number>> = {
  identity: (eta) => eta,
  log: Math.exp,
  logit: (eta) => 1 / (1 + Math.exp(-eta)),
  probit: normalCdf,
  cloglog: (eta) => -Math.expm1(-Math.exp(eta)),
  loglog: (eta) => Math.exp(-Math.exp(-eta)),
  inverse: (eta) => 1 / eta,
  inverse_squared: (eta) => 1 / Math.sqrt(eta),
  sqrt: (eta) => eta * eta,
  softplus: (eta) => Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))),
  cauchit: (eta) => 0.5 + Math.atan(eta) / Math.PI,
  tan_2: (eta) => 2 * Math.atan(eta),
};

/**
 * The standard normal distribution function, to about 1e-7 relative in the lower tail: more than float32 holds.
 * Chebyshev fit of erfc from Press et al., Numerical Recipes, 2nd ed., section 6.2.
 */
export function normalCdf(z: number): number {
  const u = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * u);
  const series = COEFFICIENTS.reduceRight((sum, c) => sum * t + c, 0);
  const erfc = t * Math.exp(-u * u + series);
  return z < 0 ? erfc / 2 : 1 - erfc / 2;
}

const COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];
