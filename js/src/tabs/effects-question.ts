/** What can be asked in the tab Effects of a fit, and what is asked: pure functions of the fit and of the state. */
import { nearestValue, standsAnywhere, unheld, type Contrast } from "../fit/contrasts.js";
import { dividing, movable, scalesOf, type EffectKind, type EffectScale, type Question } from "../fit/effects.js";
import { groupingNames } from "../fit/points.js";
import type { State } from "../state/traits.js";
import { brief, count } from "../stats/format.js";
import type { PredictorTables, Variable } from "../wire.js";

export type Asked = Pick<State, "effect" | "effect_of" | "effect_contrast" | "effect_from" | "effect_to" | "effect_scale" | "effect_by">;

/** The slices of the state that a question is made of. */
export const ASKED = ["effect", "effect_of", "effect_contrast", "effect_from", "effect_to", "effect_scale", "effect_by"] as const;

/** What the controls offer, what is chosen, and what is asked; null where nothing can be, and then the reason. */
export interface Choice {
  readonly effects: readonly EffectKind[];
  readonly variables: readonly Variable[];
  readonly contrasts: readonly Contrast["kind"][];
  readonly scales: readonly EffectScale[];
  readonly by: readonly string[];
  readonly variable: Variable | null;
  readonly question: Question;
  /** Why it has no answer; empty where it has one. */
  readonly reason: string;
}

export function choiceOf(tables: PredictorTables, asked: Asked): Choice {
  const variables = movable(tables);
  const numbers = variables.filter((one) => one.levels.length === 0 && !one.indicator && one.unmoved === "");
  const effects: EffectKind[] = ["prediction"];
  if (variables.length > 0) effects.push("comparison");
  if (numbers.length > 0) effects.push("slope");
  const effect = among(effects, asked.effect, effects[1] ?? "prediction");
  const of = { prediction: [], comparison: variables, slope: numbers }[effect];
  const variable = of.find(({ name }) => name === asked.effect_of) ?? of[0] ?? null;
  const contrasts = effect === "comparison" && variable ? contrastsOf(tables, variable) : [];
  const kind = among(contrasts, asked.effect_contrast, contrasts[0] ?? "reference");
  const scales = scalesOf(tables);
  const by = dividing(tables).map(({ name }) => name);
  const contrast: Contrast = kind === "typed" && variable ? { kind, ...ends(tables, variable, asked) } : { kind: kind as "reference" };
  const question: Question = {
    effect,
    of: variable?.name ?? "",
    contrast,
    scale: among(scales, asked.effect_scale, "response"),
    by: by.includes(asked.effect_by) ? asked.effect_by : "",
  };
  return { effects, variables: of, contrasts, scales, by, variable, question, reason: reasonOf(tables, effect, variable, contrast, contrasts) };
}

function among<T extends string>(known: readonly T[], wanted: string, otherwise: T): T {
  return known.includes(wanted as T) ? (wanted as T) : otherwise;
}

function contrastsOf(tables: PredictorTables, { name, levels, indicator, unmoved, grid }: Variable): Contrast["kind"][] {
  const held = unheld(tables, name) === null && grid.data.length > 1;
  if (levels.length > 0) return held ? (levels.length > 2 ? ["reference", "pairwise", "typed"] : ["reference", "typed"]) : [];
  const step = indicator ? held : unmoved === "";
  return [...(step ? (["reference"] as const) : []), ...(held ? (["typed"] as const) : [])];
}

function reasonOf(tables: PredictorTables, effect: EffectKind, variable: Variable | null, contrast: Contrast, contrasts: readonly string[]): string {
  if (effect !== "comparison" || !variable) return "";
  if (contrasts.length === 0) return `${variable.name} cannot be compared: ${unheld(tables, variable.name) ?? (variable.unmoved || "it has one value alone")}.`;
  return contrast.kind === "typed" && contrast.from === contrast.to ? "From and To are the same: choose two different ones." : "";
}

