import { erfcx } from "../engine/kernels.gen.js";
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
 * The standard normal distribution function, by the erfcx of the kernels, in either tail to about 1e-13 of itself: differences of it are
 * probabilities of ordinal categories.
 */
export function normalCdf(z: number): number {
  const tail = Math.exp((-z * z) / 2) * (erfcx(Math.abs(z) / Math.SQRT2) / 2);
  return z < 0 ? tail : 1 - tail;
}
