import { drawsOf, isShipped, remaining, shippedDraws } from "../fit/draws.js";
import type { Stage } from "../stage.js";
import { count, plural } from "../stats/format.js";
import { seriesDash, seriesInk } from "../theme.js";
import { choice, toggle } from "../ui/bound.js";
import { BRUSH } from "../ui/brush.js";
import { probability, search } from "../ui/controls.js";
import { arrange, h } from "../ui/dom.js";
import { entry, present } from "../ui/entries.js";
import { keyed } from "../ui/keyed.js";
import type { LegendEntry } from "../ui/legend.js";
import { on } from "../ui/listen.js";
import { roving } from "../ui/roving.js";
import { controlRow, offer, scene } from "../ui/scene.js";
import { watchSight } from "../ui/sight.js";
import { isUnavailable, type Fit, type TraceRow, type TraceView } from "../wire.js";
import { fold, toggled } from "./fold.js";
import { ghostEntry } from "./ghost.js";
import { brushOf } from "./selection.js";
import { DIAGNOSTICS, diagnosticOf } from "./trace/diagnostics.js";
import { rowElement } from "./trace/row.js";

/** Parameters above which they can be searched. */
const SEARCHED = 20;

/** Why there are no traces, or null. */
export const noTrace = (_view: TraceView, { draws }: Fit): string | null => (isUnavailable(draws) ? draws.unavailable : null);

/** A row, or the first of its term. */
type Named = Pick<TraceRow, "term" | "label">;

/** Every parameter's marginal posterior and the chains it came from, told apart by colour and dashes. */
export function traceTab(stage: Stage, view: () => TraceView): HTMLElement {
  const draws = () => drawsOf(stage.fit)!; // a fit without draws has no rows either
  /** Those of which there is something to draw. */
  const shownRows = () => view().rows.filter(({ label, density: made }) => made !== null || isShipped(draws(), label));
  const list = h("div");
  const controls = controlRow();
  const place = scene(list, controls);
  const sightOf = watchSight(stage);
  const focus = roving(stage, list, ".glm-trace-plots");
  const element = (own: Stage, label: string) => rowElement(own, view, label, { sightOf, entries });
  const nameOf = ({ term, label }: Named) => (term === null ? `row ${label}` : `term ${term}`);
  const parts = keyed(stage, nameOf, (own, { term, label }) => (term === null ? element(own, label) : folded(own, term)));

  const density = choice(stage, "Density", "density", () => ["overlaid", "by chain"]);
  const diagnostic = choice(stage, "Diagnostic", "diagnostic", () => DIAGNOSTICS.map(({ name }) => name));
  const truth = toggle(stage, "Show truth", "show_truth");
  const find = search(stage, "Find parameters", (text) => stage.set("find", text));
  const interval = probability(stage);

  stage.follow(["fit", "find"], () => {
    const rows = shownRows();
    const sought = rows.length > SEARCHED ? stage.get("find").trim().toLowerCase() : "";
    const found = rows.filter(({ label }) => label.toLowerCase().includes(sought));
    offer(controls, density, diagnostic, interval, rows.some((row) => row.truth !== null) && truth, rows.length > SEARCHED && find.el);
    find.show(stage.get("find"), `${count(found.length)} of ${plural(rows.length, "parameter")}`);
    const shown: readonly Named[] = sought === "" ? rows : found.map(({ label }) => ({ label, term: null }));
    arrange(list, parts(fold(shown).map(({ at }) => shown[at[0]]!)));
    focus.settle();
  });
  stage.follow(["fit", "ghost", "diagnostic", "selection"], () => place.legend(entries()));
  stage.follow(["fit", "diagnostic"], () => {
    place.notes([LEFT, `Right: ${diagnosticOf(stage).note}`, BRUSH, ...view().notes, ...draws().left_out]);
  });
  return place.el;

  function entries(): LegendEntry[] {
    const brushed = brushOf(stage);
    return present(
      ...Array.from({ length: draws().n_chains }, (_, c) => entry("line", `chain ${c + 1}`, seriesInk(c), seriesDash(c))),
      draws().divergent.data.length > 0 && entry("line", "divergence", "error"),
      ...diagnosticOf(stage).entries,
      ghostEntry(stage, "line"),
      brushed !== null && entry("line", `${count(remaining(draws(), brushed).length)} of ${plural(shippedDraws(draws()), "draw")} in the brush`, "text"),
    );
  }

  /** The rows of a group-specific term, built when first opened: there may be hundreds. */
  function folded(own: Stage, term: string): HTMLElement {
    const summary = h("summary", {});
    const details = h("details", { class: "glm-fold" }, summary);
    const elements = keyed(own, String, element);
    let opened = false;
    own.follow(["fit", "unfolded_traces"], () => {
      const labels = shownRows().flatMap((row) => (row.term === term ? [row.label] : []));
      summary.textContent = `${term} (${plural(labels.length, "parameter")})`;
      details.open = own.get("unfolded_traces").includes(term);
      opened ||= details.open;
      arrange(details, [summary, ...(opened ? elements(labels) : [])]);
    });
    on(own, details, "toggle", () => {
      const terms = own.get("unfolded_traces");
      if (details.open !== terms.includes(term)) own.set("unfolded_traces", toggled(terms, term));
    });
    return details;
  }
}

const LEFT = "Left: the densities of the chains, with mean and interval below.";
