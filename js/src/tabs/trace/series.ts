import { axes, type Scales } from "../../marks/axes.js";
import { band } from "../../marks/band.js";
import { curve } from "../../marks/curve.js";
import { onceFor } from "../../stats/once.js";
import { ofColumns, type Table } from "../../stats/table.js";
import { seriesDash, seriesInk } from "../../theme.js";
import type { LegendEntry } from "../../ui/legend.js";
import type { Surface } from "../../ui/plot.js";
import type { Draws } from "../../wire.js";
import { numeric } from "../columns.js";

/** What stands beside the densities. */
export interface Diagnostic {
  /** The value of the trait, and the option of the control. */
  readonly name: string;
  /** What the picture is of, before the parameter's name. */
  readonly title: string;
  /** What is drawn, for the caption. */
  readonly note: string;
  readonly entries: readonly LegendEntry[];
  readonly draw: (surface: Surface, draws: Draws, label: string, truth: number | null) => Scales;
  /** What the picture shows, for a reader who cannot see it. */
  readonly say: (draws: Draws, label: string) => string;
  /** The numbers that are drawn. */
  readonly table: (draws: Draws, label: string) => Table;
}

/** A column of the table: the places of all curves, or the values of one. */
export interface Curve {
  readonly name: string;
  readonly values: Float64Array;
}

/** Curves over common places. */
export interface Series {
  readonly x: Curve;
  readonly curves: readonly Curve[];
  /** The edges of a band beneath them, the lower one first. */
  readonly edges?: readonly [Curve, Curve];
  /** A line across, to read them by. */
  readonly rule?: { readonly at: number; readonly dash: readonly number[] };
  readonly domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
}

/** A diagnostic whose picture is a series for each number; it is computed once. */
export function ofSeries(
  told: Pick<Diagnostic, "name" | "title" | "note" | "entries">,
  compute: (draws: Draws, label: string) => Series,
  say: (series: Series, draws: Draws) => string,
): Diagnostic {
  const of = onceFor(compute);
  return {
    ...told,
    draw: (surface, draws, label) => draw(surface, of(draws, label)),
    say: (draws, label) => say(of(draws, label), draws),
    table(draws, label) {
      const { x, curves, edges = [] } = of(draws, label);
      return ofColumns(told.name, [x, ...curves, ...edges]);
    },
  };
}

function draw(surface: Surface, { x: { values: x }, curves, edges, rule, domain }: Series): Scales {
  const { palette } = surface;
  const ctx = surface.layers[0]!;
  const scales = axes(surface, { x: numeric(domain.x), y: numeric(domain.y) });
  if (edges) band(ctx, { grid: x, low: edges[0].values, high: edges[1].values }, scales, { colour: palette.muted });
  if (rule) curve(ctx, { x: domain.x, y: [rule.at, rule.at] }, scales, { colour: palette.muted, dash: rule.dash, width: 1 });
  curves.forEach(({ values: y }, i) => curve(ctx, { x, y }, scales, { colour: palette[seriesInk(i)], dash: seriesDash(i), width: 1.5 }));
  return scales;
}
