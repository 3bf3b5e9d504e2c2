import type { Sample } from "./decimate.js";

/** The smallest and the largest draw. */
export function range(draws: Sample): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of draws) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Draws whose range is a smaller part of them than this do not move: they differ by rounding. */
const ROUNDING = 1e-12;

export function moves(draws: Float64Array): boolean {
  const [low, high] = range(draws);
  return draws.every(Number.isFinite) && high - low > ROUNDING * Math.max(Math.abs(low), Math.abs(high));
}
