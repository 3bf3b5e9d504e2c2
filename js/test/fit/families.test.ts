import { expect, it } from "vitest";
import distributions from "../../../tests/wire/distributions.json";
import { FAMILIES } from "../../src/fit/families.js";
import { MEANS } from "../../src/fit/means.js";
import { stream } from "../../src/stats/random.js";

const N = 20_000;

function sample(family: string, parameters: Readonly<Record<string, number | undefined>>, trials: number | null): Float64Array {
  const { of, draw } = FAMILIES[family]!;
  const [a, b, c] = of.map((name) => parameters[name] ?? NaN);
  return Float64Array.from({ length: N }, (_, i) => draw(stream(1, i), a!, b ?? NaN, c ?? NaN, trials ?? NaN));
}

it.each(distributions.map((one) => [one.family, one] as const))("%s has its distribution function", (_, one) => {
  const draws = sample(one.family, one.parameters, one.trials);
  one.at.forEach((x, k) => {
    const expected = one.cdf[k]!;
    const share = draws.reduce((count, draw) => count + (draw <= x ? 1 : 0), 0) / N;
    // Four Monte Carlo standard errors.
    expect(Math.abs(share - expected)).toBeLessThanOrEqual(4 * Math.sqrt((expected * (1 - expected)) / N));
  });
});

it("draws every family that it has", () => {
  expect(new Set(distributions.map(({ family }) => family))).toEqual(new Set(Object.keys(FAMILIES)));
});

it.each(distributions.filter(({ family }) => family in MEANS).map((one) => [one.family, one] as const))(
  "%s has its mean",
  (family, { parameters, trials }) => {
    const { of, mean } = MEANS[family]!;
    const [a, b, c] = of.map((name) => (parameters as Readonly<Record<string, number>>)[name] ?? NaN);
    const draws = sample(family, parameters, trials);
    const found = draws.reduce((sum, draw) => sum + draw, 0) / N;
    const sd = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - found) ** 2, 0) / N);
    expect(Math.abs(found - mean(a!, b!, c!) * (trials ?? 1))).toBeLessThan((4 * sd) / Math.sqrt(N));
  },
);

it("keeps extreme parameters finite, and a missing one missing", () => {
  const { of } = FAMILIES.hurdle_poisson!;
  expect(of).toEqual(["psi", "mu"]);
  const random = stream(2);
  expect(FAMILIES.hurdle_poisson!.draw(random, 1, 1e-12, NaN, NaN)).toBe(1);
  expect(FAMILIES.wald!.draw(random, 1e6, 1e-3, NaN, NaN)).toBeGreaterThan(0);
  for (const [family, { draw }] of Object.entries(FAMILIES)) {
    expect(draw(stream(3), NaN, 1, 1, 5), family).toBeNaN();
  }
});
