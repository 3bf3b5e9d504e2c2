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
  const rows = Array.from(x.keys()).filter((row) => {
    return isOf(data, own, question, row) && (kind !== "near" || isNear(data, predictor.tables, question, row));
  });
  const take = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  const by = predictor.tables.variables.find(({ name, levels }) => name === question.by?.name && levels.length > 0);
  const levels = by ? columnOf(data, by.name, by) : null;
  const hollow = data.columns.find(({ name }) => name === data.hollow);
  const placed = placedOf(predictor, question.x, data, x);
  return {
    x: take(placed.x),
    y: take(placed.y),
    by: placed.by,
    exact: take(predictor.observed.data),
    hollow: hollow?.kind === "category" ? take(hollow.codes.data) : null,
    strata: levels && take(Float64Array.from(levels, (level) => question.by!.positions.indexOf(level))),
  };
}

/** Whether the response has a place on the scale of the mean. */
export const isObserved = ({ observed }: Predictor): boolean => observed.data.some(Number.isFinite);

/** Which observations the points of all pictures are. */
export function pointsSaid({ tabs: { data } }: Fit, source: Source, question: FanQuestion, kind: PointsKind, points: readonly (FanPoints | null)[]): string {
  const { tables, observed } = source.predictor;
  if (kind === "residuals" && question.scale === "response") {
    const why = whyNoResiduals(source, question, !isUnavailable(data) && data.hollow !== null);
    return why === null
      ? "Points are partial residuals: the curve at their own value, plus what the model leaves of each observation."
      : `No partial residuals: ${why}.`;
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
  return { x: Float64Array.from(source.predictor.rows.data, (row) => x[row]!), y, by: [0, 0], exact: y, hollow: null, name: "partial residual" };
}

/** All observations, each at a place of its own that stays while other predictors move. The picture spreads levels itself. */
const placedOf = onceFor(({ observed }: Predictor, name, { jitter, columns }: DataView_, x: ArrayLike<number>): Apart => {
  const strip = columns.some((one) => one.name === name && one.kind === "category") ? 0 : null;
  return apart(x, observed.data, [strip, jitter ? BINARY : null]);
});

/** The grouping factors that stand at a level of their own. */
function groupsHeld({ variables }: PredictorTables, { x, groups }: FanQuestion): readonly Variable[] {
  return variables.filter(({ name }) => name !== x && groups.groups?.has(name));
}

function isOf(data: DataView_, own: readonly Variable[], { held }: FanQuestion, row: number): boolean {
  return own.every((one) => {
    const values = columnOf(data, one.name, one);
    return values === null || values[row] === (held.get(one.name) ?? one.start);
  });
}

/** Values of a variable at the rows that are drawn; positions for levels. Null where the data do not have it. */
function columnOf(data: DataView_, name: string, { levels }: Variable): ArrayLike<number> & { keys(): Iterable<number> } | null {
  const found = data.columns.find((one) => one.name === name);
  if (found === undefined || (found.kind === "category") !== levels.length > 0) return null;
  if (found.kind === "numeric") return found.values.data;
  const place = found.levels.map((level) => levels.indexOf(level));
  return Float64Array.from(found.codes.data, (code) => place[code] ?? NaN);
}

/** A number is near where it is within half a standard deviation of its held value; a level where it is the same. */
function isNear(data: DataView_, tables: PredictorTables, question: FanQuestion, row: number): boolean {
  return heldOf(tables, question).every((one) => {
    if (one.reason !== "") return true;
    const values = columnOf(data, one.name, one);
    if (values === null) return true;
    const at = question.held.get(one.name) ?? one.start;
    if (one.levels.length > 0) return values[row] === at;
    const [low, high] = [one.places[0]?.[1], one.places.at(-1)?.[1]];
    const spread = low === undefined || high === undefined ? Infinity : (one.grid.data[high]! - one.grid.data[low]!) / 2;
    return Math.abs(values[row]! - one.grid.data[at]!) <= spread / 2;
  });
}
