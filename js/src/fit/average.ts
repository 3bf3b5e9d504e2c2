/** Means averaged over the rows of the data, within each draw: `averaged` of `predictor/tables/evaluate.py`. */
import type { PredictorTables } from "../wire.js";
import { kindsOfRows, pointsOfRows, refusal, variable, type Held, type Kinds } from "./points.js";
import { evaluate, predicted, type Groups, type Matrix, type Scale, type Source } from "./predictor.js";
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

/** Numbers that are computed at once, 0.5 MB: more do not stay in the processor's cache. */
const AT_ONCE = 2 ** 16;

const known = new WeakMap<PredictorTables, Map<string, Kinds>>();

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
  const kinds = kindsOf(tables, names);
  const made = Array.from(along, (position) => {
    const points = pointsOfRows(tables, x === undefined ? held : new Map([...held, [x, position]]), kinds.rows);
    return isLinear(tables, scale) ? ofLinear() : ofEach();

    function ofLinear(): readonly Matrix[] {
      const main = predicted(source, tables.parameters[0]!.name, points, groups);
      return main.map((one) => summed(averagedParts(one, kinds.weights), places, 1));
    }
    function ofEach(): readonly Matrix[] {
      const step = Math.max(1, Math.floor(AT_ONCE / points.n));
      const means: Matrix[] = [];
      for (let first = 0; first < places.length; first += step) {
        const some = Array.from({ length: Math.min(step, places.length - first) }, (_, i) => places[first + i]!);
        evaluate(source, points, some, groups).mean().forEach((values, k) => {
          averageRows(values, kinds.weights, (means[k] ??= new Float64Array(places.length)).subarray(first));
        });
      }
      return means;
    }
  });
  return (made[0] ?? []).map((_, k) => transposed(made.map((one) => one[k]!), places.length));
}

/** Linear predictors, and means that are linear predictors, are averaged before they are multiplied with draws. */
function isLinear(tables: PredictorTables, scale: Scale): boolean {
  return scale === "link" || (tables.mean === "main" && tables.parameters[0]!.link === "identity");
}

function kindsOf(tables: PredictorTables, held: ReadonlyMap<string, unknown>): Kinds {
  let own = known.get(tables);
  if (own === undefined) known.set(tables, (own = new Map()));
  const key = JSON.stringify([...held.keys()].sort());
  const before = own.get(key);
  if (before) return before;
  const made = kindsOfRows(tables, held);
  own.set(key, made);
  return made;
}

function averageRows(values: Matrix, weights: Float64Array, into: Float64Array): void {
  const n = weights.length;
  for (let i = 0; i * n < values.length; i++) {
    let sum = 0;
    for (let p = 0; p < n; p++) sum += weights[p]! * values[i * n + p]!;
    into[i] = sum;
  }
}

/** From an array of draws at each position to a row of positions for each draw. */
function transposed(columns: readonly Float64Array[], n_draws: number): Matrix {
  const made = new Float64Array(columns.length * n_draws);
  columns.forEach((values, g) => values.forEach((value, i) => (made[i * columns.length + g] = value)));
  return made;
}
