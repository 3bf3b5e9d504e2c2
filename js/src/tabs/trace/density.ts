import type { Densities } from "../../fit/marginals.js";
import { axes, type Scales } from "../../marks/axes.js";
import { area, density, span, summaryBar } from "../../marks/density.js";
import { curve } from "../../marks/curve.js";
import { rule } from "../../marks/rule.js";
import { extent } from "../../stats/extent.js";
import type { Interval } from "../../stats/interval.js";
import type { Kernel } from "../../stats/kde.js";
import { numeric } from "../columns.js";
import { GHOST, GHOST_DASH } from "../ghost.js";
import { s } from "../../ui/dom.js";
import type { Surface } from "../../ui/plot.js";

export interface DensityPicture {
  /** Each chain stands on a foot of its own, not one over the other. */
  readonly byChain: boolean;
  readonly densities: Densities;
  readonly mean: number | null;
  readonly interval: Interval;
  readonly truth: number | null;
  /** The interval of this very number that is brushed. */
  readonly brushed: Interval | null;
  /** The density of the draws that a brush keeps, at the places of `densities`. */
  readonly rest: ArrayLike<number> | null;
  /** All draws are drawn faintly behind those that remain. */
  readonly ghost: boolean;
  /** The density before a change. */
  readonly before: Kernel | null;
}

/** Of a chain's own height, from one foot to the next. */
const OVERLAP = 0.55;

export function drawDensity(surface: Surface, shown: DensityPicture): Scales {
  const { densities, truth, rest, brushed, mean, before } = shown;
  const { palette } = surface;
  const ctx = surface.layers[0]!;
  const [, peak] = extent([...densities.chains, rest ?? [], before?.y ?? []]);
  const last = densities.chains.length - 1;
  const step = shown.byChain ? OVERLAP * peak : 0;
  const top = peak + last * step;
  const scales = axes(surface, {
    x: numeric(extent([densities.x, before?.x ?? [], truth === null ? [] : [truth]], 0.01)),
    y: { kind: "hidden", domain: [-0.16 * top, (truth === null ? 1.06 : 1.25) * top] },
  });
  if (brushed) span(ctx, brushed, scales, palette.muted);
  if (before) curve(ctx, before, scales, { colour: palette[GHOST], width: 2, dash: GHOST_DASH });
  density(ctx, densities, scales, palette, { foot: (c) => (last - c) * step, alpha: shown.ghost ? 0.35 : 1 });
  if (rest) area(ctx, { x: densities.x, y: rest }, scales, palette.text);
  if (mean !== null) summaryBar(ctx, { mean, interval: shown.interval }, scales, palette);
  if (truth !== null) drawTruth(surface, scales, truth);
  return scales;
}

function drawTruth(surface: Surface, scales: Scales, truth: number): void {
  rule(surface.layers[0]!, truth, scales, surface.palette.truth);
  const at = scales.x(truth);
  const end = at > surface.width - 50;
  const place = { x: end ? at - 5 : at + 5, y: scales.top + 9, "text-anchor": end ? "end" : "start" };
  surface.svg.append(s("text", { ...place, class: "glm-truth" }, "truth"));
}
