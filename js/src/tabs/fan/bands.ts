/** What the fan shows beside or instead of its lines. */
import { curvewiseBands, medianLine, pointwiseBands, type Band } from "../../fit/bands.js";
import type { Fan } from "../../fit/fan.js";
import type { Stage } from "../../stage.js";

export const SHOWN = {
  lines: "lines",
  pointwise: "median and bands, pointwise",
  curvewise: "median and bands, curvewise",
  new: "new observations",
} as const;

export type Show = keyof typeof SHOWN;

export function showOf(stage: Stage): Show {
  const show = stage.get("show");
  return show in SHOWN ? (show as Show) : "lines";
}

/** How many lines of a fan are drawn; none where bands take their place. */
export const linesOf = (stage: Stage, { strata }: Fan): number =>
  showOf(stage) === "lines" ? Math.min(strata[0]!.curves.n_lines, stage.get("n_lines")) : 0;

/** Curves, of all strata and pictures together, that are evaluated and drawn within a frame while a slider is dragged. */
export const MOST_MOVING: Readonly<Record<Show, number>> = { lines: 1_000, pointwise: 400, curvewise: 150, new: 150 };

/** Probabilities of bands. */
const PROBS = [0.95, 0.89, 0.5];

/** Bands of a stratum, the widest first, and the median that takes the place of the mean. */
export interface Bands {
  readonly median: ArrayLike<number> | null;
  readonly of: readonly Band[];
}

/** The bands of each stratum; beside lines there is the interval, where it is asked for. */
export function bandsOf(stage: Stage, { strata }: Fan): Bands[] {
  const show = showOf(stage);
  const bands = show === "curvewise" ? curvewiseBands : pointwiseBands;
  return strata.map(({ curves, simulated }) => {
    if (show === "lines") return { median: null, of: stage.get("interval") ? bands(curves, [stage.get("prob")]) : [] };
    const shown = show === "new" ? simulated : curves;
    return shown === null ? { median: null, of: [] } : { median: medianLine(shown), of: bands(shown, PROBS) };
  });
}
