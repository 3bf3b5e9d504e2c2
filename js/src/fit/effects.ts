/**
 * Average predictions, comparisons and slopes: `glm_magic/effects` is the Python side. Every draw is averaged over the rows
 * of the data; what is made of the averages is a draw of the effect.
 */
import { isUnavailable, type Fit, type PredictorTables, type Variable } from "../wire.js";
import { allPlaces } from "./draws.js";
import { chosenPairs, type Contrast, type Pair, type Setting } from "./contrasts.js";
import { rowsAt, kindsOf } from "./moved.js";
import { groupingNames } from "./points.js";
import { evaluate, predicted, sourceOf, type Source } from "./predictor.js";
import { averagedParts, summed } from "./sums.js";

export type EffectKind = "prediction" | "comparison" | "slope";
export type EffectScale = "response" | "link" | "ratio";

export interface Question {
  readonly effect: EffectKind;
  /** The predictor that is moved; nothing is for a prediction. */
  readonly of: string;
  readonly contrast: Contrast;
  readonly scale: EffectScale;
  /** The factor, or number that is 0 or 1, over whose levels rows are averaged; empty for all rows at once. */
  readonly by: string;
}

/** What is moved how, in which rows and for which category of the response; empty where there is nothing to tell apart. */
export interface Effect {
  readonly contrast: string;
  readonly level: string;
  readonly category: string;
  /** One for each draw that is shipped, chain by chain. */
  readonly draws: Float64Array;
}

/** "x +1, g = b": what tells an effect apart. */
export function nameOfEffect({ contrast, level, category }: Effect, { effect, of, by }: Question): string {
  const step = contrast.startsWith("+") ? `${of} ${contrast}` : `${of}: ${contrast}`;
  const moved = effect === "comparison" ? step : effect === "slope" ? of : "";
  const parts = [moved, level === "" ? "" : `${by} = ${level}`, category === "" ? "" : `category ${category}`].filter((part) => part !== "");
  return parts.length > 0 ? parts.join(", ") : "all rows";
}

/** Rows that are evaluated together: what they need stays in the processor's cache. */
const TOGETHER = 32;

const known = new WeakMap<object, { readonly key: string; readonly effects: readonly Effect[] }>();

/** Effects in the order of contrasts, categories and levels. Asking the same again is free. */
export function effectsOf(source: Source, question: Question): readonly Effect[] {
  const key = JSON.stringify(question);
  const before = known.get(source.predictor);
  if (before?.key === key) return before.effects;
  const effects = effectsAt(source, question, allPlaces(source.draws));
  known.set(source.predictor, { key, effects });
  return effects;
}

/** The same of some draws, by their places. */
export function effectsAt(source: Source, question: Question, places: Uint32Array): readonly Effect[] {
  const { tables } = source.predictor;
  const { settings, pairs, unit } = asked(tables, question);
  const levels = levelsBy(tables, question.by);
  const means = settings.map((setting) => averages(source, question, setting, levels, places));
  const categories = question.scale === "response" && tables.categories.length > 0 ? tables.categories : [""];
  const made = question.scale === "ratio" ? Math.exp : (value: number) => value;
  return pairs.flatMap(({ low, high, label }) =>
    categories.flatMap((category, k) =>
      levels.names.map((level, g): Effect => {
        const [from, to] = [low === null ? null : means[low]![g]![k]!, means[high]![g]![k]!];
        const draws = to.map((value, i) => made(from === null ? value : (value - from[i]!) / unit));
        return { contrast: label, level, category, draws };
      }),
    ),
  );
}

interface Asked {
  readonly settings: readonly Setting[];
  readonly pairs: readonly Pair[];
  /** What a difference is divided by. */
  readonly unit: number;
}

const AS_GIVEN: Setting = { of: "", by: "none" };

function asked(tables: PredictorTables, { effect, of, contrast, scale }: Question): Asked {
  if (effect === "prediction") return { settings: [AS_GIVEN], pairs: [{ low: null, high: 0, label: "" }], unit: 1 };
  const variable = tables.variables.find(({ name }) => name === of)!;
  if (effect === "comparison") return { ...chosenPairs(variable, contrast, scale === "ratio" ? "/" : "-"), unit: 1 };
  const step = stepOf(variable);
  const ends = [-step / 2, step / 2].map((add): Setting => ({ of, by: "slope", add }));
  return { settings: ends, pairs: [{ low: 0, high: 1, label: "dY/dX" }], unit: step };
}

