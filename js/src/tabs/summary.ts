import type { Stage } from "../stage.js";
import { brief, count, fixed, isNumber, NONE, percent, plural, tailLabels } from "../stats/format.js";
import { tabledInterval } from "../stats/interval.js";
import type { Table } from "../stats/table.js";
import { probability } from "../ui/controls.js";
import { copyButtons } from "../ui/copy.js";
import { h, notes } from "../ui/dom.js";
import { findingList } from "../ui/findings.js";
import { renew } from "../ui/renew.js";
import { observeSize } from "../ui/size.js";
import { isUnavailable, type SummaryRow, type SummaryView } from "../wire.js";
import { fold, toggled } from "./fold.js";

/** Above this R-hat, chains disagree; below this ESS per chain, means and tails are not to be read (Vehtari et al. 2021). */
const LIMITS = { r_hat: 1.01, ess_per_chain: 100 };

/** One printed number, and why it is flagged. */
interface Cell {
  readonly text: string;
  readonly flag: string | null;
}

/** Notes (what is worse stands above the tabs), then every parameter with its interval and the diagnostics of its draws. */
export function summaryTab(stage: Stage, view: () => SummaryView): HTMLElement {
  const table = h("table", { class: "glm-table" });
  const scroll = h("div", { class: "glm-scroll" }, table);
  const noted = h("div");
  const words = h("div");
  stage.follow(["fit", "prob", "unfolded_rows"], () => renew(table, tableContent(stage, view())));
  stage.follow(["fit"], () => {
    const list = findingList(stage, stage.fit.findings.filter(({ severity }) => severity === "note"));
    renew(noted, list === null ? [] : [list]);
    renew(words, [notes(view().notes), meanings(view())].filter((part) => part !== null));
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
    h("div", { class: "glm-controls" }, probability(stage)),
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
function meanings({ columns = [], parameters = [] }: SummaryView): HTMLElement | null {
  if (columns.length + parameters.length === 0) return null;
  const list = [...parameters, ...columns].flatMap(({ name, words }) => [h("dt", {}, name), h("dd", {}, words)]);
  return h("details", { class: "glm-meanings" }, h("summary", {}, "What the parameters and columns mean"), h("dl", {}, ...list));
}

/** The attributes that explain a heading on hover and to a screen reader. */
function explained(words: string): Record<string, string> {
  return words === "" ? {} : { title: words, "aria-description": words };
}

function ofColumn({ columns = [] }: SummaryView, name: string): string {
  const own = name.endsWith("%") ? "interval" : name;
  return columns.find((column) => column.name === own)?.words ?? "";
}

/** The longest name that a label is, or begins with: `1|school[7]` belongs to `1|school`. */
export function ofParameter({ parameters = [] }: Pick<SummaryView, "parameters">, label: string): string {
  const own = parameters.filter(({ name }) => label === name || label.startsWith(`${name}[`));
  return own.sort((a, b) => b.name.length - a.name.length)[0]?.words ?? "";
}

function tableContent(stage: Stage, view: SummaryView): HTMLElement[] {
  const open = new Set(stage.get("unfolded_rows"));
  const prob = stage.get("prob");
  const heads = header(prob).map((text) => h("th", { scope: "col", ...explained(ofColumn(view, text)) }, text));
  const rowAt = (at: number) => tableRow(view, view.rows[at]!, cells(stage, view, at));
  const bodies = fold(view.rows).map((part) =>
    part.kind === "single"
      ? h("tbody", {}, rowAt(part.at))
      : h("tbody", {}, foldRow(view, part.term, part.rows.length, open.has(part.term), heads.length), ...shown(part)),
  );
  return [h("caption", {}, h("span", {}, caption(view, prob))), h("thead", {}, h("tr", {}, ...heads)), ...bodies];

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

function caption({ scale = "" }: SummaryView, prob: number): string {
  const of = scale === "" ? "" : `; coefficients are on the scale of ${scale}`;
  return `Posterior summary: mean, sd and ${percent(prob)} equal-tailed interval${of}`;
}

function header(prob: number): string[] {
  return ["parameter", "mean", "sd", ...tailLabels(prob), "ESS bulk", "ESS tail", "R-hat", "MCSE"];
}

/** The numbers of a row in the header's order, without the label. */
function cells(stage: Stage, view: SummaryView, at: number): Cell[] {
  const row = view.rows[at]!;
  const { low, high } = tabledInterval(view.probs, view.quantiles, at, stage.get("prob"));
  const least = LIMITS.ess_per_chain * chains(stage);
  const plain = (value: number | null) => ({ text: fixed(value, row.digits), flag: null });
  const ess = (value: number | null) => ({
    text: count(value),
    flag: isNumber(value) && value < least ? `below ${least}` : null,
  });
  const disagree = isNumber(row.r_hat) && row.r_hat > LIMITS.r_hat;
  return [
    ...[row.mean, row.sd, low, high].map(plain),
    ess(row.ess_bulk),
    ess(row.ess_tail),
    { text: fixed(row.r_hat, 3), flag: disagree ? `above ${LIMITS.r_hat}` : null },
    { text: brief(row.mcse_mean, 2), flag: null },
  ];
}

function chains({ fit }: Stage): number {
  const { draws } = fit;
  return isUnavailable(draws) ? 4 : draws.n_chains;
}

/** The whole table, folded rows included, as printed but with bare numbers. */
function asText(stage: Stage, view: SummaryView): Table {
  const prob = stage.get("prob");
  const bare = ({ text }: Cell) => (text === NONE ? null : text.replaceAll(",", ""));
  return {
    caption: `${caption(view, prob)}: ${stage.fit.title}`,
    header: header(prob),
    rows: view.rows.map(({ label }, at) => [label, ...cells(stage, view, at).map(bare)]),
  };
}
