import { RELIABLE } from "../../lab/records.js";
import { diagnosisOf, SENSITIVE, sensed, type Diagnosis, type Sensed, type Sensitivities } from "../../lab/sensitivity.js";
import { sliced } from "../../lab/slices.js";
import type { Stage } from "../../stage.js";
import { brief, fixed } from "../../stats/format.js";
import { reasonOf } from "../../stats/reason.js";
import { h, notes } from "../../ui/dom.js";
import { present } from "../../ui/entries.js";
import { findingList } from "../../ui/findings.js";
import { reachable } from "../../ui/reach.js";
import { renew } from "../../ui/renew.js";
import type { Finding, Fit, ModelView } from "../../wire.js";

/** Milliseconds for which a posterior has stayed before it is looked into: not in every frame of a drag. */
const QUIET = 400;

/** How far the posterior moves with the prior and with the likelihood: computed while the tab is in front, some milliseconds at a time. */
export function sensitivityTable(stage: Stage, view: () => ModelView): HTMLElement {
  const table = h("table", { class: "glm-table" });
  const scroll = h("div", { class: "glm-scroll" }, table);
  const [found, said] = [h("div"), h("div")];
  const el = h("div", { class: "glm-sensitivity", hidden: true }, h("p", { class: "glm-tab-title" }, "Sensitivity"), found, scroll, said);
  let work: AbortController | null = null;
  let known: Fit | null = null;
  const stop = () => work?.abort();
  stage.signal.addEventListener("abort", stop, { once: true });
  reachable(stage, scroll, { role: "group", "aria-label": "Sensitivity table" });

  stage.follow(["tab", "fit", "refit"], () => {
    const { fit, refit } = stage;
    if (known === fit) return;
    stop();
    known = null;
    el.setAttribute("aria-busy", "true"); // what was found before is seen until there is more, so that nothing jumps
    const waits = refit.kind === "sampling" || (refit.kind === "reweighted" && refit.alone === "");
    if (stage.get("tab") !== "model") return stage.set("sensed", []);
    if (waits) return;
    work = new AbortController();
    void look(fit, work.signal);
  });
  return el;

  async function look(fit: Fit, signal: AbortSignal): Promise<void> {
    try {
      await new Promise((resolve) => setTimeout(resolve, QUIET));
      signal.throwIfAborted();
      const all = await sliced(sensed(fit, view().priors, stage.get("what_if")), signal);
      known = fit;
      show(all);
    } catch (error) {
      if (!signal.aborted) explain([`Sensitivity cannot be computed: ${reasonOf(error)}.`]);
    }
  }

  function show(all: Sensitivities): void {
    const findings = findingsOf(all.rows);
    stage.set("sensed", findings);
    renew(table, content(all));
    renew(found, present(findingList(stage, findings)));
    const unreliable = Math.max(all.k.prior, all.k.likelihood ?? 0) > RELIABLE;
    explain([
      `Above ${SENSITIVE} it matters: where both do, prior and data may be in conflict; where the prior does alone, it says more than the data.`,
      unreliable ? `Pareto k is above ${RELIABLE}: these numbers are not reliable.` : null,
      all.reason === "" ? null : `The likelihood's is not known here: ${all.reason}.`,
    ]);
  }

  function explain(sentences: readonly (string | null)[]): void {
    el.hidden = false;
    el.setAttribute("aria-busy", "false");
    renew(said, present(notes(sentences)));
  }
}

const KINDS = { parameter: "Parameters", effect: "Average comparisons" };

function content({ rows, k }: Sensitivities): HTMLElement[] {
  const of = k.likelihood === null ? "" : `, and ${brief(k.likelihood, 2)} for the likelihood`;
  const caption = `How far each posterior moves as the prior, or the likelihood, gains or loses weight (power-scaling sensitivity). Pareto k is ${brief(k.prior, 2)} for the prior${of}.`;
  const heads = ["", "prior", "likelihood", "says"].map((name) => h("th", { scope: "col" }, name));
  const bodies = (["parameter", "effect"] as const).flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind);
    return own.length === 0 ? [] : [h("tbody", {}, h("tr", {}, h("th", { scope: "rowgroup", colspan: heads.length }, KINDS[kind])), ...own.map(line))];
  });
  return [h("caption", {}, h("span", {}, caption)), h("thead", {}, h("tr", {}, ...heads)), ...bodies];
}

function line(row: Sensed): HTMLElement {
  const diagnosis = diagnosisOf(row);
  const cells = [row.prior, row.likelihood].map((value) => h("td", {}, fixed(value, 3)));
  return h("tr", {}, h("th", { scope: "row" }, row.name), ...cells, h("td", { class: diagnosis === "" ? "" : "glm-flagged" }, diagnosis === "" ? "–" : diagnosis));
}

/** Names that a finding has. */
const NAMED = 6;

const ADVICE: Readonly<Record<Exclude<Diagnosis, "">, string>> = {
  "potential prior-data conflict": "See in the Model tab whether the prior says what you mean; a wider one may",
  "potential strong prior / weak likelihood": "The prior decides more than the data do: report it, or gather more data",
};

/** The findings of a diagnosis each, as `Fit.sensitivity` in Python has them. */
export function findingsOf(rows: readonly Sensed[]): Finding[] {
  return (Object.keys(ADVICE) as (keyof typeof ADVICE)[]).flatMap((diagnosis) => {
    const own = rows.filter((row) => diagnosisOf(row) === diagnosis);
    const [worst] = [...own].sort((a, b) => b.prior - a.prior);
    if (worst === undefined) return [];
    const names = own.slice(0, NAMED).map(({ name }) => name);
    const more = own.length > NAMED ? ` and ${own.length - NAMED} more` : "";
    const message = `${diagnosis[0]!.toUpperCase()}${diagnosis.slice(1)}: ${names.join(", ")}${more}`;
    return [{
      ...{ rule: "sensitivity", severity: "warning", message, advice: ADVICE[diagnosis] },
      ...{ value: `prior ${fixed(worst.prior, 3)}, likelihood ${fixed(worst.likelihood, 3)} (${worst.name})`, threshold: String(SENSITIVE) },
      source: "Kallioinen et al. 2024, Statistics and Computing 34:57",
    }];
  });
}
