import { expect, it } from "vitest";
import stored from "../../../tests/wire/laboratory.json";
import { drawsOf } from "../../src/fit/draws.js";
import { reweighted } from "../../src/lab/refitted.js";
import { priorsOf } from "../../src/lab/posterior.js";
import { PRIOR_FAMILIES } from "../../src/engine/priors.gen.js";
import { domainOf, holds, posteriors } from "../../src/tabs/model/densities.js";
import { decode, fromBase64 } from "../../src/wire.js";

const { schema, buffer } = stored.fits[0]!;
const fit = decode(schema, fromBase64(buffer)).fits[0]!;
const draws = drawsOf(fit)!;
const prior = { family: PRIOR_FAMILIES.find(({ name }) => name === "Normal")!, values: [0, 100] };

it("draws weighted draws at the bandwidth of those that they repeat", () => {
  // Half of the draws, each twice.
  const places = Uint32Array.from({ length: draws.values.data.length / draws.columns.length }, (_, i) => i - (i % 2));
  const weighted = drawsOf(reweighted(fit, fit, { places, k: 0.1, ess: 10 }, {}, ""))!;
  for (const record of priorsOf(fit)) {
    const [own, before] = [weighted, draws].map((of) => posteriors(of, record)[0]!.density!);
    expect(own!.width).toBe(before!.width);
    expect([...own!.y]).not.toEqual([...before!.y]);
  }
});

it("leaves an axis as it is while it differs by little from what is due, and the draws are within it", () => {
  const given = posteriors(draws, priorsOf(fit)[0]!);
  const due = domainOf(given, prior);
  const length = due[1] - due[0];
  expect(holds(due, due)).toBe(true);
  expect(holds([due[0] + 0.049 * length, due[1]], due)).toBe(true);
  expect(holds([due[0] + 0.051 * length, due[1]], due)).toBe(false);
  expect(holds([due[0] - 0.2 * length, due[1]], due)).toBe(false);
  const { range } = given[0]!;
  const [low, high] = domainOf(given, { ...prior, values: [(range[0] + range[1]) / 2, 1e-9] });
  expect(range[0] - low).toBeGreaterThan(0.05 * (high - low));
  expect(high - range[1]).toBeGreaterThan(0.05 * (high - low));
});
