import type { Scales } from "../../marks/axes.js";
import type { LegendEntry } from "../../ui/legend.js";
import type { Surface } from "../../ui/plot.js";
import type { Draws } from "../../wire.js";
import { drawChains, sayChains } from "./chains.js";
import { drawGrowth, GROWTH_ENTRIES, growthTable, sayGrowth } from "./growth-picture.js";
import { drawLags, lagTable, sayLags } from "./lag-picture.js";
import { drawRanks, ENVELOPE, rankTable, sayRanks } from "./rank-picture.js";
import { traceTable } from "./table.js";
import { percent } from "../../stats/format.js";
import type { Table } from "../../stats/table.js";

/** What stands beside the densities. */
export interface Diagnostic {
  /** The value of the trait, and the option of the control. */
  readonly name: string;
  /** What the picture is of, before the parameter's name. */
  readonly title: string;
  /** What is drawn, for the caption. */
  readonly note: string;
  readonly draw: (surface: Surface, draws: Draws, label: string) => Scales;
  /** What the picture shows, for a reader who cannot see it. */
  readonly say: (draws: Draws, label: string) => string;
  /** The numbers that are drawn. */
  readonly table: (draws: Draws, label: string) => Table;
  /** The chains are told apart in it. */
  readonly chains: boolean;
  readonly entries: readonly LegendEntry[];
}

export const TRACE: Diagnostic = {
  name: "trace",
  title: "Trace",
  note: "Right: the draws in their order.",
  draw: drawChains,
  say: sayChains,
  table: traceTable,
  chains: true,
  entries: [],
};

export const DIAGNOSTICS: readonly Diagnostic[] = [
  TRACE,
  {
    name: "rank ECDF difference",
    title: "Rank ECDF difference",
    note:
      `Right: for each chain, the share of its draws up to a rank among all draws, less the share of all draws. ${percent(ENVELOPE)} of ` +
      "sets of independent chains are inside the envelope everywhere; draws of a chain depend on one another, so that good chains leave it more often.",
    draw: drawRanks,
    say: sayRanks,
    table: rankTable,
    chains: true,
    entries: [{ name: `${percent(ENVELOPE)} envelope`, mark: "band", ink: "muted" }],
  },
  {
    name: "ESS growth",
    title: "Growth of the effective sample size",
    note: "Right: the effective sample size of the first draws of all chains. It should grow in proportion to them.",
    draw: drawGrowth,
    say: sayGrowth,
    table: growthTable,
    chains: false,
    entries: GROWTH_ENTRIES,
  },
  {
    name: "autocorrelation",
    title: "Autocorrelation",
    note: "Right: the correlation of a chain with itself so many draws later.",
    draw: drawLags,
    say: sayLags,
    table: lagTable,
    chains: true,
    entries: [],
  },
];

/** The one of that name, or the trace. */
export function diagnosticOf(name: string): Diagnostic {
  return DIAGNOSTICS.find((one) => one.name === name) ?? TRACE;
}
