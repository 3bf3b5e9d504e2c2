import { chainsOf, column, shownDraws } from "../../fit/draws.js";
import { axes, type Scales } from "../../marks/axes.js";
import { rule } from "../../marks/rule.js";
import { divergences, trace } from "../../marks/trace.js";
import { extent } from "../../stats/extent.js";
import { plural } from "../../stats/format.js";
import { numeric } from "../columns.js";
import { s } from "../../ui/dom.js";
import type { Surface } from "../../ui/plot.js";
import type { Draws } from "../../wire.js";

/** The draws of a number in their order. */
export function drawChains(surface: Surface, draws: Draws, label: string, truth: number | null): Scales {
  const ctx = surface.layers[0]!;
  const { every, divergent, n_draws } = draws;
  const chains = column(draws, label) ?? new Float64Array();
  const scales = axes(surface, { x: numeric([0, n_draws]), y: numeric(extent([chains, truth === null ? [] : [truth]], 0.08)) });
  trace(ctx, { draws: chains, n: shownDraws(draws), every, dpr: surface.dpr }, scales, surface.palette);
  divergences(ctx, { divergent, n_draws }, scales, surface.palette);
  if (truth !== null) rule(ctx, truth, scales, surface.palette.truth, "horizontal");
  surface.svg.append(s("text", { x: 2, y: scales.bottom + 15, class: "glm-axis-title" }, "draw"));
  return scales;
}

export const sayChains = ({ n_chains, divergent }: Draws): string =>
  `${plural(n_chains, "chain")}, ${plural(divergent.data.length, "divergence")}`;

/** CSS pixels within which a draw is found, and the height of the ticks of divergences. */
const REACH = 24;
const FOOT = 12;

/** The draw of a trace nearest to a place: a divergence at its foot, and else a draw of any chain. */
export function nearestOf(draws: Draws, label: string, scales: Scales, px: number, py: number): number | null {
  const { every, n_draws, divergent } = draws;
  let [best, least] = [null as number | null, REACH];
  if (py > scales.bottom - FOOT) {
    for (const draw of divergent.data) {
      const far = Math.abs(scales.x(draw % n_draws) - px);
      if (far < Math.min(least, REACH / 3)) [best, least] = [draw, far];
    }
    if (best !== null) return best;
  }
  const middle = Math.round(scales.x.invert(px) / every);
  const around = Math.max(1, Math.ceil(4 / (scales.x(every) - scales.x(0) || 1)));
  chainsOf(draws, label).forEach((chain, c) => {
    const to = Math.min(chain.length - 1, middle + around);
    for (let i = Math.max(0, middle - around); i <= to; i++) {
      const far = Math.hypot(scales.x(i * every) - px, scales.y(chain[i]!) - py);
      if (far < least) [best, least] = [c * n_draws + i * every, far];
    }
  });
  return best;
}
