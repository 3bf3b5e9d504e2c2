import { density } from "../../src/engine/density.js";
import { pack } from "../../src/engine/pack.js";
import { GIVEN } from "../../src/lab/records.js";
import type { Drawn } from "../../src/stage.js";
import { normal, stream } from "../../src/stats/random.js";
import { NOTHING } from "../../src/state/selection.js";
import { makeStore, type Store } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import type { EngineView, Fit, Program, SummaryRow } from "../../src/wire.js";
import { f8, sourceWith, columnOf, number, parameter, table } from "../fit/hand.js";
import { PRIORS, VIEW, X, Y } from "./hand.js";

/** Draws of a program by random-walk Metropolis, shape [n, D], constrained: slow, and of nothing that is tested. */
export function metropolis(program: Program, n: number, seed: number, start: readonly number[], width: number): Float64Array {
  const of = density(pack(program));
  const [u, gradient] = [Float64Array.from(start), new Float64Array(start.length)];
  const random = stream(seed);
  const made = new Float64Array(n * start.length);
  let now = of.evaluate(u, gradient);
  for (let i = -2_000; i < n * 20; i++) {
    const next = u.map((value) => value + width * normal(random));
    const there = of.evaluate(next, gradient);
    if (Math.log(random() / 2 ** 32) < there - now) {
      u.set(next);
      now = there;
    }
    if (i >= 0 && i % 20 === 0) of.constrain(u, made.subarray((i / 20) * start.length));
  }
  return made;
}

const f4 = (values: readonly number[], shape: readonly number[] = [values.length]) => ({ data: Float32Array.from(values), shape });

/** A fit of the line by hand, with draws of its own program, and a predictor of it. */
export function lineFit(engine: Fit["engine"] = VIEW): Fit {
  const { program, columns } = VIEW;
  const flat = metropolis(program, 1_000, 1, [2, 2, 0], 0.25);
  const value = (column: number) => {
    const { at, weights } = columns[column]!;
    return Array.from({ length: 1_000 }, (_, i) => at.data.reduce((sum, place, k) => sum + weights.data[k]! * flat[i * 3 + place]!, 0));
  };
  const labels = ["Intercept", "x", "sigma"];
  const { draws, predictor } = sourceWith(
    {
      variables: [{ ...number("x", [-2, 0, 5]), observed: f8(X) }],
      tables: [table("x", [-2, 0, 5], X)],
      parameters: [parameter("mu", "identity", columnOf(["Intercept"]), columnOf(["x"], 0)), parameter("sigma", "identity", columnOf(["sigma"]))],
      common: ["x"],
      n_rows: X.length,
    },
    Object.fromEntries(labels.map((label, k) => [label, value(k)])),
  );
  const row = (label: string): SummaryRow => ({ label, term: null, mean: 0, sd: 1, mcse_mean: 1, ess_bulk: 1, ess_tail: 1, r_hat: 9, digits: 1, exponential: "" });
  return {
    title: "y ~ x",
    findings: [],
    footer: "gaussian, identity link · instant (agrees with PyMC)",
    n_lines: 10,
    prob: 0.89,
    incomplete: false,
    engine: engine!,
    draws: { ...draws, n_chains: 2, n_draws: 500, values: { ...draws.values, shape: [3, 2, 500] } as typeof draws.values },
    predictor: { ...predictor, rows: { data: Uint32Array.from(X.keys()), shape: [X.length] }, observed: f4(Y) },
    prior: { unavailable: "none" },
    tabs: {
      data: {
        n_rows: 6, n_shown: 6, response: "y", x: ["x"], colours: [], jitter: false, hollow: null, notes: [], truth: [],
        columns: [{ name: "y", kind: "numeric", values: f4(Y) }, { name: "x", kind: "numeric", values: f4(X) }],
      },
      model: { mathml: [], lines: [], priors: PRIORS, code: [], cell: "", notes: [] },
      trace: { rows: labels.map((label) => ({ label, term: null, mean: 0, truth: null, density: null })), notes: [], drawn: [] },
      summary: { probs: f4([0.05, 0.5, 0.95]), rows: labels.map(row), quantiles: f4(Array(9).fill(0), [3, 3]), notes: [], scale: "", columns: [], parameters: [], limits: [] },
      fan: { numbers: { data: new Uint32Array(), shape: [0] }, title: "", response: "y", ylabel: "y", n_draws: 10, axes: [], notes: [] },
    } as object as Fit["tabs"], // a new tab is not one of these
  };
}

export function storeOf(fit: Fit, signal: AbortSignal): Store<Drawn> {
  return makeStore<Drawn>({ ...DEFAULTS, fit, ...GIVEN, selection: NOTHING }, signal);
}

export const without = (reason: string): EngineView => ({ unavailable: reason }) as unknown as EngineView;
