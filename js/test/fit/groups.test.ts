import { expect, it } from "vitest";
import { newGroup, whyNoNewGroup } from "../../src/fit/groups.js";
import type { Source } from "../../src/fit/predictor.js";
import { normalCdf } from "../../src/stats/links.js";
import type { GroupTerm } from "../../src/wire.js";
import { CASES, everyDraw } from "./cases.js";
import { columnOf, f8, i4, number, parameter, sourceWith } from "./hand.js";
import { fanCurves, meanAt } from "./asked.js";

const N = 20_000;
const G = new Set(["g"]);
const SIGMA = [0.5, 2];

/** An intercept of 0 and effects of two groups; sigma is that of SIGMA in turn. */
function grouped(distribution: string, given: Readonly<Record<string, number>> = {}): Source {
  const term: GroupTerm = {
    term: "1|g",
    by: [{ variable: "g", codes: i4([0, 1]), n_groups: 2, observed: i4([]) }],
    groups: ["a", "b"],
    columns: [[]],
    labels: [[["1|g[a]"], ["1|g[b]"]]],
    distribution,
    arguments: [
      ...Object.entries(given).map(([name, value]) => ({ name, labels: [], values: f8([value], [1, 1]) })),
      ...("sigma" in given || distribution === "Cauchy" ? [] : [{ name: "sigma", labels: [["1|g_sigma"]], values: null }]),
    ],
  };
  const g = { ...number("g", [0, 1]), levels: ["a", "b"] };
  const mu = { ...parameter("mu", "identity", columnOf(["Intercept"])), groups: [term] };
  const each = (value: (i: number) => number) => Array.from({ length: N }, (_, i) => value(i));
  return sourceWith(
    { variables: [g], parameters: [mu] },
    { Intercept: each(() => 0), "1|g[a]": each(() => 1), "1|g[b]": each(() => -1), "1|g_sigma": each((i) => SIGMA[i % 2]!) },
  );
}

const effectsOf = (source: Source, seed = 1) => meanAt(source, new Map(), everyDraw(source), { groups: G, fresh: newGroup(source, G, seed) })[0]!;
const shareBelow = (values: ArrayLike<number>, x: number) => Array.from(values).reduce((sum, value) => sum + (value <= x ? 1 : 0), 0) / values.length;

it("draws a new group from the distribution of each draw", () => {
  const effects = effectsOf(grouped("Normal", { mu: 0.3 }));
  SIGMA.forEach((sigma, of) => {
    const own = effects.filter((_, i) => i % 2 === of);
    for (const x of [-2, -0.5, 0.3, 1, 2]) {
      const expected = normalCdf((x - 0.3) / sigma);
      expect(Math.abs(shareBelow(own, x) - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / own.length) + 1e-12);
    }
  });
});

// Distribution functions of scipy.stats.
it.each([
  ["StudentT", { nu: 4, mu: 0.1, sigma: 2 }, 1, 0.6619898144],
  ["Laplace", { mu: 0.1, b: 2, sigma: 0 }, 1, 0.6811859242],
  ["AsymmetricLaplace", { mu: 0.1, b: 2, kappa: 1.5, sigma: 0 }, 0.5, 0.9073248579],
  ["Cauchy", { alpha: 0.1, beta: 2 }, 1, 0.6345985851],
  ["Logistic", { mu: 0.1, s: 2, sigma: 0 }, 1, 0.6106392339],
  ["Gumbel", { mu: 0.1, beta: 2, sigma: 0 }, 1, 0.5285445661],
  ["Uniform", { lower: -1, upper: 3, sigma: 0 }, 1, 0.5],
  ["SkewNormal", { mu: 0.1, sigma: 2, alpha: 3 }, 1, 0.3564141441],
  ["HalfNormal", { sigma: 2 }, 1, 0.3829249225],
  ["Exponential", { lam: 0.5, sigma: 0 }, 1, 0.3934693403],
] as const)("draws from %s as PyMC writes it", (distribution, given, x, expected) => {
  const share = shareBelow(effectsOf(grouped(distribution, given)), x);
  expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / N));
});

it("is the same group for the same seed and draw, and stays the same along a curve", () => {
  const source = grouped("Normal");
  const effects = effectsOf(source);
  expect(effectsOf(source)).toEqual(effects);
  expect(effectsOf(source, 2)[0]).not.toBe(effects[0]);
  const some = meanAt(source, new Map(), [7, 3], { groups: G, fresh: newGroup(source, G, 1) })[0]!;
  expect([...some]).toEqual([effects[7], effects[3]]);
  const [curves] = fanCurves(source, { x: "g", n_lines: 1, groups: G, fresh: newGroup(source, G, 1) });
  expect(curves!.values[0]).toBe(curves!.values[1]);
});

it.each(CASES.filter(({ predictor }) => predictor.tables.parameters.some(({ groups }) => groups.length > 0)).map((one) => [one.name, one] as const))(
  "draws new groups of %s",
  (_, one) => {
    const every = new Set(one.predictor.tables.parameters.flatMap(({ groups }) => groups.flatMap(({ by }) => by.map((g) => g.variable))));
    for (const variable of every) {
      const fresh = newGroup(one, new Set([variable]), 1);
      const found = meanAt(one, new Map(), everyDraw(one), { groups: every, fresh });
      const population = meanAt(one, new Map(), everyDraw(one), { groups: every });
      expect(found.every((values) => values.every(Number.isFinite))).toBe(true);
      expect(found).not.toEqual(population);
    }
  },
);

it("says from what it cannot draw", () => {
  const source = grouped("Flat");
  expect(() => newGroup(source, G, 1)).toThrow("the effects of 1|g have the distribution Flat, from which no new group is drawn here");
  expect(whyNoNewGroup(source, new Set(["other"]))).toBeNull();
  const gone = { ...grouped("Normal"), draws: { ...source.draws, columns: source.draws.columns.slice(0, 3) } };
  expect(whyNoNewGroup(gone, G)).toBe("the draws of 1|g_sigma are not here");
});
