/** A prior as a line of a cell gives it: read, written, drawn from, and its log density. */
import { kernels } from "./kernels.gen.js";
import { At, DISTRIBUTIONS } from "./layout.gen.js";
import { PRIOR_FAMILIES, type PriorFamily } from "./priors.gen.js";
import { VARIATES } from "./variates.js";

/** Numbers beyond these leave no room for squares and products in double precision. */
const [LEAST, MOST] = [1e-100, 1e100];

/** `Normal(0, 1)` or `Normal(mu=0, sigma=1)`; a sentence where it is none. */
export function readPrior(text: string): { readonly family: PriorFamily; readonly values: number[] } | { readonly refused: string } {
  const [, name, inside] = /^\s*(\w+)\s*\((.*)\)\s*$/.exec(text) ?? [];
  if (name === undefined) return { refused: "Write a family with its numbers: Normal(0, 1)." };
  const family = PRIOR_FAMILIES.find((one) => one.name === name);
  if (family === undefined) return { refused: `${name} cannot be chosen here; take one of ${PRIOR_FAMILIES.map((one) => one.name).join(", ")}.` };
  const names = family.arguments.map((argument) => argument.name);
  const found = new Map(
    inside!.split(",").map((part, place) => {
      const [, key = names[place], value] = /^\s*(?:(\w+)\s*=)?\s*(.*?)\s*$/.exec(part)!;
      return [key, value === "" ? NaN : Number(value)];
    }),
  );
  const values = names.map((one) => found.get(one)!);
  if (found.size !== names.length || values.includes(undefined!)) {
    return { refused: `${name} takes ${names.join(", ")}: ${priorText(family, family.arguments.map(({ start }) => start))}.` };
  }
  for (const { name: own, domain } of family.arguments) {
    const value = found.get(own)!;
    const size = domain === "positive" ? value : Math.abs(value) || 1;
    if (Number.isNaN(value)) return { refused: `${own} must be a number.` };
    if (size <= 0) return { refused: `${own} must be above 0.` };
    if (size < LEAST || size > MOST) return { refused: `${own} must be between ${LEAST} and ${MOST} in size.` };
  }
  return { family, values };
}

/** As a line of a cell gives it. */
export const priorText = ({ name }: PriorFamily, values: readonly number[]): string => `${name}(${values.join(", ")})`;

/** What a kernel works on; nothing in it outlives a call. */
const block = /* @__PURE__ */ new Float64Array(At.BLOCK);

/** The log density of one value, by the kernel of the engine. */
export function logPrior({ distribution, slots }: PriorFamily, values: readonly number[], x: number): number {
  [x, ...slots(values)].forEach((value, place) => {
    const domain = DISTRIBUTIONS[distribution]![place];
    const at = (At.FIRST + At.SLOT * place + At.A) * At.CHUNK;
    block[at] = domain === "u" ? Math.log(value) : value;
    block[at + At.CHUNK] = domain === "u" ? Math.log1p(-value) : Math.log(value);
  });
  kernels[Object.keys(DISTRIBUTIONS).indexOf(distribution)]!(1, block, 0);
  return block[At.LOGP * At.CHUNK]!;
}

/** One draw; `uniform` gives numbers between 0 and 1. */
export const drawPrior = ({ distribution, slots }: PriorFamily, values: readonly number[], uniform: () => number): number =>
  VARIATES[distribution]!(() => uniform() * 2 ** 32, ...(slots(values) as [number, number, number]));
