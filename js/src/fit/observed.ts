/** The observations over a fan's variable. */
import { apart, type Apart } from "../stats/apart.js";
import { BINARY } from "../stats/jitter.js";
import { count } from "../stats/format.js";
import { onceFor } from "../stats/once.js";
import { isUnavailable, type DataView_, type Fit, type Predictor, type PredictorTables, type Variable } from "../wire.js";
import type { FanPoints, FanQuestion } from "./fan.js";
import { variable } from "./points.js";
import type { Source } from "./predictor.js";
import { partialResiduals, whyNoResiduals } from "./residuals.js";

/** Which observations are drawn, and how. */
export type PointsKind = "raw" | "faded" | "near" | "residuals" | "none";

/** Observations over x, all of them or those near the held values, with how many these are; or their partial residuals. */
export function pointsOf(fit: Fit, source: Source, question: FanQuestion, kind: PointsKind): { points: FanPoints | null; said: string } {
  const { data } = fit.tabs;
  const { predictor } = source;
  if (isUnavailable(data) || kind === "none" || question.scale === "link") return { points: null, said: "" };
  const x = columnOf(data, question.x, variable(predictor.tables, question.x));
  if (x === null) return { points: null, said: "" };
  if (kind === "residuals") return residualsOver(source, question, x);
  const own = groupsHeld(predictor.tables, question);
  const rows = Array.from(x.keys()).filter((row) => {
    return isOf(data, own, question, row) && (kind !== "near" || isNear(data, predictor.tables, question, row));
  });
  const take = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  const hollow = data.columns.find(({ name }) => name === data.hollow);
  if (!predictor.observed.data.some(Number.isFinite)) return { points: null, said: "" };
  const placed = placedOf(predictor, question.x, data, x);
  const points = {
    x: take(placed.x),
    y: take(placed.y),
    by: placed.by,
    exact: take(predictor.observed.data),
    hollow: hollow?.kind === "category" ? take(hollow.codes.data) : null,
  };
  const shown = `${count(rows.length)} of ${count(x.length)} observations`;
  if (kind === "near") return { points, said: `${shown} are near the held values.` };
  return { points, said: own.length > 0 ? `${shown} are of the ${own.map(({ name }) => name).join(" and ")} shown.` : "" };
}

function residualsOver(source: Source, question: FanQuestion, x: ArrayLike<number>): { points: FanPoints | null; said: string } {
  const why = whyNoResiduals(source, question);
  if (why !== null) return { points: null, said: `No partial residuals: ${why}.` };
  const y = partialResiduals(source, question);
  const points = { x: Float64Array.from(source.predictor.rows.data, (row) => x[row]!), y, by: [0, 0] as const, exact: y, hollow: null, name: "partial residual" };
  return { points, said: "Points are partial residuals: the curve at their own value, plus what the model leaves of each observation." };
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
function isNear(data: DataView_, tables: PredictorTables, { x, held, by }: FanQuestion, row: number): boolean {
  return tables.variables.every((one) => {
    if (one.name === x || one.name === by?.name || one.reason !== "" || tables.exposure.includes(one.name)) return true;
    const values = columnOf(data, one.name, one);
    if (values === null) return true;
    const at = held.get(one.name) ?? one.start;
    if (one.levels.length > 0) return values[row] === at;
    const [low, high] = [one.places[0]?.[1], one.places.at(-1)?.[1]];
    const spread = low === undefined || high === undefined ? Infinity : (one.grid.data[high]! - one.grid.data[low]!) / 2;
    return Math.abs(values[row]! - one.grid.data[at]!) <= spread / 2;
  });
}
