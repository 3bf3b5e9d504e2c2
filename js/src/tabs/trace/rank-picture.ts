import { chainsOf, ofNumber } from "../../fit/draws.js";
import { axes, type Scales } from "../../marks/axes.js";
import { band } from "../../marks/band.js";
import { curve } from "../../marks/curve.js";
import { extent } from "../../stats/extent.js";
import { envelope, places, rankDifferences } from "../../stats/rank-ecdf.js";
import { ofColumns, type Table } from "../../stats/table.js";
import { seriesDash, seriesInk } from "../../theme.js";
import type { Surface } from "../../ui/plot.js";
import type { Draws } from "../../wire.js";
import { ofChains } from "./table.js";

/** The probability with which all independent chains are inside the envelope at once. */
export const ENVELOPE = 0.95;

const differencesOf = ofNumber((draws, label) => rankDifferences(chainsOf(draws, label)));

export function drawRanks(surface: Surface, draws: Draws, label: string): Scales {
  const ctx = surface.layers[0]!;
  const chains = chainsOf(draws, label);
  const n = chains[0]?.length ?? 0;
  const total = chains.length * n;
  const found = differencesOf(draws, label);
  const bounds = envelope(chains.length, n, ENVELOPE);
  const edges = { low: bounds.map(({ low }) => low), high: bounds.map(({ high }) => high) };
  const grid = Array.from(places(chains.length, n), (place) => place / total);
  const scales = axes(surface, {
    x: { kind: "numeric", label: "", domain: [0, 1] },
    y: { kind: "numeric", label: "", domain: extent([...found, edges.low, edges.high], 0.08) },
  });
  band(ctx, { grid, ...edges }, scales, { colour: surface.palette.muted });
  found.forEach((y, c) => curve(ctx, { x: grid, y }, scales, { colour: surface.palette[seriesInk(c)], dash: seriesDash(c), width: 1.5 }));
  return scales;
}

export function rankTable(draws: Draws, label: string): Table {
  const chains = chainsOf(draws, label);
  const n = chains[0]?.length ?? 0;
  const bounds = envelope(chains.length, n, ENVELOPE);
  return ofColumns("rank ECDF difference", [
    { name: "share of ranks", values: Array.from(places(chains.length, n), (place) => place / (chains.length * n)) },
    ...ofChains(rankDifferences(chains)),
    { name: "envelope below", values: bounds.map(({ low }) => low) },
    { name: "envelope above", values: bounds.map(({ high }) => high) },
  ]);
}

export function sayRanks(draws: Draws, label: string): string {
  const chains = chainsOf(draws, label);
  const bounds = envelope(chains.length, chains[0]?.length ?? 0, ENVELOPE);
  const outside = differencesOf(draws, label).flatMap((chain, c) =>
    chain.some((d, k) => d < bounds[k]!.low || d > bounds[k]!.high) ? [c + 1] : [],
  );
  return outside.length === 0 ? "all chains are inside the envelope" : `outside the envelope: chain ${outside.join(", ")}`;
}