/** The step of a central difference (Nocedal & Wright 2006, Numerical Optimization, section 8.1), as in `predictor/places.py`. */
function stepOf({ grid: { data } }: Variable): number {
  const [low, high] = [data[0]!, data[data.length - 1]!];
  return Math.cbrt(Number.EPSILON) * (high - low || Math.max(1, Math.abs(low)));
}

/** Which rows are averaged together. */
interface Levels {
  readonly names: readonly string[];
  /** By row; null where all rows are averaged at once. */
  readonly codes: ArrayLike<number> | null;
}

/** The levels that the rows have, in their order. */
function levelsBy(tables: PredictorTables, by: string): Levels {
  const variable = tables.variables.find(({ name }) => name === by);
  if (!variable) return { names: [""], codes: null };
  const { data } = variable.observed;
  const present = [...new Set(data)].sort((a, b) => a - b);
  const names = present.map((value) => variable.levels[value] ?? String(value));
  return { names, codes: data.map((value) => present.indexOf(value)) };
}

/** For each level and category: the average of every draw. */
function averages(source: Source, { scale, by }: Question, setting: Setting, levels: Levels, places: Uint32Array): readonly (readonly Float64Array[])[] {
  const { tables } = source.predictor;
  const count = places.length;
  const groups = new Set(groupingNames(tables));
  const kinds = kindsOf(tables, JSON.stringify([setting, by]), setting, levels.codes);
  return levels.names.map((_, level) => {
    const own = kinds.filter(({ row }) => (levels.codes?.[row] ?? 0) === level);
    const size = own.reduce((sum, kind) => sum + kind.count, 0);
    const shares = own.map((kind) => kind.count / size);
    const points = (from: number, to: number) => rowsAt(tables, setting, own.slice(from, to).map(({ row }) => row));
    if (scale !== "response") {
      const [linear] = predicted(source, tables.parameters[0]!.name, points(0, own.length), { groups });
      return [summed(averagedParts(linear!, shares), places, 1)];
    }
    const totals = Array.from({ length: Math.max(1, tables.categories.length) }, () => new Float64Array(count));
    for (let from = 0; from < own.length; from += TOGETHER) {
      const some = points(from, from + TOGETHER);
      evaluate(source, some, places, { groups })
        .mean()
        .forEach((value, k) => {
          const total = totals[k]!;
          for (let i = 0; i < count; i++) {
            let sum = 0;
            for (let p = 0; p < some.n; p++) sum += shares[from + p]! * value[i * some.n + p]!;
            total[i]! += sum;
          }
        });
    }
    return totals;
  });
}

/** Which scales there are: a linear predictor of several categories is no number whose differences mean anything. */
export function scalesOf({ categories, mean, parameters, ratios }: PredictorTables): readonly EffectScale[] {
  if (categories.length > 0) return ["response"];
  const same = mean === "main" && parameters[0]!.link === "identity";
  return ["response", ...(same ? [] : (["link"] as const)), ...(ratios === null ? [] : (["ratio"] as const))];
}

/** The predictors whose effects there are. */
export const movable = ({ variables, common }: PredictorTables): readonly Variable[] =>
  variables.filter(({ name, reason }) => common.includes(name) && reason === "");

/** The variables by whose levels rows can be averaged. */
export const dividing = ({ variables }: PredictorTables): readonly Variable[] =>
  variables.filter(({ levels, indicator, reason }) => reason === "" && (levels.length > 0 || indicator));

/** What an effect is without a difference: 1 for a ratio. */
export const centreOf = ({ effect, scale }: Question): number | null => effect === "prediction" ? null : scale === "ratio" ? 1 : 0;

/** Why there are no effects of a fit, or null. */
export function noEffects(fit: Fit): string | null {
  const source = sourceOf(fit);
  if (isUnavailable(source)) return source.unavailable;
  return source.predictor.tables.n_rows > 0 ? null : "No rows of the data are here to average over.";
}
