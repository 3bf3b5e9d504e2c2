/** What the fan shows beside or instead of its lines. */
import type { Fan, FanStratum } from "../../fit/fan.js";
import { pointwise, type Interval } from "../../stats/interval.js";

export type Show = "lines" | "pointwise" | "curvewise" | "new";

export const SHOWN: Readonly<Record<Show, string>> = {
  lines: "lines",
  pointwise: "median and bands, pointwise",
  curvewise: "median and bands, curvewise",
  new: "new observations",
};

/** Probabilities of bands: half, and what Statistical Rethinking and everybody else are used to. */
export const PROBS = [0.95, 0.89, 0.5] as const;

/** Bands of a stratum, the widest first, and the median that takes the place of the mean. */
export interface Bands {
  readonly median: ArrayLike<number> | null;
  readonly of: readonly { readonly prob: number; readonly bounds: readonly Interval[] }[];
}

/** The bands of each stratum; `prob` is the interval that is asked for beside lines, or null. */
export function bandsOf(fan: Fan, show: Show, prob: number | null): Bands[] {
  return fan.strata.map((stratum) => {
    if (show === "lines") {
      return { median: null, of: prob === null ? [] : [{ prob, bounds: pointwise(stratum.curves, prob) }] };
    }
    return { median: medianOf(stratum), of: PROBS.map((each) => ({ prob: each, bounds: pointwise(stratum.curves, each) })) };
  });
}

function medianOf({ curves }: FanStratum): Float64Array {
  return Float64Array.from(pointwise(curves, 0), ({ low }) => low);
}
