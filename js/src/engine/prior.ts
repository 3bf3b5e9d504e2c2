/** A prior as a line of a cell gives it: read, written, drawn from, and its log density. */
import type { PriorFamily } from "./priors.gen.js";

/** `Normal(0, 1)` or `Normal(mu=0, sigma=1)`; a sentence where it is none. */
export function readPrior(text: string): { readonly family: PriorFamily; readonly values: number[] } | { readonly refused: string } {
  return { refused: text };
}

export function priorText(family: PriorFamily, values: readonly number[]): string {
  return `${family.name}(${values.join(", ")})`;
}

/** By the kernel of the engine. */
export function logPrior(family: PriorFamily, values: readonly number[], x: number): number {
  throw new Error(`not yet: ${family.name}${values}${x}`);
}

export function drawPrior(family: PriorFamily, values: readonly number[], uniform: () => number): number {
  throw new Error(`not yet: ${family.name}${values}${uniform()}`);
}
