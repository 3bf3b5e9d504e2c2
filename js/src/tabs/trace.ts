import { drawsOf, isShipped, remaining, shippedDraws } from "../fit/draws.js";
import type { Stage } from "../stage.js";
import { count, plural } from "../stats/format.js";
import { seriesDash, seriesInk } from "../theme.js";
import { checkbox, probability, search, select } from "../ui/controls.js";
import { arrange, h, notes } from "../ui/dom.js";
import { keyed } from "../ui/keyed.js";
import { legend, type LegendEntry } from "../ui/legend.js";
import { renew } from "../ui/renew.js";
import { roving } from "../ui/roving.js";
import { watchSight } from "../ui/sight.js";
import { isUnavailable, type Draws, type Fit, type TraceRow, type TraceView } from "../wire.js";
import { fold, toggled, type Part } from "./fold.js";
import { LAYOUTS } from "./trace/density.js";
import { DIAGNOSTICS, diagnosticOf } from "./trace/diagnostics.js";
import { rowElement } from "./trace/row.js";

/** Parameters above which they can be searched. */
const SEARCHED = 20;

/** Why there are no traces, or null. */
export function noTrace(_view: TraceView, { draws }: Fit): string | null {
  return isUnavailable(draws) ? draws.unavailable : null;
}

/** Every parameter's marginal posterior and the chains it came from, told apart by colour and dashes. */
export function traceTab(stage: Stage, view: () => TraceView): HTMLElement {
  const key = h("div");
  const list = h("div");
  const captions = h("div");
  const controls = h("div", { class: "glm-controls" });
  const sightOf = watchSight(stage);
  const focus = roving(stage, list, ".glm-trace-plots");
  const element = (own: Stage, label: string) => rowElement(own, view, label, { sightOf, entries });
  const nameOf = (part: Part<TraceRow>) => (part.kind === "single" ? `row ${part.row.label}` : `term ${part.term}`);
  const parts = keyed(stage, nameOf, (own, part) => (part.kind === "single" ? element(own, part.row.label) : folded(own, part.term)));

  const density = select(stage, "Density", (i) => stage.set("density", LAYOUTS[i]!));
  const diagnostic = select(stage, "Diagnostic", (i) => stage.set("diagnostic", DIAGNOSTICS[i]!.name));
  const truth = checkbox(stage, "Show truth", (on) => stage.set("show_truth", on));
  const find = search(stage, "Find parameters", (text) => stage.set("find", text));
  const interval = probability(stage);

  stage.follow(["fit", "density", "diagnostic", "show_truth", "find"], () => {
    const rows = shownRows();
    arrange(controls, [
      density.el,
      diagnostic.el,
      interval,
      rows.some((row) => row.truth !== null) ? truth.el : null,
      rows.length > SEARCHED ? find.el : null,
    ]);
    density.show(LAYOUTS, Math.max(0, LAYOUTS.findIndex((one) => one === stage.get("density"))));
    diagnostic.show(DIAGNOSTICS.map(({ name }) => name), DIAGNOSTICS.indexOf(diagnosticOf(stage.get("diagnostic"))));
    truth.show(stage.get("show_truth"));
    find.show(stage.get("find"), `${count(found().length)} of ${plural(rows.length, "parameter")}`);
  });
  stage.follow(["fit", "find"], () => {
    arrange(list, parts(sought() === "" ? fold(shownRows()) : found().map((row, at) => ({ kind: "single", row, at }))));
    focus.settle();
  });
  stage.follow(["fit", "diagnostic", "selection"], () => renew(key, [legend(entries())]));
  stage.follow(["fit", "diagnostic"], () => {
    const said = [LEFT, diagnosticOf(stage.get("diagnostic")).note, BRUSH, ...view().notes, ...draws().left_out];
    renew(captions, [notes(said)].filter((part) => part !== null));
  });
  return h("div", {}, controls, key, list, captions);

  function draws(): Draws {
    return drawsOf(stage.fit)!; // a fit without draws has no rows either
  }

  /** The rows of which there is something to draw. */
  function shownRows(): readonly TraceRow[] {
    return view().rows.filter(({ label, density: made }) => made !== null || isShipped(draws(), label));
  }

  function sought(): string {
    return shownRows().length > SEARCHED ? stage.get("find").trim().toLowerCase() : "";
  }

  function found(): readonly TraceRow[] {
    return shownRows().filter(({ label }) => label.toLowerCase().includes(sought()));
  }

  function entries(): LegendEntry[] {
    const { n_chains, divergent } = draws();
    const { brushed } = stage.get("selection");
    const shown = diagnosticOf(stage.get("diagnostic"));
    const chains = Array.from({ length: n_chains }, (_, c): LegendEntry => {
      return { name: `chain ${c + 1}`, mark: "line", ink: seriesInk(c), dash: seriesDash(c) };
    });
    const rest = `${count(remaining(draws(), brushed).length)} of ${plural(shippedDraws(draws()), "draw")} in the brush`;
    return [
      ...chains,
      ...(divergent.data.length > 0 ? [{ name: "divergence", mark: "line", ink: "error" } as const] : []),
      ...shown.entries,
      ...(brushed === null ? [] : [{ name: rest, mark: "line", ink: "text" } as const]),
    ];
  }

  /** The rows of a group-specific term, built when first opened: there may be hundreds. */
  function folded(own: Stage, term: string): HTMLElement {
    const summary = h("summary", {});
    const details = h("details", { class: "glm-fold" }, summary);
    const elements = keyed(own, String, element);
    let opened = false;
    const toggle = () => {
      const terms = own.get("unfolded_traces");
      if (details.open !== terms.includes(term)) own.set("unfolded_traces", toggled(terms, term));
    };
    own.follow(["fit", "unfolded_traces"], () => {
      const labels = shownRows().flatMap((row) => (row.term === term ? [row.label] : []));
      summary.textContent = `${term} (${plural(labels.length, "parameter")})`;
      details.open = own.get("unfolded_traces").includes(term);
      opened ||= details.open;
      arrange(details, [summary, ...(opened ? elements(labels) : [])]);
    });
    details.addEventListener("toggle", toggle, { signal: own.signal });
    return details;
  }
}

const LEFT = "Left: the densities of the chains, with mean and interval below.";
const BRUSH = "Drag across a density to keep the draws of an interval: the other densities and the fan then show these alone.";
