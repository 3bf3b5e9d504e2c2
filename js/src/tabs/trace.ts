import { axes } from "../marks/axes.js";
import { density, summaryBar } from "../marks/density.js";
import { rule } from "../marks/rule.js";
import { divergences, trace } from "../marks/trace.js";
import { column, shownDraws } from "../fit/draws.js";
import type { Stage } from "../stage.js";
import { extent } from "../stats/extent.js";
import { brief, plural } from "../stats/format.js";
import { sampleInterval, tabledInterval, type Interval } from "../stats/interval.js";
import { posterior } from "../stats/sentence.js";
import { seriesDash, seriesInk } from "../theme.js";
import { probability } from "../ui/controls.js";
import { arrange, h, notes, s } from "../ui/dom.js";
import { keyed } from "../ui/keyed.js";
import { legend, type LegendEntry } from "../ui/legend.js";
import { plot, type Surface } from "../ui/plot.js";
import { renew } from "../ui/renew.js";
import { isUnavailable, type Draws, type Fit, type TraceRow, type TraceView } from "../wire.js";
import { fold, toggled, type Part } from "./fold.js";

/** Why there are no traces, or null. */
export function noTrace(_view: TraceView, { draws }: Fit): string | null {
  return isUnavailable(draws) ? draws.unavailable : null;
}

/** Every parameter's marginal posterior and the chains it came from, told apart by colour and dashes. */
export function traceTab(stage: Stage, view: () => TraceView): HTMLElement {
  const key = h("div");
  const list = h("div");
  const captions = h("div");
  const nameOf = (part: Part<TraceRow>) => (part.kind === "single" ? `row ${part.row.label}` : `term ${part.term}`);
  const parts = keyed(stage, nameOf, (own, part) =>
    part.kind === "single" ? rowElement(own, view, part.row.label) : folded(own, view, part.term),
  );
  stage.follow(["fit"], () => {
    arrange(list, parts(fold(view().rows)));
    renew(key, [legend(entries(drawsOf(stage)))]);
    renew(captions, [notes([LAYOUT, ...view().notes, ...drawsOf(stage).left_out])].filter((part) => part !== null));
  });
  return h("div", {}, h("div", { class: "glm-controls" }, probability(stage)), key, list, captions);
}

const LAYOUT = "Left: one density per chain, with mean and interval below. Right: the draws in their order.";

/** Whose traces are shown: a fit without draws has no rows either. */
function drawsOf({ fit }: Stage): Draws {
  return fit.draws as Draws;
}

function entries({ n_chains, divergent }: Draws): LegendEntry[] {
  const chains = Array.from({ length: n_chains }, (_, c): LegendEntry => {
    return { name: `chain ${c + 1}`, mark: "line", ink: seriesInk(c), dash: seriesDash(c) };
  });
  return divergent.data.length > 0 ? [...chains, { name: "divergence", mark: "line", ink: "error" }] : chains;
}

/** The rows of a group-specific term, built when first opened: there may be hundreds. */
function folded(stage: Stage, view: () => TraceView, term: string): HTMLElement {
  const summary = h("summary", {});
  const details = h("details", { class: "glm-fold" }, summary);
  const elements = keyed(stage, String, (own, label: string) => rowElement(own, view, label));
  let opened = false;
  const toggle = () => {
    const terms = stage.get("unfolded_traces");
    if (details.open !== terms.includes(term)) stage.set("unfolded_traces", toggled(terms, term));
  };
  stage.follow(["fit", "unfolded_traces"], () => {
    const labels = view().rows.filter((row) => row.term === term).map(({ label }) => label);
    summary.textContent = `${term} (${plural(labels.length, "parameter")})`;
    details.open = stage.get("unfolded_traces").includes(term);
    opened ||= details.open;
    arrange(details, [summary, ...(opened ? elements(labels) : [])]);
  });
  details.addEventListener("toggle", toggle, { signal: stage.signal });
  return details;
}

function rowElement(stage: Stage, view: () => TraceView, label: string): HTMLElement {
  let row = rowOf(view(), label);
  let found = lookup(stage, row);
  const told = h("span", { class: "glm-result" });
  const left = plot(stage, { height: () => 112, draw: drawDensity });
  const right = plot(stage, { height: () => 112, draw: drawTrace });

  stage.follow(["fit"], () => {
    row = rowOf(view(), label);
    found = lookup(stage, row);
    const { n_chains, divergent } = drawsOf(stage);
    right.describe(`Trace of ${label}: ${plural(n_chains, "chain")}, ${plural(divergent.data.length, "divergence")}`);
    right.redraw();
  });
  stage.follow(["fit", "prob"], () => {
    const prob = stage.get("prob");
    const words = posterior(row.mean, found.interval(prob), prob, found.digits);
    told.textContent = row.truth === null ? words : `${words}, truth ${brief(row.truth, 4)}`;
    left.describe(`Posterior of ${label}: ${told.textContent}`);
    left.redraw();
  });
  return h(
    "section",
    { class: "glm-trace-row" },
    h("div", { class: "glm-trace-head" }, h("span", { class: "glm-parameter" }, label), told),
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
    const draws = drawsOf(stage);
    const { every, divergent, n_draws } = draws;
    const chains = column(draws, label) ?? new Float64Array();
    const scales = axes(surface, {
      x: { kind: "numeric", label: "", domain: [0, n_draws] },
      y: { kind: "numeric", label: "", domain: extent([chains], 0.08) },
    });
    trace(ctx, { draws: chains, n: shownDraws(draws), every }, scales, surface.palette);
    divergences(ctx, { divergent, n_draws }, scales, surface.palette);
  }
}

/** The row of a parameter; whatever shows one that has gone has ended before this is asked. */
function rowOf({ rows }: TraceView, label: string): TraceRow {
  return rows.find((row) => row.label === label)!;
}

/** Interval and decimals of a row: the Summary's own when it has the row, so that the tabs cannot disagree. */
function lookup(stage: Stage, row: TraceRow): { interval: (prob: number) => Interval; digits: number | null } {
  const { summary } = stage.fit.tabs;
  const at = isUnavailable(summary) ? -1 : summary.rows.findIndex(({ label }) => label === row.label);
  if (isUnavailable(summary) || at < 0) {
    const draws = column(drawsOf(stage), row.label) ?? new Float64Array();
    return { interval: (prob) => sampleInterval(draws, prob), digits: null };
  }
  return {
    interval: (prob) => tabledInterval(summary.probs, summary.quantiles, at, prob),
    digits: summary.rows[at]!.digits,
  };
}
