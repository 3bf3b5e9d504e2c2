import { describe, expect, it } from "vitest";
import { autocorrelation } from "../../src/stats/autocorrelation.js";
import { bandwidth } from "../../src/stats/bandwidth.js";
import { essBulk, essTail, growth } from "../../src/stats/ess.js";
import { densities, density, interpolated, kde } from "../../src/stats/kde.js";
import { correlation } from "../../src/stats/moments.js";
import { normalQuantile } from "../../src/stats/normal.js";
import { bounds, envelope, places, rankDifferences } from "../../src/stats/rank-ecdf.js";
import { random } from "../../src/stats/jitter.js";
import { smoothed } from "../../src/stats/psis.js";
import { rHat } from "../../src/stats/r-hat.js";
import { ranks } from "../../src/stats/ranks.js";
import { densitiesOf } from "../../src/fit/marginals.js";
import type { Draws } from "../../src/wire.js";
import written from "../../../tests/wire/chains.json";

/** What arviz-stats and SciPy found: `tests/wire/write_chains.py`. */
const TOLERANCE = 1e-5;
const EXACT = 1e-8;

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = TOLERANCE): void {
  const scale = Math.max(1e-300, ...Array.from(expected, Math.abs));
  expect(found).toHaveLength(expected.length);
  expect(Math.max(...Array.from(expected, (value, i) => Math.abs(found[i]! - value)))).toBeLessThan(tolerance * scale);
}

/** One number as it is on the wire. */
function shippedDraws({ centre, values }: { centre: number[]; values: number[][][] }): Draws {
  const [n_chains, n_draws] = [values[0]!.length, values[0]![0]!.length];
  return {
    ...{ n_chains, n_draws, every: 1, columns: [{ label: "x", term: null, truth: null }], left_out: [] },
    centre: { data: Float64Array.from(centre), shape: [1] },
    values: { data: Float32Array.from(values.flat(2)), shape: [1, n_chains, n_draws] },
    order: { data: new Uint32Array(), shape: [0] },
    divergent: { data: new Uint32Array(), shape: [0] },
  };
}

const every = <T>(values: ArrayLike<T>, step: number) => Array.from(values).filter((_, i) => i % step === 0);

describe.each(Object.entries(written.kinds))("of %s draws", (_, kind) => {
  const chains = kind.draws.map((chain) => Float64Array.from(chain));
  const all = Float64Array.from(kind.draws.flat());

  it("finds the bandwidth and the density of arviz-stats", () => {
    close([bandwidth(all)], [kind.bandwidth]);
    const { x, y } = kde(all, kind.bandwidth)!;
    close(every(x, 32), kind.density.x);
    close(every(y, 32), kind.density.y);
  });

  it("finds the densities by chain that Python draws of the shipped draws", () => {
    const row = { label: "x", term: null, mean: 0, truth: null, density: null, circular: false };
    const found = densitiesOf(shippedDraws(kind.shipped), row);
    close(every(found.x, 9), kind.by_chain.x);
    found.chains.forEach((chain, c) => close(every(chain, 9), kind.by_chain.y[c]!));
  });

  it("finds the effective sample sizes of arviz-stats while chains grow", () => {
    const { at, found } = growth(chains, kind.ess.at.length);
    expect(at).toEqual(kind.ess.at);
    at.forEach((size, i) => {
      const first = chains.map((chain) => chain.subarray(0, size));
      close([essBulk(first)], [kind.ess.bulk[i]!], EXACT);
      close([essTail(first)], [kind.ess.tail[i]!], EXACT);
      close([rHat(first)], [kind.r_hat[i]!], EXACT);
      expect(found[i]).toEqual({ bulk: essBulk(first), tail: essTail(first) });
    });
  });

  it("finds autocorrelations and rank ECDFs", () => {
    chains.forEach((chain, c) => close(autocorrelation(chain, 10), kind.autocorrelation[c]!));
    rankDifferences(chains).forEach((found, c) => close(every(found, 10), kind.rank_differences[c]!));
  });
});

