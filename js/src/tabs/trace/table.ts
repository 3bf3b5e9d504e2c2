import { chainsOf, isShipped, shownDraws } from "../../fit/draws.js";
import type { Densities } from "../../fit/marginals.js";
import { ofColumns, type Table } from "../../stats/table.js";
import type { Draws } from "../../wire.js";

/** Densities of the chains, and of the draws that a brush keeps, where one does. */
export const densityTable = (label: string, { x, chains }: Densities, kept: ArrayLike<number> | null): Table =>
  ofColumns("densities", [{ name: label, values: x }, ...ofChains(chains), ...(kept === null ? [] : [{ name: "brushed", values: kept }])]);

/** All shipped draws, however few are drawn, by their numbers in their chain, which begin at 1. */
export function traceTable(draws: Draws, label: string): Table {
  const numbers = Float64Array.from({ length: shownDraws(draws) }, (_, i) => i * draws.every + 1);
  return ofColumns("draws", [{ name: "draw", values: numbers }, ...ofChains(isShipped(draws, label) ? chainsOf(draws, label) : [])]);
}

/** A column for each chain. */
export const ofChains = <T extends ArrayLike<number>>(chains: readonly T[]): { readonly name: string; readonly values: T }[] =>
  chains.map((values, c) => ({ name: `chain ${c + 1}`, values }));
