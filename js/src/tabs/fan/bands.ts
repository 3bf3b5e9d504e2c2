/** What the fan shows beside or instead of its lines. */
import { curvewiseBands, medianLine, pointwiseBands, type Band } from "../../fit/bands.js";
import type { Fan } from "../../fit/fan.js";
import type { Curves } from "../../stats/curves.js";

export type Show = "lines" | "pointwise" | "curvewise" | "new";

export const SHOWN: Readonly<Record<Show, string>> = {
  lines: "lines",
  pointwise: "median and bands, pointwise",
  curvewise: "median and bands, curvewise",
  new: "new observations",
};

/** Probabilities of bands. */
export const PROBS = [0.95, 0.89, 0.5] as const;

/** Bands of a stratum, the widest first, and the median that takes the place of the mean. */
export interface Bands {
  readonly median: ArrayLike<number> | null;
  readonly of: readonly Band[];
}

/** The bands of each stratum; `prob` is the interval that is asked for beside lines, or null. */
export function bandsOf(fan: Fan, show: Show, prob: number | null): Bands[] {
  return fan.strata.map(({ curves, simulated }) => {
    switch (show) {
      case "lines":
        return { median: null, of: prob === null ? [] : pointwiseBands(curves, [prob]) };
      case "pointwise":
        return medianWith(curves, pointwiseBands);
      case "curvewise":
        return medianWith(curves, curvewiseBands);
      case "new":
        return simulated === null ? { median: null, of: [] } : medianWith(simulated, pointwiseBands);
    }
  });
}

function medianWith(curves: Curves, bands: (curves: Curves, probs: readonly number[]) => Band[]): Bands {
  return { median: medianLine(curves), of: bands(curves, PROBS) };
}
