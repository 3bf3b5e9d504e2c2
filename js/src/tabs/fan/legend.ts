import { percent } from "../../stats/format.js";
import { seriesDash } from "../../theme.js";
import type { LegendEntry } from "../../ui/legend.js";
import type { Bands, Show } from "./bands.js";
import type { Picture } from "./answer.js";
import { meanInk } from "./picture.js";

/** The legend of a picture: whatever is drawn is named. */
export function fanEntries({ fan, under }: Picture, show: Show, bands: readonly Bands[]): LegendEntry[] {
  const { strata, points, kind } = fan;
  const truth = strata.some((stratum) => stratum.truth !== null);
  const hollow = Array.from(points?.hollow ?? []).some((value) => value !== 0);
  const mark = kind === "category" ? "disc" : "line";
  const centre = show === "lines" ? "posterior mean" : "posterior median";
  const means = strata.map(({ label }, i): LegendEntry => {
    return { name: label === "" ? centre : label, mark, ink: meanInk(fan, i), dash: seriesDash(i), width: 3 };
  });
  const one = strata.length === 1 && show === "lines" ? [{ name: "posterior line", mark: "line", ink: "fan", width: 1 } as const] : [];
  const widths = [...(bands[0]?.of ?? [])].map(({ prob }) => percent(prob));
  return [
    ...(points ? [{ name: points.name ?? "observed", mark: "cross", ink: "point" } as const] : []),
    ...(hollow ? [{ name: "censored", mark: "ring", ink: "point" } as const] : []),
    ...one,
    ...means,
    ...(widths.length === 0 ? [] : [{ name: bandName(widths, show), mark: "band", ink: strata.length > 1 ? "muted" : "mean" } as const]),
    ...(under !== null ? [{ name: "prior line", mark: "line", ink: "muted", width: 1 } as const] : []),
    ...(truth ? [{ name: "true curve", mark: "line", ink: "truth", dash: [7, 4] } as const] : []),
  ];
}

function bandName(widths: readonly string[], show: Show): string {
  const each = widths.join(", ");
  return show === "new" ? `${each} of new observations` : show === "lines" ? `${each} interval` : `${each} bands`;
}