/** Where a typed contrast begins and ends: at first a standard deviation to either side of the mean, or the first two levels. */
function ends(tables: PredictorTables, variable: Variable, { effect_from, effect_to }: Asked): { readonly from: number; readonly to: number } {
  const { levels, grid, places } = variable;
  if (levels.length > 0) {
    const place = (level: string, otherwise: number) => (levels.includes(level) ? levels.indexOf(level) : otherwise);
    const from = place(effect_from, 0);
    return { from, to: place(effect_to, from === 1 ? 0 : 1) };
  }
  const value = (typed: string, at: number) => {
    const number = typed === "" ? NaN : Number(typed);
    // At first a number that can be read.
    return nearestValue(tables, variable, Number.isFinite(number) ? number : Number(brief(grid.data[at]!, 3)));
  };
  return { from: value(effect_from, places[0]?.[1] ?? 0), to: value(effect_to, places[2]?.[1] ?? grid.data.length - 1) };
}

/** How a contrast is called in its drop-down. */
export function contrastName(kind: Contrast["kind"], { levels, indicator }: Variable): string {
  switch (kind) {
    case "reference":
      return levels.length > 0 ? `each against ${levels[0]}` : indicator ? "1 against 0" : "1 more";
    case "pairwise":
      return "pairwise";
    case "typed":
      return levels.length > 0 ? "two levels" : "two values";
  }
}

export function scaleName(scale: EffectScale, { ratios }: PredictorTables, effect: EffectKind): string {
  if (scale !== "ratio" || !ratios) return scale;
  return effect === "prediction" ? ratios.base : ratios.ratio;
}

/** What is shown: "Average difference in P(hit = 1)". */
export function title({ effect, scale }: Question, tables: PredictorTables): string {
  const what = scale === "response" ? tables.modelled : tables.scale;
  const average = { prediction: "average", comparison: "average difference in", slope: "average slope of" }[effect];
  const words = scale === "ratio" ? `${scaleName(scale, tables, effect)}: exponential of the ${average} ${what}` : `${average} ${what}`;
  return words[0]!.toUpperCase() + words.slice(1);
}

/** What is said beneath the picture. */
export function remarks(tables: PredictorTables, { question, variable }: Choice, n_rows: number): (string | null)[] {
  const { effect, contrast, scale } = question;
  const factors = [...groupingNames(tables)];
  const rows = count(tables.n_rows);
  const whole = n_rows > tables.n_rows ? `${rows} of ${count(n_rows)} rows of the data, chosen at random` : `the ${rows} rows of the data`;
  const still = tables.variables.filter(({ name, reason }) => tables.common.includes(name) && reason !== "");
  return [
    `Averaged over ${whole}, within each draw; median and equal-tailed interval of these averages.`,
    factors.length > 0 ? `Rows have the effects of their own ${factors.join(" and ")}.` : null,
    scale === "ratio" ? "Ratios are exponentiated within each draw, after the average on the scale of the link." : null,
    effect === "comparison" && variable && contrast.kind === "reference" ? beyond(variable) : null,
    effect === "comparison" && variable && contrast.kind === "typed" && variable.levels.length === 0 ? range(tables, variable) : null,
    ...still.map(({ name, reason }) => `${name} is not moved: ${reason}.`),
    variable && variable.unmoved !== "" ? `Nothing is added to ${variable.name}: ${variable.unmoved}.` : null,
  ];
}

/** How many rows a step of 1 takes out of the data. */
function beyond({ name, levels, indicator, observed, grid: { data } }: Variable): string | null {
  if (levels.length > 0 || indicator) return null;
  const most = data[data.length - 1]!;
  const out = observed.data.filter((value) => value + 1 > most).length;
  if (out === 0) return null;
  return `${name} +1 is outside the data in ${count(out)} of ${count(observed.data.length)} rows, where ${name} is from ${brief(data[0]!, 4)} to ${brief(most, 4)}.`;
}

function range(tables: PredictorTables, variable: Variable): string {
  const { name, grid: { data } } = variable;
  const [low, high] = [brief(data[0]!, 4), brief(data[data.length - 1]!, 4)];
  const bends = standsAnywhere(tables, variable) ? "" : ", and they stand at the nearest tabulated value";
  return `From and To stay within the data, where ${name} is from ${low} to ${high}${bends}.`;
}
