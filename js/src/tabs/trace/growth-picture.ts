import { chainsOf, ofNumber } from "../../fit/draws.js";
import { axes, type Scales } from "../../marks/axes.js";
import { curve } from "../../marks/curve.js";
import { growth } from "../../stats/ess.js";
import { extent } from "../../stats/extent.js";
import { count } from "../../stats/format.js";
import { ofColumns, type Table } from "../../stats/table.js";
import { seriesDash, seriesInk } from "../../theme.js";
import type { LegendEntry } from "../../ui/legend.js";
import type { Surface } from "../../ui/plot.js";
import type { Draws } from "../../wire.js";

const STEPS = 12;
/** ESS per chain below which means and tails are not to be read (Vehtari et al. 2021). */
const LEAST = 100;

export const GROWTH_ENTRIES: readonly LegendEntry[] = [
  { name: "bulk ESS", mark: "line", ink: seriesInk(0), dash: seriesDash(0) },
  { name: "tail ESS", mark: "line", ink: seriesInk(1), dash: seriesDash(1) },
  { name: `${LEAST} per chain`, mark: "line", ink: "muted", dash: [5, 3] },
];

const growthOf = ofNumber((draws, label) => growth(chainsOf(draws, label), STEPS));

export function drawGrowth(surface: Surface, draws: Draws, label: string): Scales {
  const ctx = surface.layers[0]!;
  const { at, found } = growthOf(draws, label);
  const x = at.map((n) => n * draws.every);
  const least = LEAST * draws.n_chains;
  const [bulk, tail] = [found.map((one) => one.bulk), found.map((one) => one.tail)];
  const scales = axes(surface, {
    x: { kind: "numeric", label: "", domain: [0, draws.n_draws] },
    y: { kind: "numeric", label: "", domain: [0, extent([bulk, tail, [least]])[1] * 1.06] },
  });
  curve(ctx, { x: [0, draws.n_draws], y: [least, least] }, scales, { colour: surface.palette.muted, width: 1.25, dash: [5, 3] });
  [bulk, tail].forEach((y, i) => curve(ctx, { x, y }, scales, { colour: surface.palette[seriesInk(i)], dash: seriesDash(i), width: 1.75 }));
  return scales;
}

export function growthTable(draws: Draws, label: string): Table {
  const { at, found } = growthOf(draws, label);
  return ofColumns("growth", [
    { name: "draws of each chain", values: at.map((n) => n * draws.every) },
    { name: "bulk ESS", values: found.map(({ bulk }) => bulk) },
    { name: "tail ESS", values: found.map(({ tail }) => tail) },
  ]);
}

export function sayGrowth(draws: Draws, label: string): string {
  const last = growthOf(draws, label).found.at(-1);
  return `bulk ESS ends at ${count(Math.round(last?.bulk ?? NaN))}, tail ESS at ${count(Math.round(last?.tail ?? NaN))}`;
}