describe.each(Object.entries(written.psis))("of ratios that are %s", (_, { ratios, k, largest, weights }) => {
  it("smooths weights as arviz-stats does", () => {
    const found = smoothed(Float64Array.from(ratios));
    close([found.k], [k], EXACT);
    close(every(found.weights, 7), weights, EXACT);
    close([Math.max(...found.weights)], [largest], EXACT);
    expect(found.ess).toBeCloseTo(1 / found.weights.reduce((sum, weight) => sum + weight ** 2, 0), 8);
  });
});

it("weighs draws whose ratios are equal, missing or without a tail", () => {
  const half = smoothed(Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? 3 : -Infinity)));
  expect([half.k, half.weights[0], half.weights[1]]).toEqual([0, 0, 1 / 200]);
  close([half.ess], [200]);
  const one = smoothed(Float64Array.from({ length: 400 }, (_, i) => (i === 7 ? 0 : NaN)));
  expect([one.k, one.weights[7], one.weights[8]]).toEqual([Infinity, 1, 0]);
  const none = smoothed(new Float64Array(400).fill(-Infinity));
  expect([none.k, none.ess, none.weights[0]]).toEqual([Infinity, 0, 0]);
  expect(smoothed(Float64Array.of(1, 2, 3)).k).toBe(Infinity);
});

it("finds the bounds of the hypergeometric distribution", () => {
  const found = bounds(4, 120, written.bounds.gamma);
  close(found.map(({ low }) => low), written.bounds.low);
  close(found.map(({ high }) => high), written.bounds.high);
});

it("draws an envelope that holds all chains at once as often as it says", () => {
  const [n_chains, n, sets] = [4, 100, 1000];
  const inside = envelope(n_chains, n, 0.95);
  const uniform = random(8927);
  let held = 0;
  for (let i = 0; i < sets; i++) {
    const chains = Array.from({ length: n_chains }, () => Float64Array.from({ length: n }, uniform));
    const found = rankDifferences(chains);
    if (found.every((chain) => chain.every((d, k) => d >= inside[k]!.low - 1e-12 && d <= inside[k]!.high + 1e-12))) held++;
  }
  // 4 standard errors of two simulations of 1,000 sets.
  expect(Math.abs(held / sets - 0.95)).toBeLessThan(4 * Math.sqrt((2 * 0.95 * 0.05) / sets));
  expect([inside[0], inside.at(-1)]).toEqual([{ low: 0, high: 0 }, { low: 0, high: 0 }]);
  expect(places(2, 3)).toEqual(Uint32Array.of(0, 2, 4, 6));
});

it("shares the rank of equal values, and knows the normal distribution", () => {
  expect([...ranks(Float64Array.of(3, 1, 3, 2))]).toEqual([3.5, 1, 3.5, 2]);
  close([0.001, 0.3, 0.5, 0.975].map(normalQuantile), [-3.090232306167813, -0.5244005127080409, 0, 1.959963984540054]);
});

it("says nothing of draws that do not move, or are no numbers", () => {
  expect([density(Float64Array.of(1, 1)), density(Float64Array.of(1)), density(Float64Array.of(1, NaN))]).toEqual([null, null, null]);
  expect([...densities([Float64Array.of(1, 1), Float64Array.of(1, 2)]).y[1]!].every((y) => y === 0)).toBe(true);
  const still = Float64Array.of(1, 1 + 2 ** -52, 1);
  expect([...densities([still, Float64Array.of(0, 1, 2)]).y[1]!].every((y) => y === 0)).toBe(true); // it moves by rounding alone
  expect(growth([Float64Array.of(1, 2, NaN, 4)], 1).found).toEqual([{ bulk: NaN, tail: NaN }]);
  expect(growth([new Float64Array(8).fill(1)], 1).found[0]).toEqual({ bulk: 8, tail: 8 });
  expect([...interpolated(null, [1, 2])]).toEqual([0, 0]);
  expect(correlation(Float64Array.of(1, 2, 3), Float64Array.of(2, 4, 6))).toBeCloseTo(1);
});
