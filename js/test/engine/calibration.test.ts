/**
 * Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv 1804.06788, algorithm 2): parameters are
 * drawn from the prior, data from them, and their ranks among thinned posterior draws must be uniform.
 */
import { expect, it } from "vitest";
import { chain } from "../../src/engine/chain.js";
import { density } from "../../src/engine/density.js";
import { pack } from "../../src/engine/pack.js";
import { exponential, normal, poisson, stream, type Random } from "../../src/stats/random.js";
import type { F8, Factor, FreeVariable, I4, Program, Slot } from "../../src/wire.js";

const SIMULATIONS = 320;
/** Of each posterior, after thinning: ranks are 0 to 63. */
const [DRAWS, THIN] = [63, 6];
const BINS = 16;
/** Chi-squared with 15 degrees of freedom is above this with probability 1e-4. */
const MOST = 44.26;

const f8 = (values: readonly number[]): F8 => ({ data: Float64Array.from(values), shape: [values.length] });
const i4 = (values: readonly number[]): I4 => ({ data: Int32Array.from(values), shape: [values.length] });
const fixed = (...values: number[]): Slot => ({ values: f8(values) });
const at = (...positions: number[]): Slot => ({ positions: i4(positions), source: "c", link: "identity" });
const factor = (distribution: string, rows: number, ...slots: Slot[]): Factor => ({ distribution, rows, slots, weights: null, variables: [] });
const variable = (name: string, start: number, kind: "identity" | "log", shape: number[] = []): FreeVariable => {
  return { name, shape, start, transform: { kind, lower: f8([]), upper: f8([]) } };
};

const columns = (...of: (readonly number[])[]): F8 => ({ data: Float64Array.from(of.flat()), shape: [of.length, N] });

interface Model {
  /** Constrained. */
  readonly prior: (random: Random) => number[];
  readonly data: (random: Random, parameters: readonly number[]) => number[];
  readonly program: (data: readonly number[]) => Program;
}

const N = 12;
const X = Array.from({ length: N }, (_, i) => (2 * i) / (N - 1) - 1);
const GROUP = Array.from({ length: N }, (_, i) => i % 3);

/** A line with a scale. */
const line: Model = {
  prior: (random) => [normal(random), normal(random), exponential(random)],
  data: (random, [a, b, sigma]) => X.map((x) => a! + b! * x + sigma! * normal(random)),
  program: (y) => ({
    variables: [variable("a", 0, "identity"), variable("b", 1, "identity"), variable("sigma", 2, "log")],
    factors: [
      factor("normal", 2, at(0, 1), fixed(0), fixed(1)),
      factor("exponential", 1, at(2), fixed(1)),
      factor("normal", N, fixed(...y), { offset: f8([0]), columns: i4([0, 1]), dense: columns(X.map(() => 1), X), groups: [], link: "identity" }, at(2)),
    ],
  }),
};

/** Counts by group: effects are scales times offsets. */
const counts: Model = {
  prior: (random) => [0.5 + 0.5 * normal(random), 0.7 * Math.abs(normal(random)), normal(random), normal(random), normal(random)],
  data: (random, [a, scale, ...offsets]) => GROUP.map((g) => poisson(random, Math.exp(a! + scale! * offsets[g]!))),
  program: (y) => ({
    variables: [variable("a", 0, "identity"), variable("scale", 1, "log"), variable("offset", 2, "identity", [3])],
    factors: [
      factor("normal", 1, at(0), fixed(0.5), fixed(0.5)),
      factor("half_normal", 1, at(1), fixed(0.7)),
      factor("normal", 3, at(2, 3, 4), fixed(0), fixed(1)),
      factor("poisson", N, fixed(...y), {
        ...{ offset: f8([0]), columns: i4([0]), dense: columns(X.map(() => 1)), link: "log" },
        groups: [{ multiplier: f8(X.map(() => 1)), index: i4(GROUP.map((g) => 2 + g)), scale: 1 }],
      }),
    ],
  }),
};

it.each([["a line", line], ["counts by group", counts]] as const)("is calibrated for %s", (_, { prior, data, program }) => {
  const histograms: number[][] = [];
  for (let s = 0; s < SIMULATIONS; s++) {
    const random = stream(8927, s);
    const truth = prior(random);
    const size = truth.length;
    const one = chain(density(pack(program(data(random, truth)))), [new Float64Array(size)], 0.5, stream(1, s))!;
    one.ask(DRAWS * THIN);
    one.advance(Infinity);
    const { draws } = one.taken();
    truth.forEach((value, d) => {
      let rank = 0;
      for (let i = THIN - 1; i < DRAWS * THIN; i += THIN) rank += Number(draws[i * size + d]! < value);
      const bins = (histograms[d] ??= Array<number>(BINS).fill(0));
      bins[Math.floor((rank * BINS) / (DRAWS + 1))]!++;
    });
  }
  const expected = SIMULATIONS / BINS;
  const statistics = histograms.map((bins) => bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0));
  expect(statistics.filter((one) => one > MOST)).toEqual([]);
}, 60_000);
