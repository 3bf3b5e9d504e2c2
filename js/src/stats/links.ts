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
 * The standard normal distribution function, in either tail to about 1e-13 of itself: differences of it are probabilities
 * of ordinal categories. A ratio of polynomials (Hart et al. 1968, Computer Approximations, no. 5666, with the coefficients
 * of West 2005, Better approximations to cumulative normal functions, Wilmott Magazine, 70-76), and far out Laplace's
 * continued fraction.
 */
export function normalCdf(z: number): number {
  const u = Math.abs(z);
  const tail = Math.exp((-u * u) / 2) * (u < FAR ? horner(ABOVE, u) / horner(BELOW, u) : mills(u) / Math.sqrt(2 * Math.PI));
  return z < 0 ? tail : 1 - tail;
}

/** The ratio is precise to here; from here on 30 terms of the continued fraction give all digits. */
const FAR = 3.5;
const ABOVE = [
  220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165, 0.700383064443688,
  3.52624965998911e-2,
];
const BELOW = [
  440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
  1.75566716318264, 8.83883476483184e-2,
];

const horner = (coefficients: readonly number[], u: number): number => coefficients.reduceRight((sum, c) => sum * u + c, 0);

/** (1 - cdf) / pdf of the standard normal: 1 / (u + 1 / (u + 2 / (u + 3 / ...))). */
function mills(u: number): number {
  let below = u;
  for (let k = 30; k > 0; k--) below = u + k / below;
  return 1 / below;
}
