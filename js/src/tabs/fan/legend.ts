import { percent } from "../../stats/format.js";
import { seriesDash } from "../../theme.js";
import { entry, present } from "../../ui/entries.js";
import type { LegendEntry } from "../../ui/legend.js";
import { BEFORE, GHOST, GHOST_DASH } from "../ghost.js";
import type { Picture } from "./answer.js";
import type { Show } from "./bands.js";
import { inkOf } from "./picture.js";

/** The legend of a picture: whatever is drawn is named. */
export function fanEntries(picture: Picture, show: Show): LegendEntry[] {
  const { fan: { strata, points, kind }, under, before, bands, isPrior } = picture;
  const of = isPrior ? "prior" : "posterior";
  const lines = show === "lines";
  const mark = kind === "category" ? "disc" : "line";
  const median = bands[0]!.median && (show === "new" ? "predictive median" : `${of} median`);
  const centre = median || `${of} mean`;
  const widths = bands[0]!.of.map(({ prob }) => percent(prob)).join(", ");
  return present(
    points && entry("cross", points.name ?? "observed", points.strata ? "muted" : "point"),
    Array.from(points?.hollow ?? []).some(Boolean) && entry("ring", "censored", "point"),
    (isPrior || strata.length === 1) && lines && entry("line", `${of} line`, inkOf(picture, 0, "fan"), [], 1),
    ...strata.map(({ label }, i) => entry(mark, label ? `${label}: ${centre.split(" ")[1]}` : centre, inkOf(picture, i, "mean"), seriesDash(i), 3)),
    widths !== "" && entry("band", widths + (lines ? " interval" : show === "new" ? " of new observations" : " bands"), strata.length > 1 || isPrior ? "muted" : "mean"),
    before && entry(mark, `${BEFORE}: mean, 89% interval`, GHOST, GHOST_DASH),
    under && entry("line", "prior line", "muted", [], 1),
    strata.some(({ truth }) => truth) && entry("line", "true curve", "truth", [7, 4]),
  );
}
