import { expect, it } from "vitest";
import { pack } from "../../src/engine/pack.js";
import { coordinatesOf } from "../../src/engine/coordinates.js";
import { sampleAgain } from "../../src/engine/run.js";
import { essOfMean } from "../../src/stats/ess.js";
import { moments } from "../../src/stats/moments.js";
import { joined, rowsOf } from "../../src/stats/rows.js";
import { decode, fromBase64, type F8, type Program } from "../../src/wire.js";
import written from "../../../tests/wire/posteriors.json";

/** What nutpie found of programs: `tests/wire/write_posteriors.py`. */
interface Posteriors {
  readonly probs: F8;
  readonly posteriors: readonly Posterior[];
}

interface Posterior {
  readonly name: string;
  readonly draws: number;
  readonly program: Program;
  readonly starts: F8;
  readonly steps: F8;
  readonly mass: F8;
  readonly means: F8;
  readonly means_mcse: F8;
  readonly sds: F8;
  readonly sds_mcse: F8;
  readonly quantiles: F8;
  readonly quantiles_ess: F8;
}

const { probs, posteriors } = decode(written.schema, fromBase64(written.buffer)) as unknown as Posteriors;
/** Chosen before anything was compared. */
const SEED = 12;

/** How far a number is from nutpie's, in standard errors of both. */
const apart = (found: number, error: number, nutpies: number, itsError: number): number => Math.abs(found - nutpies) / Math.hypot(error, itsError);

it.each(posteriors.map((one) => [one.name, one] as const))("finds nutpie's posterior of %s within 4 Monte Carlo standard errors", async (_, one) => {
  const question = { packed: pack(one.program), starts: one.starts.data, steps: one.steps.data, mass: one.mass.data, seed: SEED };
  const { draws, n_draws } = await sampleAgain(question, coordinatesOf, new AbortController().signal, { first: one.draws, most: one.draws, time: 60_000 });
  const size = one.means.data.length;
  const far: string[] = [];
  const see = (what: string, errors: number) => void (errors < 4 || far.push(`${what}: ${errors.toFixed(1)}`));
  for (let d = 0; d < size; d++) {
    const chains = rowsOf(draws.filter((_, i) => i % size === d), n_draws);
    const { mean, sd } = moments(joined(chains));
    const n = essOfMean(chains);
    see(`mean ${d}`, apart(mean, sd / Math.sqrt(n), one.means.data[d]!, one.means_mcse.data[d]!));
    // By the delta method, from the mean of squares.
    const squares = chains.map((chain) => chain.map((value) => (value - mean) ** 2));
    see(`sd ${d}`, apart(sd, moments(joined(squares)).sd / Math.sqrt(essOfMean(squares)) / (2 * sd), one.sds.data[d]!, one.sds_mcse.data[d]!));
    probs.data.forEach((prob, k) => {
      const [bound, effective] = [one.quantiles, one.quantiles_ess].map(({ data }) => data[d * probs.data.length + k]!) as [number, number];
      const below = chains.map((chain) => chain.map((value) => Number(value <= bound)));
      const error = Math.sqrt(prob * (1 - prob));
      see(`quantile ${prob} ${d}`, apart(moments(joined(below)).mean, error / Math.sqrt(essOfMean(below)), prob, error / Math.sqrt(effective)));
    });
  }
  expect(far).toEqual([]);
}, 60_000);
