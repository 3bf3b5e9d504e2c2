import { axes } from "../marks/axes.js";
import { density, summaryBar } from "../marks/density.js";
import { rule } from "../marks/rule.js";
import { divergences, trace } from "../marks/trace.js";
import type { Stage } from "../stage.js";
import { extent } from "../stats/extent.js";
import { brief, plural } from "../stats/format.js";
import { sampleInterval, tabledInterval, type Interval } from "../stats/interval.js";
import { posterior } from "../stats/sentence.js";
import { seriesDash, seriesInk } from "../theme.js";
import { probability } from "../ui/controls.js";
import { h, notes, s } from "../ui/dom.js";
import { perFrame } from "../ui/frame.js";
import { legend, type LegendEntry } from "../ui/legend.js";
import { plot, type Surface } from "../ui/plot.js";
import { isUnavailable, type TraceRow, type TraceView } from "../wire.js";
import { fold } from "./fold.js";

/** Every parameter's marginal posterior and the chains it came from, told apart by colour and dashes. */
export function traceTab(stage: Stage, view: TraceView): HTMLElement {
  const parts = fold(view.rows).map((part) =>
    part.kind === "single" ? rowElement(stage, view, part.row) : folded(stage, view, part),
  );
  const layout = "Left: one density per chain, with mean and interval below. Right: the draws in their order.";
  const controls = h("div", { class: "glm-controls" }, probability(stage));
  return h("div", {}, controls, legend(entries(view)), ...parts, notes([layout, ...view.notes]));
}

function entries(view: TraceView): LegendEntry[] {
  const chains = Array.from({ length: view.n_chains }, (_, c): LegendEntry => {
    return { name: `chain ${c + 1}`, mark: "line", ink: seriesInk(c), dash: seriesDash(c) };
  });
  const diverged = view.divergent.data.length > 0;
  return diverged ? [...chains, { name: "divergence", mark: "line", ink: "error" }] : chains;
}

/** The rows of a group-specific term, built when first opened: there may be hundreds. */
function folded(stage: Stage, view: TraceView, { term, rows }: { term: string; rows: readonly TraceRow[] }): HTMLElement {
  const summary = h("summary", {}, `${term} (${plural(rows.length, "parameter")})`);
  const details = h("details", { class: "glm-fold" }, summary);
  const open = () => {
    if (details.open && details.childElementCount === 1) {
      details.append(...rows.map((row) => rowElement(stage, view, row)));
    }
  };
  details.addEventListener("toggle", open, { signal: stage.signal });
  return details;
}

function rowElement(stage: Stage, view: TraceView, row: TraceRow): HTMLElement {
  const found = lookup(stage, row);
  const told = h("span", { class: "glm-result" });
  const left = plot(stage, { height: () => 112, draw: drawDensity });
  const right = plot(stage, { height: () => 112, draw: drawTrace });
  const redraw = perFrame(stage.signal, left.redraw);
  const divergent = view.divergent.data.length;
  right.describe(`Trace of ${row.label}: ${plural(view.n_chains, "chain")}, ${plural(divergent, "divergence")}`);

  stage.follow("prob", (prob) => {
    const words = posterior(row.mean, found.interval(prob), prob, found.digits);
    told.textContent = row.truth === null ? words : `${words}, truth ${brief(row.truth, 4)}`;
    left.describe(`Posterior of ${row.label}: ${told.textContent}`);
    redraw();
  });
  return h(
    "section",
    { class: "glm-trace-row" },
    h("div", { class: "glm-trace-head" }, h("span", { class: "glm-parameter" }, row.label), told),
    h("div", { class: "glm-trace-plots" }, left.el, right.el),
  );

  function drawDensity(surface: Surface): void {
    const ctx = surface.layers[0]!;
    const { x, y } = row.density;
    const [, peak] = extent([y.data]);
    const truth = row.truth === null ? [] : [row.truth];
    const scales = axes(surface, {
      x: { kind: "numeric", label: "", domain: extent([x.data, truth], 0.01) },
      y: { kind: "hidden", domain: [-0.16 * peak, (row.truth === null ? 1.06 : 1.25) * peak] },
    });
    density(ctx, row.density, scales, surface.palette);
    const interval = found.interval(stage.get("prob"));
    if (row.mean !== null) summaryBar(ctx, { mean: row.mean, interval }, scales, surface.palette);
    if (row.truth === null) return;
    rule(ctx, row.truth, scales, surface.palette.truth);
    const at = scales.x(row.truth);
    const end = at > surface.width - 50;
    const place = { x: end ? at - 5 : at + 5, y: scales.top + 9, "text-anchor": end ? "end" : "start" };
    surface.svg.append(s("text", { ...place, class: "glm-truth" }, "truth"));
  }

  function drawTrace(surface: Surface): void {
    const ctx = surface.layers[0]!;
    const n_shown = row.trace.shape[1] ?? 0;
    const { every } = view;
    const scales = axes(surface, {
      x: { kind: "numeric", label: "", domain: [0, Math.max(1, n_shown * every)] },
      y: { kind: "numeric", label: "", domain: extent([row.trace.data], 0.08) },
    });
    trace(ctx, { draws: row.trace, every }, scales, surface.palette);
    divergences(ctx, { divergent: view.divergent, n_draws: view.n_draws }, scales, surface.palette);
  }
}

/** Interval and decimals of a row: the Summary's own when it has the row, so that the tabs cannot disagree. */
function lookup(stage: Stage, row: TraceRow): { interval: (prob: number) => Interval; digits: number | null } {
  const { summary } = stage.payload.tabs;
  const at = isUnavailable(summary) ? -1 : summary.rows.findIndex(({ label }) => label === row.label);
  if (isUnavailable(summary) || at < 0) {
    return { interval: (prob) => sampleInterval(row.trace.data, prob), digits: null };
  }
  return {
    interval: (prob) => tabledInterval(summary.probs, summary.quantiles, at, prob),
    digits: summary.rows[at]!.digits,
  };
}
