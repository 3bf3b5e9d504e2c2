/**
 * What d3-scale needs of d3-format for the two formats in which ticks are written: ",f" with as many decimals as their step
 * has, and "~s" with the prefix of the largest. `build.mjs` puts this in its place, and vitest compares the two.
 */
import { fixed, grouped } from "./format.js";

interface Specifier {
  readonly type: string;
  precision?: number;
}

export const formatSpecifier = (text: string): Specifier => ({ type: text.slice(-1) });

export const format = ({ precision = 6 }: Specifier) => (value: number) => grouped(fixed(value, precision)).replace("-", "−");

/** Written in thousands, millions and so on, without trailing zeros. */
export function formatPrefix({ precision = 6 }: Specifier, largest: number): (value: number) => string {
  const power = thousands(largest);
  return (value) => String(Number(fixed(10 ** (-3 * power) * value, precision))).replace("-", "−") + PREFIXES[power + 8];
}

export const precisionFixed = (step: number) => Math.max(0, -exponent(step));
export const precisionPrefix = (step: number, largest: number) => Math.max(0, 3 * thousands(largest) - exponent(step));
/** Of formats that no tick has; without the name the build could not tell. */
export const precisionRound = null;

const PREFIXES = ["y", "z", "a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];

const thousands = (value: number) => Math.max(-8, Math.min(8, Math.floor(exponent(value) / 3)));

/** The power of ten in the scientific notation of a number; NaN for what has none. */
const exponent = (value: number) => Number(value.toExponential().split("e")[1]);
