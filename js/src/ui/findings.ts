import type { Stage } from "../stage.js";
import type { Finding, Severity } from "../wire.js";
import { copyLine } from "./copy.js";
import { h } from "./dom.js";

/** The worst first: what should not be trusted must be read before anything else. */
const ORDER: readonly Severity[] = ["error", "warning", "note"];

/** The severities in words that stand without colour. */
const WORDS: Readonly<Record<Severity, string>> = {
  error: "Do not interpret",
  warning: "Careful",
  note: "Note",
};

/** A cell of more lines is folded: it would push the numbers out of sight. */
const MOST_LINES = 4;

/** The worst finding as one word beside the title, or null when there is none. */
export function badge(findings: readonly Finding[]): HTMLElement | null {
  const worst = ORDER.find((severity) => findings.some((finding) => finding.severity === severity));
  return worst ? h("span", { class: `glm-badge glm-${worst}` }, WORDS[worst]) : null;
}

/** Findings as a list: the message, what to do, the line that does it, and the evidence on request. Null when there is none. */
export function findingList(stage: Stage, findings: readonly Finding[]): HTMLElement | null {
  if (findings.length === 0) return null;
  const sorted = ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  return h("ul", { class: "glm-findings", "aria-label": "Findings" }, ...sorted.map((finding) => item(stage, finding)));
}

function item(stage: Stage, { rule, severity, message, advice, value, threshold, source, remedy = null }: Finding): HTMLElement {
  const evidence = [
    ["rule", rule],
    ["value", value],
    ["threshold", threshold],
    ["source", source],
  ].filter(([, text]) => text !== "");
  return h(
    "li",
    { class: `glm-finding glm-${severity}` },
    h("p", {}, h("strong", {}, `${WORDS[severity]}: `), `${message}.`, advice === "" ? null : ` ${advice}.`),
    remedy === null ? null : suggestion(stage, remedy),
    h(
      "details",
      {},
      h("summary", {}, "Details"),
      h("dl", {}, ...evidence.flatMap(([name = "", text = ""]) => [h("dt", {}, name), h("dd", {}, text)])),
    ),
  );
}

function suggestion(stage: Stage, { line, change }: NonNullable<Finding["remedy"]>): HTMLElement {
  const copy = copyLine(stage, line, change);
  return line.split("\n").length <= MOST_LINES ? copy : h("details", {}, h("summary", {}, `Show ${change}`), copy);
}
