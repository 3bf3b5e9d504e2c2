import { chainsOf, ofNumber } from "../../fit/draws.js";
import { axes, type Scales } from "../../marks/axes.js";
import { curve } from "../../marks/curve.js";
import { autocorrelation } from "../../stats/autocorrelation.js";
import { extent } from "../../stats/extent.js";
import { brief } from "../../stats/format.js";
import { ofColumns, type Table } from "../../stats/table.js";
import { seriesDash, seriesInk } from "../../theme.js";
import type { Surface } from "../../ui/plot.js";
import type { Draws } from "../../wire.js";
import { ofChains } from "./table.js";

const MOST_LAGS = 60;

const correlationsOf = ofNumber((draws, label) => chainsOf(draws, label).map((chain) => autocorrelation(chain, MOST_LAGS)));

export function drawLags(surface: Surface, draws: Draws, label: string): Scales {
  const ctx = surface.layers[0]!;
  const found = correlationsOf(draws, label);
  const [low] = extent(found);
  const scales = axes(surface, {
    x: { kind: "numeric", label: "", domain: [0, MOST_LAGS * draws.every] },
    y: { kind: "numeric", label: "", domain: [Math.min(-0.2, low), 1.05] },
  });
  curve(ctx, { x: [0, MOST_LAGS * draws.every], y: [0, 0] }, scales, { colour: surface.palette.muted, width: 1 });
  found.forEach((y, c) => {
    const x = Float64Array.from(y, (_, lag) => lag * draws.every);
    curve(ctx, { x, y }, scales, { colour: surface.palette[seriesInk(c)], dash: seriesDash(c), width: 1.5 });
  });
  return scales;
}

export function lagTable(draws: Draws, label: string): Table {
  const found = chainsOf(draws, label).map((chain) => autocorrelation(chain, MOST_LAGS));
  const lags = Array.from(found[0] ?? [], (_, lag) => lag * draws.every);
  return ofColumns("autocorrelation", [{ name: "lag", values: lags }, ...ofChains(found)]);
}

export function sayLags(draws: Draws, label: string): string {
  const found = correlationsOf(draws, label).map((chain) => chain[1] ?? NaN);
  return `at lag ${draws.every} from ${brief(Math.min(...found), 2)} to ${brief(Math.max(...found), 2)}`;
}
