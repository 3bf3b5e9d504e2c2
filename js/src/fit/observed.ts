/** The observations over a fan's variable. */
import { apart, type Apart } from "../stats/apart.js";
import { BINARY } from "../stats/jitter.js";
import { count } from "../stats/format.js";
import { onceFor } from "../stats/once.js";
import { isUnavailable, type DataView_, type Fit, type Predictor, type PredictorTables, type Variable } from "../wire.js";
import { heldOf, type FanPoints, type FanQuestion } from "./fan.js";
import { isOnlyGrouping, variable } from "./points.js";
import type { Source } from "./predictor.js";
import { partialResiduals, whyNoResiduals } from "./residuals.js";

/** Which observations are drawn, and how. */
export type PointsKind = "raw" | "faded" | "near" | "residuals" | "none";

/** Observations over x, all of them or those near the held values; or their partial residuals. Null where there are none. */
export function pointsOf({ tabs: { data } }: Fit, source: Source, question: FanQuestion, kind: PointsKind): FanPoints | null {
  const { predictor } = source;
  if (isUnavailable(data) || kind === "none" || question.scale === "link") return null;
  const x = columnOf(data, question.x, variable(predictor.tables, question.x));
  if (x === null) return null;
  if (kind === "residuals") return residualsOver(source, question, x, data.hollow !== null);
  if (!isObserved(predictor)) return null;
  const own = groupsHeld(predictor.tables, question);
  const where = (kind === "near" ? heldOf(predictor.tables, question) : own).filter(({ reason }) => reason === "");
  const tests = where.map((one) => nearness(data, one, question, own.includes(one)));
  const rows = Array.from(x.keys()).filter((row) => tests.every((test) => test(row)));
  const take = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  const by = question.by && variable(predictor.tables, question.by.name);
  const levels = by && by.levels.length > 0 ? columnOf(data, by.name, by) : null;
  const hollow = data.columns.find(({ name }) => name === data.hollow);
  const placed = placedOf(predictor, question.x, data, x);
  return {
    x: take(placed.x),
    y: take(placed.y),
    by: placed.by,
    hollow: hollow?.kind === "category" ? take(hollow.codes.data) : null,
    strata: levels && take(levels), // there is one for each level
  };
}

/** Whether the response has a place on the scale of the mean. */
export const isObserved = ({ observed }: Predictor): boolean => observed.data.some(Number.isFinite);

/** Which observations the points of all pictures are. */
export function pointsSaid({ tabs: { data } }: Fit, source: Source, question: FanQuestion, kind: PointsKind, points: readonly (FanPoints | null)[]): string {
  const { tables, observed } = source.predictor;
  if (kind === "residuals") {
    const why = whyNoResiduals(source, question, !isUnavailable(data) && data.hollow !== null);
    return why
      ? `No partial residuals: ${why}.`
      : "Points are partial residuals: the curve at their own value, plus what the model leaves of each observation.";
  }
  if (!points[0]) return "";
  const shown = `${count(points.reduce((sum, one) => sum + one!.x.length, 0))} of ${count(observed.data.length)} observations are`;
  if (kind === "near") return `${shown} near the held values.`;
  const own = groupsHeld(tables, question);
  if (own.length > 0) return `${shown} of the ${own.map(({ name }) => name).join(" and ")} shown.`;
  const others = tables.variables.filter(({ name }) => name !== question.x && isOnlyGrouping(tables, name));
  return [
    !question.averaged && heldOf(tables, question).length > 0 && "The observations are all rows, whatever their values of these.",
    others.length > 0 && `Observations are of every ${others.map(({ name }) => name).join(" and ")}.`,
  ].filter(Boolean).join(" ");
}

function residualsOver(source: Source, question: FanQuestion, x: ArrayLike<number>, isCensored: boolean): FanPoints | null {
  if (whyNoResiduals(source, question, isCensored) !== null) return null;
  const y = partialResiduals(source, question);
  return { x: Float64Array.from(source.predictor.rows.data, (row) => x[row]!), y, by: [0, 0], hollow: null, name: "partial residual" };
}

/** All observations, each at a place of its own that stays while other predictors move. The picture spreads levels itself. */
const placedOf = onceFor(({ observed }: Predictor, name, { jitter, columns }: DataView_, x: ArrayLike<number>): Apart => {
  const strip = columns.some((one) => one.name === name && one.kind === "category") ? 0 : null;
  return apart(x, observed.data, [strip, jitter ? BINARY : null]);
});

/** The grouping factors that stand at a level of their own. */
const groupsHeld = ({ variables }: PredictorTables, { x, groups }: FanQuestion): readonly Variable[] =>
  variables.filter(({ name }) => name !== x && groups.groups?.has(name));

/** Values of a variable at the rows that are drawn; positions for levels. Null where the data do not have it. */
function columnOf(data: DataView_, name: string, { levels }: Variable): ArrayLike<number> & { keys(): Iterable<number> } | null {
  const found = data.columns.find((one) => one.name === name);
  if (found === undefined || (found.kind === "category") !== levels.length > 0) return null;
  if (found.kind === "numeric") return found.values.data;
  const place = found.levels.map((level) => levels.indexOf(level));
  return Float64Array.from(found.codes.data, (code) => place[code] ?? NaN);
}

/** Whether a row stands where a variable is held: at the same level, or within half a standard deviation unless it is `exact`. */
function nearness(data: DataView_, one: Variable, { held }: FanQuestion, exact: boolean): (row: number) => boolean {
  const { name, levels, grid, places, start } = one;
  const values = columnOf(data, name, one);
  if (values === null) return () => true;
  const at = grid.data[held.get(name) ?? start]!;
  const [low = -Infinity, high = Infinity] = [places[0], places.at(-1)].map((place) => place && grid.data[place[1]]);
  const reach = exact || levels.length > 0 ? 0 : (high - low) / 4;
  return (row) => Math.abs(values[row]! - at) <= reach;
}
