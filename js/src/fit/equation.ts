/** The line of one draw, written out. */
import { isUnavailable, type DesignColumn, type Draws, type Fit, type Grouping, type Parameter, type PredictorTables } from "../wire.js";
import { column } from "./draws.js";
import { pointAt, variable, type Held } from "./points.js";
import { groupOf, ofCategory, widthOf, type Groups } from "./predictor.js";
import { printed } from "./printed.js";

/** Terms above which a sum is no longer read. */
const MOST_TERMS = 8;

/** Links by how they are written before what they are of. */
const LINKS: Readonly<Record<string, string>> = { identity: "", inverse: "1 / " };

/** Whose line it is. */
export interface Whom {
  /** Whose group-specific effects are in it, and where the grouping variables stand. */
  readonly groups: Groups;
  readonly held: Held;
  /** In words; empty where there are no group-specific effects. */
  readonly words: string;
}

/**
 * "y = 1.02 + 1.96 x, for g = a": the main parameter of the draw at that place among the shipped ones, with the effects of
 * the groups whose line it is; or why it is no sum.
 */
export function equation(fit: Fit, place: number, { groups, held, words }: Whom): string {
  const { predictor } = fit;
  if (isUnavailable(predictor)) return `no equation: ${predictor.unavailable.replace(/^[^:]*: |\.$/g, "")}`;
  const { tables } = predictor;
  const draws = fit.draws as Draws; // there are no tables without draws
  const main = tables.parameters[0]!;
  const thresholds = tables.parameters.find(({ name }) => name === "threshold")?.columns[0]!.labels;
  const own = (label: string) => column(draws, label)![place]!;
  const lines = Array.from({ length: widthOf(main) }, (_, k) => {
    const terms = termsOf(k);
    return `${subject(tables, main, k)} = ${thresholds ? `c_k${terms && ` - (${terms})`}` : terms || "0"}`;
  });
  if (thresholds) lines.push(`c = ${thresholds.map((label) => printed(fit, label, own(label))).join(", ")}`);
  return lines.join("; ") + (words && `, for ${words}`);

  /** The sum for a category, in which effects of groups are added to the coefficients of what they multiply. */
  function termsOf(k: number): string {
    const made: Term[] = main.columns
      .filter((one) => !isHeld(tables, one))
      .map((one) => {
        const label = one.labels.length > 0 ? ofCategory(one.labels, k) : null;
        return { of: String(one.tables), label, value: label === null ? 1 : own(label), name: nameOf(tables, main, one, label) };
      });
    const point = pointAt(tables, held);
    for (const term of main.groups) {
      const inFresh = ({ variable }: Grouping) => groups.fresh?.variables.has(variable) ?? false;
      const isFresh = term.by.some(inFresh);
      if (!term.by.every((by) => groups.groups?.has(by.variable) || inFresh(by))) continue;
      const group = groupOf(term, point) as number;
      if (group < 0 && !isFresh) continue;
      term.columns.forEach((by, c) => {
        const label = ofCategory(term.labels[c]![Math.max(group, 0)]!, k);
        const value = isFresh ? ofCategory(groups.fresh!.effects(main.name, term)[c]!, k)[place]! : own(label);
        const of = String(by);
        const same = made.find((one) => one.label !== null && one.of === of);
        if (same) same.value += value;
        else if (of === "") made.unshift({ of, label, value, name: "" });
        else made.push({ of, label, value, name: term.term.replace(/\|.*/, term.columns.length > 1 ? `[${c}]` : "") });
      });
    }
    return sum(made.map(({ label, value, name }) => (name === MORE ? name : `${label === null ? "" : `${printed(fit, label, value)} `}${name}`.trim())));
  }
}

interface Term {
  /** The tables whose product it multiplies. */
  readonly of: string;
  /** That of its coefficient; null where that is 1. */
  readonly label: string | null;
  value: number;
  readonly name: string;
}

/** In place of all columns of a basis but the first. */
const MORE = "…";

/** What a coefficient multiplies: a predictor, a level, a term that has one column, or the columns of a basis. */
function nameOf(tables: PredictorTables, { columns }: Parameter, { term, tables: of }: DesignColumn, label: string | null): string {
  const alike = columns.filter((one) => one.term === term);
  const hasLevels = (at: number) => tables.tables[at]!.variables.some((name) => variable(tables, name).levels.length > 0);
  // The columns of a basis differ in functions of a number, and those of a factor in levels.
  const isBasis = !of.every((at) => hasLevels(at) || alike.every((one) => one.tables.includes(at)));
  if (isBasis && alike[0]!.tables !== of) return MORE;
  if (of.length === 0) return "";
  return label !== null && (isBasis || of.some(hasLevels)) ? label : term;
}

/** An exposure stands where it adds nothing: the mean is then a rate. */
const isHeld = ({ tables, exposure }: PredictorTables, { labels, tables: of }: DesignColumn): boolean =>
  labels.length === 0 && of.length > 0 && of.every((at) => tables[at]!.variables.every((name) => exposure.includes(name)));

/** What the sum of a category is equal to. */
function subject({ mean, ylabel, categories }: PredictorTables, { name, link }: Parameter, k: number): string {
  const response = /^P\((.*) = category/.exec(ylabel)?.[1];
  const probability = (at: number) => `P(${response === undefined ? "" : `${response} = `}${categories[at]})`;
  if (link === "softmax") return `log ${probability(k + 1)} / ${probability(0)}`;
  const steps: Readonly<Record<string, string>> = {
    cumulative: `P(${response} <= k)`,
    sratio: `P(${response} = k | ${response} >= k)`,
    main: ylabel.replace(" | x", ""),
  };
  const of = steps[mean] ?? (categories.length > 0 ? `${name}[${categories[k]}]` : name);
  // A line of E[y] is written y, as everybody does.
  if (link === "identity") return /^E\[(.*)\]$/.exec(of)?.[1] ?? of;
  return `${LINKS[link] ?? `${link} `}${of}`;
}

/** Terms that are too many are counted. */
function sum(terms: readonly string[]): string {
  const seen = terms.filter((one, i) => one !== MORE || terms[i - 1] !== MORE);
  const rest = seen.length - MOST_TERMS;
  const shown = rest > 1 ? [...seen.slice(0, MOST_TERMS), `${rest} more terms`] : seen;
  return shown.map((one, i) => (i === 0 ? one : one.startsWith("-") ? ` - ${one.slice(1)}` : ` + ${one}`)).join("");
}
