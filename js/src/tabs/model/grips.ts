/** Where a prior is taken hold of on its density: its location moves one number, its width another. */
import type { Known } from "../../lab/priors.js";

export interface Grip {
  /** Which argument it moves. */
  readonly at: number;
  readonly place: (values: readonly number[]) => number;
  readonly value: (x: number, values: readonly number[]) => number;
}

type Values = readonly number[];
const grip = (at: number, place: Grip["place"], value: Grip["value"]): Grip => ({ at, place, value });
/** One width away from the location; from 0, where there is none. */
const width = (at: number, from: Grip["place"]): Grip => grip(at, (values) => from(values) + values[at]!, (x, values) => x - from(values));

/** By the mean, where an argument is neither location nor width; that of InverseGamma is its mode, for it may have no mean. */
const OTHERS: Readonly<Record<string, readonly Grip[]>> = {
  Exponential: [grip(0, ([lam]) => 1 / lam!, (x) => 1 / x)],
  Gamma: [grip(1, ([alpha, beta]) => alpha! / beta!, (x, [alpha]) => alpha! / x)],
  InverseGamma: [grip(1, ([alpha, beta]) => beta! / (alpha! + 1), (x, [alpha]) => x * (alpha! + 1))],
  LogNormal: [
    grip(0, ([mu]) => Math.exp(mu!), (x) => Math.log(x)),
    grip(1, ([mu, sigma]) => Math.exp(mu! + sigma!), (x, [mu]) => Math.log(x) - mu!),
  ],
  Beta: [grip(0, ([alpha, beta]) => alpha! / (alpha! + beta!), (x, [, beta]) => (beta! * x) / (1 - x))],
};

/** Location and width are the last two arguments of a family, and the width is the last of one that begins at 0. */
export function gripsOf({ family: { name, support }, values: { length } }: Known): readonly Grip[] {
  const location = (values: Values) => values[length - 2]!;
  return OTHERS[name] ?? (support === "real" ? [grip(length - 2, location, (x) => x), width(length - 1, location)] : [width(length - 1, () => 0)]);
}

export const placesOf = (known: Known): number[] => gripsOf(known).map(({ place }) => place(known.values));

/** Another family where the one before it was: each grip keeps its place. */
export function moved(before: Known, family: Known["family"]): Known {
  const values = family.arguments.map(({ start }) => start);
  const places = placesOf(before);
  gripsOf({ family, values }).forEach(({ at, value }, i) => {
    const x = value(places[i] ?? NaN, values);
    if (Number.isFinite(x) && (x > 0 || family.arguments[at]!.domain === "real")) values[at] = Number(x.toPrecision(3));
  });
  return { family, values };
}
