/** Fans whose curves Python made: of a PyMC block, and of files of the first version. */
import { curves } from "../stats/curves.js";
import { apart } from "../stats/apart.js";
import { BINARY } from "../stats/jitter.js";
import { once } from "../stats/once.js";
import type { FanAxis } from "../wire.js";
import type { Fan } from "./fan.js";

/** The fan of an axis; asking again is free. */
export const shippedFan = once(({ x, kind, grid, levels, points, jitter, strata }: FanAxis): Fan => ({
  x,
  kind,
  grid: grid.data,
  levels,
  strata: strata.map(({ label, lines, mean, truth }) => {
    return { label, curves: curves(lines), mean: mean.data, truth: truth?.data ?? null, simulated: null };
  }),
  points: points && {
    ...apart(points.x.data, points.y.data, [kind === "category" ? 0 : null, jitter ? BINARY : null]),
    hollow: points.hollow?.data ?? null,
  },
}));
