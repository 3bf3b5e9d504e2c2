import type { Stage } from "../stage.js";
import { NONE, plural } from "../stats/format.js";
import type { Table } from "../stats/table.js";
import { checkbox, probability } from "../ui/controls.js";
import { copyButtons } from "../ui/copy.js";
import { arrange, h, notes } from "../ui/dom.js";
import { findingList } from "../ui/findings.js";
import { renew } from "../ui/renew.js";
import { observeSize } from "../ui/size.js";
import type { SummaryRow, SummaryView } from "../wire.js";
import { fold, toggled } from "./fold.js";
import { caption, cells, hasRatios, header, type Asked, type Cell } from "./summary-cells.js";

/** Notes (what is worse stands above the tabs), then every parameter with its interval and the diagnostics of its draws. */
export function summaryTab(stage: Stage, view: () => SummaryView): HTMLElement {
  const table = h("table", { class: "glm-table" });
  const scroll = h("div", { class: "glm-scroll" }, table);
  const noted = h("div");
  const words = h("div");
  const ratios = checkbox(stage, "Show ratios", (on) => stage.set("ratios", on));
  const interval = probability(stage);
  const controls = h("div", { class: "glm-controls" });
  stage.follow(["fit", "ratios"], () => {
    arrange(controls, [hasRatios(stage.fit) ? ratios.el : null, interval]);
    ratios.show(stage.get("ratios"));
  });
  stage.follow(["fit", "prob", "ratios", "unfolded_rows"], () => renew(table, tableContent(stage, view())));
  stage.follow(["fit", "ratios"], () => {
    const list = findingList(stage, stage.fit.findings.filter(({ severity }) => severity === "note"));
    renew(noted, list === null ? [] : [list]);
    renew(words, [notes([...view().notes, ...(asked(stage).ratios ? AS_RATIOS : [])]), meanings(view())].filter((part) => part !== null));
  });
  observeSize(scroll, stage.signal, () => reachable(scroll));
  observeSize(table, stage.signal, () => reachable(scroll));
  table.addEventListener(
    "click",
    (event) => {
      const button = (event.target as Element).closest<HTMLElement>("button[data-term]");
      const term = button?.dataset.term;
      if (term === undefined) return;
      button?.focus(); // Safari does not; `renew` gives the focus to the button that takes its place
      stage.set("unfolded_rows", toggled(stage.get("unfolded_rows"), term));
      stage.flush();
    },
    { signal: stage.signal },
  );
  return h(
    "div",
    {},
    noted,
    controls,
    scroll,
    copyButtons(stage, () => asText(stage, view())),
    words,
  );
}

/** What scrolls must be reached by keys, and what does not should not stop them. */
function reachable(scroll: HTMLElement): void {
  const scrolls = scroll.scrollWidth > scroll.clientWidth;
  const attributes = { role: "group", tabindex: "0", "aria-label": "Summary table" };
  for (const [name, value] of Object.entries(attributes)) {
    if (scrolls) scroll.setAttribute(name, value);
    else scroll.removeAttribute(name);
  }
}

/** Every column and parameter in a line each, for those who cannot hover. */
function meanings({ columns, parameters }: SummaryView): HTMLElement | null {
  const said = [...parameters, ...columns].filter(({ words }) => words !== "");
  if (said.length === 0) return null;
  const list = said.flatMap(({ name, words }) => [h("dt", {}, name), h("dd", {}, words)]);
  return h("details", { class: "glm-meanings" }, h("summary", {}, "What the parameters and columns mean"), h("dl", {}, ...list));
}

/** The attributes that explain a heading on hover and to a screen reader. */
function explained(words: string): Record<string, string> {
  return words === "" ? {} : { title: words, "aria-description": words };
}

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
function asked(stage: Stage): Asked {
  return { prob: stage.get("prob"), ratios: stage.get("ratios") && hasRatios(stage.fit) };
}

function tableContent(stage: Stage, view: SummaryView): HTMLElement[] {
  const open = new Set(stage.get("unfolded_rows"));
  const heads = header(view, asked(stage)).map((text) => h("th", { scope: "col", ...explained(ofColumn(view, text)) }, text));
  const rowAt = (at: number) => tableRow(view, view.rows[at]!, cells(stage.fit, view, at, asked(stage)));
  const bodies = fold(view.rows).map((part) =>
    part.kind === "single"
      ? h("tbody", {}, rowAt(part.at))
      : h("tbody", {}, foldRow(view, part.term, part.rows.length, open.has(part.term), heads.length), ...shown(part)),
  );
  return [h("caption", {}, h("span", {}, caption(view, asked(stage)))), h("thead", {}, h("tr", {}, ...heads)), ...bodies];

  function shown({ term, at }: { term: string; at: readonly number[] }): HTMLElement[] {
    return open.has(term) ? at.map(rowAt) : [];
  }
}

function tableRow(view: SummaryView, { label }: SummaryRow, printed: readonly Cell[]): HTMLElement {
  return h("tr", {}, h("th", { scope: "row", ...explained(ofParameter(view, label)) }, label), ...printed.map(tableCell));
}

function tableCell({ text, flag }: Cell): HTMLElement {
  if (flag === null) return h("td", {}, text);
  return h(
    "td",
    { class: "glm-flagged", title: flag },
    h("span", { "aria-hidden": "true" }, "⚠ "),
    text,
    h("span", { class: "glm-spoken" }, `, ${flag}`),
  );
}

function foldRow(view: SummaryView, term: string, n: number, expanded: boolean, span: number): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "glm-unfold", "aria-expanded": String(expanded), "data-term": term },
    `${term} (${plural(n, "parameter")})`,
  );
  return h("tr", {}, h("th", { scope: "rowgroup", colspan: span, ...explained(ofParameter(view, term)) }, button));
}

/** The whole table, folded rows included, as printed but with bare numbers. */
function asText(stage: Stage, view: SummaryView): Table {
  const bare = ({ text }: Cell) => (text === NONE ? null : text.replaceAll(",", ""));
  return {
    caption: `${caption(view, asked(stage))}: ${stage.fit.title}`,
    header: header(view, asked(stage)),
    rows: view.rows.map(({ label }, at) => [label, ...cells(stage.fit, view, at, asked(stage)).map(bare)]),
  };
}
