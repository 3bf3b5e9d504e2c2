import { fixed, grouped } from "./format.js";

/** A mark of an axis, and what is written beside it. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** From here on, ticks are written in millions, billions and so on. */
const FAR = 1e6;
const PREFIXES = ["M", "G", "T", "P", "E", "Z", "Y"];

/**
 * About `n` ticks of a range that is not empty, at multiples of 1, 2 or 5 times a power of ten. They and their texts are those of d3-scale, with which vitest compares
 * them. A step below 1 is a fraction of 1, of which multiples have less rounding.
 */
export function ticks([low, high]: readonly [number, number], n: number): Tick[] {
  const rough = (high - low) / n;
  const power = Math.floor(Math.log10(rough));
  const error = rough / 10 ** power;
  const factor = error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.SQRT2 ? 2 : 1;
  const [up, down] = power < 0 ? [10 ** -power / factor, 1] : [1, 10 ** power * factor];
  const at = (i: number) => (i / up) * down;
  let [first, last] = [low, high].map((end) => Math.round((end / down) * up)) as [number, number];
  if (at(first) < low) first++;
  if (at(last) > high) last--;

  const digits = -exponent(at(1));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const thousands = Math.min(8, Math.floor(exponent(largest) / 3));
  const text = largest < FAR
    ? (value: number) => grouped(fixed(value, digits))
    : (value: number) => Number(fixed(value / 1000 ** thousands, digits + 3 * thousands)) + PREFIXES[thousands - 2]!;
  return Array.from({ length: last - first + 1 || 0 }, (_, i) => ({ at: at(first + i), text: text(at(first + i)).replace("-", "−") }));
}

/** The power of ten in the scientific notation of a number. */
const exponent = (value: number) => Number(value.toExponential().split("e")[1]);
