import { describe, expect, it } from "vitest";
import written from "../../../tests/wire/sensitivity.json";
import { scaling, sensitivity } from "../../src/stats/power-scaling.js";

/** What arviz-stats found: `tests/wire/write_sensitivity.py`. */
const TOLERANCE = 1e-6;

describe.each(Object.entries(written.cases))("where %s", (_, { log_prior, log_likelihood, k, quantities }) => {
  const scaled = { prior: scaling(Float64Array.from(log_prior)), likelihood: scaling(Float64Array.from(log_likelihood)) };

  it.each(["prior", "likelihood"] as const)("finds the sensitivity of arviz-stats to the %s, and its Pareto k", (part) => {
    expect(Math.abs(scaled[part].k - k[part])).toBeLessThan(TOLERANCE);
    for (const quantity of Object.values(quantities)) {
      expect(Math.abs(sensitivity(Float64Array.from(quantity.draws), scaled[part]) - quantity[part])).toBeLessThan(TOLERANCE);
    }
  });
});

it("finds none in a number that is the same in all draws, and none of a density that is flat", () => {
  const draws = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i));
  expect(sensitivity(new Float64Array(400).fill(2), scaling(draws))).toBe(0);
  expect(sensitivity(draws, scaling(new Float64Array(400)))).toBeCloseTo(0, 5);
});
