/** What Data shows: the response over x, each row at a place of its own, as it was measured and as it is changed. */
import { fanOf, type Fan } from "../../fit/fan.js";
import type { Stage } from "../../stage.js";
import { apart, sayApart, type Apart } from "../../stats/apart.js";
import { brief, count, plural } from "../../stats/format.js";
import { BINARY, STRIP } from "../../stats/jitter.js";
import { ofColumns, type Table } from "../../stats/table.js";
import type { Sentence } from "../../ui/scene.js";
import type { Column, DataView_ } from "../../wire.js";
import { column, positions, sayBinary, saySpread } from "../columns.js";
import { chosenX, movable } from "../fan/answer.js";
import { facets } from "../fan/question.js";
import { litPlace } from "../selection.js";
import { responseOf, valuesNow, type Response } from "./response.js";

export type Levels = Extract<Column, { kind: "category" }>;

export interface Shown {
  readonly x: Column;
  readonly y: Column;
  /** Where rows are drawn. */
  readonly placed: Apart & { readonly y: Float32Array };
  /** Rows that have no place. */
  readonly missing: number;
  readonly by: Levels | undefined;
  readonly hollow: Levels | undefined;
  readonly truth: DataView_["truth"][number] | undefined;
  /** What the page can change of the rows; null where it can change nothing. */
  readonly response: Response | null;
  /** Heights as in the data, of rows that have others now. */
  readonly before: ReadonlyMap<number, number>;
  /** Rows that are left out. */
  readonly out: ReadonlySet<number>;
}

export function shownOf(stage: Stage, view: DataView_): Shown {
  const name = view.x.includes(stage.get("x")) ? stage.get("x") : view.x[0]!;
  const [x, y] = [column(view, name)!, column(view, view.response)!];
  const response = responseOf(stage);
  const heights = (values: ArrayLike<number>) => Float32Array.from(values, (value, row) => value / response!.unit(row));
  const [ys, now] = response?.moves ? [response.given, valuesNow(stage, response)].map(heights) as [Float32Array, Float32Array] : [positions(y), positions(y)];
  const strip = ({ kind }: Column) => (kind === "category" ? STRIP : null);
  const placed = apart(positions(x), ys, [strip(x), view.jitter ? BINARY : strip(y)]);
  const places = Array.from(ys.keys());
  const used = response && stage.get("what_if").rows;
  const out = new Set(used && places);
  used?.forEach((row) => out.delete(row));
  return {
    x,
    y: response?.moves ? { name: y.name, kind: "numeric", values: { data: now, shape: [now.length] } } : y,
    placed: { ...placed, y: now.map((at, row) => placed.y[row]! + at - ys[row]!) },
    missing: places.filter((row) => !Number.isFinite(placed.x[row]! + ys[row]!)).length,
    by: levelled(view, stage.get("colour")),
    hollow: levelled(view, view.hollow),
    truth: stage.get("show_truth") ? view.truth.find((line) => line.x === name) : undefined,
    response,
    before: new Map(places.flatMap((row) => (now[row]! === ys[row]! || Number.isNaN(ys[row]) ? [] : [[row, placed.y[row]!]]))),
    out,
  };
}

function levelled(view: DataView_, name: string | null): Levels | undefined {
  const found = column(view, name ?? "");
  return found?.kind === "category" ? found : undefined;
}

/** The selected draw's line of the fan; null where the fan is over another variable, or the response not on the scale of the mean. */
export function litFan(stage: Stage, { x, y, out }: Shown): Fan | null {
  const source = movable(stage.fit);
  const place = source && litPlace(stage);
  if (source === null || place === null || chosenX(stage, source) !== x.name) return null;
  const { observed: { data } } = source.predictor;
  if (!positions(y).every((value, row) => out.has(row) || value === data[row])) return null;
  const { question } = facets(stage, source, x.name)[0]!;
  return fanOf(source, { ...question, scale: "response" }, [place], [place]);
}

/** The rows of the columns that have a place in the picture, by those that give it; and which of them are used, where some are left out. */
export function dataTable(columns: readonly Column[], places: readonly Column[], out: ReadonlySet<number> = new Set()): Table {
  const placed = places.map(positions);
  const isDrawn = (_: unknown, row: number) => placed.every((values) => Number.isFinite(values[row]!));
  const values = (one: Column) => {
    if (one.kind === "numeric") return one.values.data.filter(isDrawn);
    return Array.from(one.codes.data, (code) => one.levels[code] ?? null).filter(isDrawn);
  };
  const used = Float32Array.from(placed[0]!, (_, row) => Number(!out.has(row))).filter(isDrawn);
  return ofColumns("data", [...columns.map((one) => ({ name: one.name, values: values(one) })), ...(out.size > 0 ? [{ name: "used", values: used }] : [])]);
}

/** What the picture does to the data must be said: noise added, rows left out. */
export const said = ({ jitter }: DataView_, { x, y, placed, missing }: Shown): Sentence[] => [
  jitter && sayBinary(y.name),
  x.kind === "category" && saySpread("sideways"),
  y.kind === "category" && !jitter && saySpread("up and down"),
  sayApart(x.name, y.name, placed.by),
  missing > 0 && `${plural(missing, "row")} with a missing ${x.name} or ${y.name} not drawn.`,
];

export function sentence({ n_shown }: DataView_, { x, y, missing, before, out }: Shown): string {
  const changes = [out.size > 0 && `${plural(out.size, "row")} left out`, before.size > 0 && `${plural(before.size, "row")} with another value`];
  return [`${y.name} against ${x.name}: ${plural(n_shown - missing, "point")}`, span(x), span(y), ...changes].filter(Boolean).join(", ");
}

function span(source: Column): string {
  if (source.kind === "category") return `${source.name} with ${count(source.levels.length)} levels`;
  const sorted = source.values.data.filter(Number.isFinite).sort();
  return `${source.name} from ${brief(sorted[0] ?? null)} to ${brief(sorted.at(-1) ?? null)}`;
}
