import { describe, expect, it } from "vitest";
import stored from "../../../tests/wire/engine.json";
import { drawPrior, logPrior, priorText, readPrior } from "../../src/engine/prior.js";
import { PRIOR_FAMILIES } from "../../src/engine/priors.gen.js";
import { stream, uniform } from "../../src/stats/random.js";

const N = 20_000;

const family = (name: string) => PRIOR_FAMILIES.find((one) => one.name === name)!;

describe("a family of priors", () => {
  it.each(stored.priors.map((one) => [one.family, one] as const))("has SciPy's density and its draws: %s", (name, { values, at, logp, cdf }) => {
    at.forEach((x, place) => expect(logPrior(family(name), values, x)).toBeCloseTo(logp[place]!, 10));
    const random = stream(8927);
    const draws = Array.from({ length: N }, () => drawPrior(family(name), values, () => uniform(random)));
    // Within four Monte Carlo standard errors.
    at.forEach((x, place) => {
      const p = cdf[place]!;
      expect(Math.abs(draws.filter((draw) => draw <= x).length / N - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / N));
    });
  });

  it("is one of those of the table", () => expect(stored.priors.map((one) => one.family)).toEqual(PRIOR_FAMILIES.map(({ name }) => name)));
});

describe("the text of a prior", () => {
  it.each(["Normal(0, 1)", "Normal(mu=0, sigma=1)", " Normal ( sigma = 1 , mu=0 ) ", "Normal(0, sigma=1)", "Normal(0e0, 1.0)"])("is read: %s", (text) => {
    expect(readPrior(text)).toEqual({ family: family("Normal"), values: [0, 1] });
  });

  it.each(PRIOR_FAMILIES.map((one) => [one.name, one] as const))("is written as it is read: %s", (_, one) => {
    const values = one.arguments.map(({ start }) => start);
    expect(readPrior(priorText(one, values))).toEqual({ family: one, values });
  });

  it.each([
    ["", "Write a family with its numbers: Normal(0, 1)."],
    ["0, 1", "Write a family with its numbers: Normal(0, 1)."],
    ["Normal", "Write a family with its numbers: Normal(0, 1)."],
    ["Normal(0, 1); alert(1)", "sigma must be a number."],
    ["Normal(0, 1); alert", "Write a family with its numbers: Normal(0, 1)."],
    ["Gumbel(0, 1)", "Gumbel cannot be chosen here; take one of Normal, StudentT, Cauchy, Laplace, HalfNormal, HalfStudentT, HalfCauchy, Exponential, Gamma, InverseGamma, LogNormal, Weibull, Beta."],
    ["Normal()", "Normal takes mu, sigma: Normal(0, 1)."],
    ["Normal(1)", "Normal takes mu, sigma: Normal(0, 1)."],
    ["Normal(0, 1, 2)", "Normal takes mu, sigma: Normal(0, 1)."],
    ["Normal(mu=0, mu=1)", "Normal takes mu, sigma: Normal(0, 1)."],
    ["Normal(mu=0, tau=1)", "Normal takes mu, sigma: Normal(0, 1)."],
    ["Normal(mu=0, sigma=1=2)", "sigma must be a number."],
    ["Normal(a, 1)", "mu must be a number."],
    ["Normal(, 1)", "mu must be a number."],
    ["Normal(NaN, 1)", "mu must be a number."],
    ["Normal(0, 0)", "sigma must be above 0."],
    ["Normal(0, -1)", "sigma must be above 0."],
    ["StudentT(-1, 0, 1)", "nu must be above 0."],
    ["Normal(1e308, 1)", "mu must be between 1e-100 and 1e+100 in size."],
    ["Normal(Infinity, 1)", "mu must be between 1e-100 and 1e+100 in size."],
    ["Normal(0, 1e308)", "sigma must be between 1e-100 and 1e+100 in size."],
    ["Normal(0, 1e-320)", "sigma must be between 1e-100 and 1e+100 in size."],
  ])("that is none is refused: %s", (text, refused) => expect(readPrior(text)).toEqual({ refused }));
});
