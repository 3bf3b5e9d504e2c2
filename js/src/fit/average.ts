/** Means averaged over the rows of the data, within each draw: `averaged` of `predictor/tables/evaluate.py`. */
import type { PredictorTables } from "../wire.js";
import { onceFor } from "../stats/once.js";
import { kindsOfRows, pointsOfRows, refusal, variable, type Held, type Points } from "./points.js";
import { evaluate, predicted, type Groups, type Matrix, type Scale, type Source } from "./predictor.js";
import { separated } from "./separable.js";
import { averagedParts, summed } from "./sums.js";

export interface AverageQuestion extends Groups {
  /** The variable along whose grid the rows are moved; without one, `held` alone says where they stand. */
  readonly x?: string;
  /** Positions of x; all of its grid by default. */
  readonly positions?: ArrayLike<number>;
  /** Variables that are the same in every row; the others have their own values. */
  readonly held?: Held;
  readonly scale?: Scale;
}

const kindsFor = onceFor((tables: PredictorTables, _: string, held: ReadonlyMap<string, unknown>) => kindsOfRows(tables, held));

/** Numbers that are computed at once, 0.5 MB: more do not stay in the processor's cache. */
const AT_ONCE = 2 ** 16;

/**
 * Averages draws, given by their places, over the rows at each position of x: one matrix for each category.
 *
 * Throws what `refusal` says where that cannot be done.
 */
export function averaged(source: Source, places: ArrayLike<number>, question: AverageQuestion): readonly Matrix[] {
  const { x, held = new Map<string, number>(), scale = "response", ...groups } = question;
  const { tables } = source.predictor;
  const along = x === undefined ? [0] : (question.positions ?? variable(tables, x).grid.data.map((_, at) => at));
  const names = x === undefined ? held : new Map([...held, [x, 0]]);
  const reason = refusal(tables, names);
  if (reason !== null) throw new Error(reason);
  const kinds = kindsFor(tables, JSON.stringify([...names.keys()].sort()), names);
  const main = tables.parameters[0]!;
  const rows = Array.from(along, (position) => {
    return pointsOfRows(tables, x === undefined ? held : new Map([...held, [x, position]]), kinds.rows);
  });
  if (isLinear(tables, scale)) {
    const made = rows.map((points) =>
      predicted(source, main.name, points, groups).map((one) => summed(averagedParts(one, kinds.weights), places, 1)),
    );
    return transposed(made, places.length);
  }
  if (tables.mean === "main") {
    const parts = rows.map((points) => predicted(source, main.name, points, groups)[0]!);
    const found = separated(parts, main.link, places, kinds.weights);
    if (found) return [found];
  }
  return transposed(rows.map((points) => averagedMean(source, points, places, groups, kinds.weights)), places.length);
}

/** The mean at points averaged over them, some draws at a time: an array of draws for each category. */
function averagedMean(
  source: Source,
  points: Points,
  places: ArrayLike<number>,
  groups: Groups,
  weights: Float64Array,
): readonly Float64Array[] {
  const step = Math.max(1, Math.floor(AT_ONCE / points.n));
  const means: Float64Array[] = [];
  for (let first = 0; first < places.length; first += step) {
    const some = Array.from({ length: Math.min(step, places.length - first) }, (_, i) => places[first + i]!);
    evaluate(source, points, some, groups).mean().forEach((values, k) => {
      averageRows(values, weights, (means[k] ??= new Float64Array(places.length)).subarray(first));
    });
  }
  return means;
}

/** Linear predictors, and means that are linear predictors, are averaged before they are multiplied with draws. */
const isLinear = (tables: PredictorTables, scale: Scale): boolean =>
  scale === "link" || (tables.mean === "main" && tables.parameters[0]!.link === "identity");

function averageRows(values: Matrix, weights: Float64Array, into: Float64Array): void {
  const n = weights.length;
  for (let i = 0; i * n < values.length; i++) {
    let sum = 0;
    for (let p = 0; p < n; p++) sum += weights[p]! * values[i * n + p]!;
    into[i] = sum;
  }
}

/** From an array of draws at each position to a row of positions for each draw; for each category. */
function transposed(at: readonly (readonly Float64Array[])[], n_draws: number): Matrix[] {
  return (at[0] ?? []).map((_, k) => {
    const made = new Float64Array(at.length * n_draws);
    at.forEach((columns, g) => columns[k]!.forEach((value, i) => (made[i * at.length + g] = value)));
    return made;
  });
}
