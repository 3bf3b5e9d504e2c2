import { expect, it } from "vitest";
import { INVERSE, normalCdf } from "../../src/stats/links.js";
import type { Link } from "../../src/wire.js";

/** Each link from its definition: g(inverse(eta)) must be eta. */
const LINK: Readonly<Record<Exclude<Link, "probit">, (mu: number) => number>> = {
  identity: (mu) => mu,
  log: Math.log,
  logit: (mu) => Math.log(mu / (1 - mu)),
  cloglog: (mu) => Math.log(-Math.log(1 - mu)),
  loglog: (mu) => -Math.log(-Math.log(mu)),
  inverse: (mu) => 1 / mu,
  inverse_squared: (mu) => 1 / (mu * mu),
  sqrt: Math.sqrt,
  softplus: (mu) => Math.log(Math.expm1(mu)),
  cauchit: (mu) => Math.tan(Math.PI * (mu - 0.5)),
  tan_2: (mu) => Math.tan(mu / 2),
};

it.each(Object.keys(LINK) as (keyof typeof LINK)[])("%s undoes its link", (link) => {
  for (const eta of [0.2, 0.7, 1.5]) expect(LINK[link](INVERSE[link](eta))).toBeCloseTo(eta, 9);
});

// scipy.special.ndtr.
const NORMAL = [
  [-30, 4.906713927147908e-198],
  [-12, 1.776482112077653e-33],
  [-7.5, 3.1908916729108844e-14],
  [-6.99, 1.3744312196851234e-12],
  [-3, 0.0013498980316300933],
  [-0.5, 0.3085375387259869],
  [0, 0.5],
  [0.25, 0.5987063256829237],
  [1.959963984540054, 0.975],
  [5, 0.9999997133484281],
] as const;

it.each(NORMAL)("the normal distribution function at %f", (z, expected) => {
  expect(Math.abs(normalCdf(z) / expected - 1)).toBeLessThan(2e-13);
});

it("does not overflow far out", () => {
  expect(INVERSE.logit(-800)).toBe(0);
  expect(INVERSE.softplus(800)).toBe(800);
  expect(INVERSE.probit(40)).toBe(1);
});
