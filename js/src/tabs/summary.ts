import type { Stage } from "../stage.js";
import { NONE, plural } from "../stats/format.js";
import type { Table } from "../stats/table.js";
import { toggle } from "../ui/bound.js";
import { probability } from "../ui/controls.js";
import { copyButtons } from "../ui/copy.js";
import { h, notes } from "../ui/dom.js";
import { present } from "../ui/entries.js";
import { findingList } from "../ui/findings.js";
import { on } from "../ui/listen.js";
import { reachable } from "../ui/reach.js";
import { renew } from "../ui/renew.js";
import { controlRow, offer } from "../ui/scene.js";
import { isUnavailable, type SummaryView } from "../wire.js";
import { fold, toggled } from "./fold.js";
import { BEFORE, ghostOf } from "./ghost.js";
import { brushOf, litOf } from "./selection.js";
import { caption, cells, hasRatios, header, type Asked, type Cell } from "./summary-cells.js";

/** Notes (what is worse stands above the tabs), then every parameter with its interval and the diagnostics of its draws. */
export function summaryTab(stage: Stage, view: () => SummaryView): HTMLElement {
  const table = h("table", { class: "glm-table" });
  const scroll = h("div", { class: "glm-scroll" }, table);
  const [noted, words, controls] = [h("div"), h("div"), controlRow()];
  const ratios = toggle(stage, "Show ratios", "ratios");
  const interval = probability(stage);
  stage.follow(["fit"], () => offer(controls, hasRatios(stage.fit) && ratios, interval));
  const show = () => renew(table, tableContent(stage, view(), asked(stage)));
  stage.follow(["fit", "ghost", "prob", "ratios", "unfolded_rows", "selection"], show);
  stage.follow(["fit", "ratios"], () => {
    renew(noted, present(findingList(stage, stage.fit.findings.filter(({ severity }) => severity === "note"))));
    renew(words, present(notes([...view().notes, ...(asked(stage).ratios ? AS_RATIOS : [])]), meanings(view())));
  });
  reachable(stage, scroll, { role: "group", "aria-label": "Summary table" });
  on(stage, table, "click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("button[data-term]");
    if (!button) return;
    button.focus(); // Safari does not; `renew` gives the focus to the button that takes its place
    stage.set("unfolded_rows", toggled(stage.get("unfolded_rows"), button.dataset.term!));
    stage.flush();
  });
  return h("div", {}, noted, controls, scroll, copyButtons(stage, () => asText(stage, view(), asked(stage))), words);
}

/** Every column and parameter in a line each, for those who cannot hover. */
function meanings({ columns, parameters }: SummaryView): HTMLElement | null {
  const said = [...parameters, ...columns].filter(({ words }) => words !== "");
  if (said.length === 0) return null;
  const list = said.flatMap(({ name, words }) => [h("dt", {}, name), h("dd", {}, words)]);
  return h("details", { class: "glm-meanings" }, h("summary", {}, "What the parameters and columns mean"), h("dl", {}, ...list));
}

/** The attributes that explain a heading on hover and to a screen reader. */
const explained = (words: string): Record<string, string> => (words === "" ? {} : { title: words, "aria-description": words });

function ofColumn({ columns }: SummaryView, name: string): string {
  const own = name.endsWith("%") ? "interval" : name;
  return columns.find((column) => column.name === own)?.words ?? "";
}

/** The longest name that a label is, or begins with: `1|school[7]` belongs to `1|school`. */
export function ofParameter({ parameters }: Pick<SummaryView, "parameters">, label: string): string {
  const own = parameters.filter(({ name }) => label === name || label.startsWith(`${name}[`));
  return own.sort((a, b) => b.name.length - a.name.length)[0]?.words ?? "";
}

const AS_RATIOS = [
  "Ratios are exponentiated within each draw: their mean is not the exponential of a coefficient's mean. A baseline is where every predictor is zero and every factor at its reference level.",
  "ESS and R-hat are those of the coefficients.",
];

/** What is asked of the table: ratios only where there are some. */
const asked = (stage: Stage): Asked => ({
  prob: stage.get("prob"),
  ratios: stage.get("ratios") && hasRatios(stage.fit),
  draw: litOf(stage),
  brushed: brushOf(stage) !== null,
});

function tableContent(stage: Stage, view: SummaryView, ask: Asked): HTMLElement[] {
  const open = stage.get("unfolded_rows");
  const heads = header(view, ask).map((name) => h("th", { scope: "col", ...explained(ofColumn(view, name)) }, name));
  const rowAt = (at: number) => {
    const { label } = view.rows[at]!;
    const old = before(stage, label, ask);
    const own = cells(stage.fit, view, at, ask).map((cell, i) => tableCell(cell, old[i] ?? ""));
    return h("tr", {}, h("th", { scope: "row", ...explained(ofParameter(view, label)) }, label), ...own);
  };
  const bodies = fold(view.rows).map(({ term, at }) => {
    if (term === null) return h("tbody", {}, rowAt(at[0]));
    const expanded = open.includes(term);
    const attributes = { type: "button", class: "glm-unfold", "aria-expanded": String(expanded), "data-term": term };
    const button = h("button", attributes, `${term} (${plural(at.length, "parameter")})`);
    const head = h("th", { scope: "rowgroup", colspan: heads.length, ...explained(ofParameter(view, term)) }, button);
    return h("tbody", {}, h("tr", {}, head), ...(expanded ? at.map(rowAt) : []));
  });
  return [h("caption", {}, h("span", {}, caption(view, ask))), h("thead", {}, h("tr", {}, ...heads)), ...bodies];
}

/** The numbers of a parameter before a change, for the columns that say where it is. */
function before(stage: Stage, label: string, ask: Asked): string[] {
  const view = ghostOf(stage)?.tabs.summary;
  if (!view || isUnavailable(view)) return [];
  const at = view.rows.findIndex((row) => row.label === label);
  if (at < 0) return [];
  const heads = header(view, { ...ask, draw: null }).slice(1);
  return cells(stage.ghost!, view, at, { ...ask, draw: null }).map(({ text }, i) => (WHERE.test(heads[i]!) ? text : ""));
}

const WHERE = /^(mean|median|sd)$|%$/;

function tableCell({ text, flag }: Cell, old: string): HTMLElement {
  if (old !== "") return h("td", {}, text, h("div", { class: "glm-before", title: BEFORE }, h("span", { class: "glm-spoken" }, `${BEFORE}: `), old));
  if (flag === null) return h("td", {}, text);
  const [mark, spoken] = [h("span", { "aria-hidden": "true" }, "⚠ "), h("span", { class: "glm-spoken" }, `, ${flag}`)];
  return h("td", { class: "glm-flagged", title: flag }, mark, text, spoken);
}

/** The whole table, folded rows included, as printed but with bare numbers. */
function asText(stage: Stage, view: SummaryView, ask: Asked): Table {
  const bare = ({ text }: Cell) => (text === NONE ? null : text.replaceAll(",", ""));
  return {
    caption: `${caption(view, ask)}: ${stage.fit.title}`,
    header: header(view, ask),
    rows: view.rows.map(({ label }, at) => [label, ...cells(stage.fit, view, at, ask).map(bare)]),
  };
}
