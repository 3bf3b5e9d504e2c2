import { tickIncrement, ticks as multiples } from "d3-array";
import { fixed, grouped } from "./format.js";

/** A mark of an axis, and what is written beside it. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** From here on, ticks are written in millions, billions and so on. */
const FAR = 1e6;
const PREFIXES = ["M", "G", "T", "P", "E", "Z", "Y"];

/** About `n` ticks of a range that is not empty, with the texts that d3-scale gives them, with which vitest compares these. */
export function ticks([low, high]: readonly [number, number], n: number): Tick[] {
  if (!(high - low < Infinity)) return [];
  const step = tickIncrement(low, high, n); // where it is below 0, the number of steps in 1
  const digits = -exponent(step < 0 ? -1 / step : step);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const thousands = Math.min(8, Math.floor(exponent(largest) / 3));
  const text = largest < FAR
    ? (value: number) => grouped(fixed(value, digits))
    : (value: number) => Number(fixed(value / 1000 ** thousands, digits + 3 * thousands)) + PREFIXES[thousands - 2]!;
  return multiples(low, high, n).map((at) => ({ at, text: text(at).replace("-", "−") }));
}

/** The power of ten in the scientific notation of a number. */
const exponent = (value: number) => Number(value.toExponential().split("e")[1]);
