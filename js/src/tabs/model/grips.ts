/** Where a prior is taken hold of on its density: its location moves one number, its width another. */
import type { Known } from "../../lab/priors.js";

export interface Grip {
  /** Which argument it moves. */
  readonly at: number;
  readonly place: (values: readonly number[]) => number;
  readonly value: (x: number, values: readonly number[]) => number;
}

const location = (at: number): Grip => ({ at, place: (values) => values[at]!, value: (x) => x });
/** One width away from the location; from 0, where there is none. */
const width = (at: number, about?: number): Grip => {
  const from = (values: readonly number[]) => (about === undefined ? 0 : values[about]!);
  return { at, place: (values) => from(values) + values[at]!, value: (x, values) => Math.abs(x - from(values)) };
};
/** What no grid of x makes round is written with three figures. */
const three = (value: number): number => Number(value.toPrecision(3));

/** By the mean, where an argument is neither location nor width; that of InverseGamma is its mode, for it may have no mean. */
const OTHERS: Readonly<Record<string, readonly Grip[]>> = {
  Exponential: [{ at: 0, place: ([lam]) => 1 / lam!, value: (x) => three(1 / x) }],
  Gamma: [{ at: 1, place: ([alpha, beta]) => alpha! / beta!, value: (x, [alpha]) => three(alpha! / x) }],
  InverseGamma: [{ at: 1, place: ([alpha, beta]) => beta! / (alpha! + 1), value: (x, [alpha]) => three(x * (alpha! + 1)) }],
  LogNormal: [
    { at: 0, place: ([mu]) => Math.exp(mu!), value: (x) => three(Math.log(x)) },
    { at: 1, place: ([mu, sigma]) => Math.exp(mu! + sigma!), value: (x, [mu]) => three(Math.abs(Math.log(x) - mu!)) },
  ],
  Beta: [{ at: 0, place: ([alpha, beta]) => alpha! / (alpha! + beta!), value: (x, [, beta]) => three((beta! * x) / (1 - x)) }],
};

/** Location and width are the last two arguments of a family, and the width is the last of one that begins at 0. */
export function gripsOf({ family, values }: Known): readonly Grip[] {
  const last = values.length - 1;
  return OTHERS[family.name] ?? (family.support === "real" ? [location(last - 1), width(last, last - 1)] : [width(last)]);
}

/** Where nearly all of a prior lies, and where it is taken hold of. */
export function spanOf(known: Known): { readonly low: number; readonly high: number; readonly centre: number; readonly width: number } {
  const places = gripsOf(known).map(({ place }) => place(known.values));
  const [centre, far] = [places[0]!, Math.max(...places)];
  switch (known.family.support) {
    case "real":
      return { low: centre - 3 * (far - centre), high: centre + 3 * (far - centre), centre, width: far - centre };
    case "positive":
      return { low: 0, high: 3 * far, centre, width: far };
    case "unit":
      return { low: 0, high: 1, centre, width: 0.5 };
  }
}

/** Another family where the one before it was: each grip keeps its place. */
export function moved(before: Known, family: Known["family"]): Known {
  const values = family.arguments.map(({ start }) => start);
  const places = gripsOf(before).map(({ place }) => place(before.values));
  gripsOf({ family, values }).forEach(({ at, value }, i) => {
    const x = value(places[Math.min(i, places.length - 1)]!, values);
    if (Number.isFinite(x) && (x > 0 || family.arguments[at]!.domain === "real")) values[at] = x;
  });
  return { family, values };
}
