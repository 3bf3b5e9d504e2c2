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

it("normalCdf agrees with tables", () => {
  expect(normalCdf(0)).toBeCloseTo(0.5, 6);
  expect(normalCdf(1.959963985)).toBeCloseTo(0.975, 6);
  expect(normalCdf(-3) / 0.001349898).toBeCloseTo(1, 5);
});

it("does not overflow far out", () => {
  expect(INVERSE.logit(-800)).toBe(0);
  expect(INVERSE.softplus(800)).toBe(800);
  expect(INVERSE.probit(40)).toBe(1);
});
