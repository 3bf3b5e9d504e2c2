/** The diagnostics of chains. */
import { chainsOf } from "../../fit/draws.js";
import type { Stage } from "../../stage.js";
import { autocorrelation } from "../../stats/autocorrelation.js";
import { growth } from "../../stats/ess.js";
import { extent } from "../../stats/extent.js";
import { brief, count, percent } from "../../stats/format.js";
import { envelope, places, rankDifferences } from "../../stats/rank-ecdf.js";
import { seriesDash } from "../../theme.js";
import { entry } from "../../ui/entries.js";
import { drawChains, sayChains } from "./chains.js";
import { ofSeries, type Curve, type Diagnostic } from "./series.js";
import { ofChains, traceTable } from "./table.js";

/** The probability with which all independent chains are inside the envelope at once. */
const ENVELOPE = 0.95;
const MOST_LAGS = 60;
const STEPS = 12;
/** ESS per chain below which means and tails are not to be read (Vehtari et al. 2021). */
const LEAST = 100;

export const TRACE: Diagnostic = {
  name: "trace",
  title: "Trace",
  note: "the draws in their order.",
  entries: [],
  draw: drawChains,
  say: sayChains,
  table: traceTable,
};

const ranks = ofSeries(
  {
    name: "rank ECDF difference",
    title: "Rank ECDF difference",
    note:
      `for each chain, the share of its draws up to a rank, less that of all draws. ${percent(ENVELOPE)} of sets of ` +
      "independent draws stay inside the envelope; chains, whose draws depend on one another, leave it more often.",
    entries: [entry("band", `${percent(ENVELOPE)} envelope`, "muted")],
  },
  (draws, label) => {
    const chains = chainsOf(draws, label);
    const n = chains[0]?.length ?? 0;
    const differences = rankDifferences(chains);
    const bounds = envelope(chains.length, n, ENVELOPE);
    const [low, high] = [Float64Array.from(bounds, (one) => one.low), Float64Array.from(bounds, (one) => one.high)];
    return {
      x: { name: "share of ranks", values: Float64Array.from(places(chains.length, n), (place) => place / (chains.length * n)) },
      curves: ofChains(differences),
      edges: [{ name: "envelope below", values: low }, { name: "envelope above", values: high }],
      domain: { x: [0, 1], y: extent([...differences, low, high], 0.08) },
    };
  },
  ({ curves, edges }) => {
    const [low, high] = edges!;
    const leaves = ({ values }: Curve) => values.some((d, k) => d < low.values[k]! || d > high.values[k]!);
    const outside = curves.flatMap((one, c) => (leaves(one) ? [c + 1] : []));
    return outside.length === 0 ? "all chains are inside the envelope" : `outside the envelope: chain ${outside.join(", ")}`;
  },
);

const sizes = ofSeries(
  {
    name: "ESS growth",
    title: "Growth of the effective sample size",
    note: "the effective sample size of the first draws of all chains. It should grow in proportion to them.",
    entries: [
      entry("line", "bulk ESS", "series-1"),
      entry("line", "tail ESS", "series-2", seriesDash(1)),
      entry("line", `${LEAST} per chain`, "muted", [5, 3]),
    ],
  },
  (draws, label) => {
    const { at, found } = growth(chainsOf(draws, label), STEPS);
    const least = LEAST * draws.n_chains;
    const [bulk, tail] = [Float64Array.from(found, (one) => one.bulk), Float64Array.from(found, (one) => one.tail)];
    return {
      x: { name: "draws of each chain", values: Float64Array.from(at, (n) => n * draws.every) },
      curves: [{ name: "bulk ESS", values: bulk }, { name: "tail ESS", values: tail }],
      rule: { at: least, dash: [5, 3] },
      domain: { x: [0, draws.n_draws], y: [0, extent([bulk, tail, [least]])[1] * 1.06] },
    };
  },
  ({ curves }) => {
    const [bulk, tail] = curves.map(({ values }) => count(values.at(-1) ?? null));
    return `bulk ESS ends at ${bulk}, tail ESS at ${tail}`;
  },
);

const lags = ofSeries(
  {
    name: "autocorrelation",
    title: "Autocorrelation",
    note: "the correlation of a chain with itself so many draws later.",
    entries: [],
  },
  (draws, label) => {
    const found = chainsOf(draws, label).map((chain) => autocorrelation(chain, MOST_LAGS));
    return {
      x: { name: "lag", values: Float64Array.from(found[0] ?? [], (_, lag) => lag * draws.every) },
      curves: ofChains(found),
      rule: { at: 0, dash: [] },
      domain: { x: [0, MOST_LAGS * draws.every], y: [Math.min(-0.2, extent(found)[0]), 1.05] },
    };
  },
  ({ curves }, { every }) => {
    const first = curves.map(({ values }) => values[1] ?? NaN);
    return `at lag ${every} from ${brief(Math.min(...first), 2)} to ${brief(Math.max(...first), 2)}`;
  },
);

export const DIAGNOSTICS: readonly Diagnostic[] = [TRACE, ranks, sizes, lags];

/** The one that is chosen, or the trace. */
export const diagnosticOf = (stage: Stage): Diagnostic => DIAGNOSTICS.find(({ name }) => name === stage.get("diagnostic")) ?? TRACE;
