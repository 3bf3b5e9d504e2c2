/** What the fan shows at this moment: the answer to what its controls ask. */
import { column, drawAt, drawsOf, remaining } from "../../fit/draws.js";
import { fanOf, scaleLabel, truthOf, whyNoneNew, withNew, withTruth, type Fan, type FanQuestion } from "../../fit/fan.js";
import { whyNoNewGroup } from "../../fit/groups.js";
import { pointsOf, type PointsKind } from "../../fit/observed.js";
import { refusal } from "../../fit/points.js";
import { priorOf } from "../../fit/prior.js";
import { sourceOf, type Source } from "../../fit/predictor.js";
import { shippedFan } from "../../fit/shipped-fan.js";
import type { Stage } from "../../stage.js";
import type { Curves } from "../../stats/curves.js";
import { wordOf } from "../../stats/random.js";
import { isUnavailable, type FanAxis, type FanView, type PredictorTables } from "../../wire.js";
import { alongs, facets, freshOf, groupings, heldSaid } from "./question.js";

/** One picture: a fan, and which draw each of its lines is. */
export interface Picture {
  readonly title: string;
  readonly fan: Fan;
  /** The fan of the prior beneath it. */
  readonly under: Fan | null;
  /** Whether it has a scale of its own: a prior is often far wider than the posterior. */
  readonly apart: boolean;
  /** By their numbers in the fit; empty where they are not known. */
  readonly numbers: ArrayLike<number>;
}

export interface Answer {
  readonly pictures: readonly Picture[];
  /** Lines that there are. */
  readonly n_lines: number;
  readonly ylabel: string;
  /** Whom the lines are for, where groups have effects of their own. */
  readonly population: string;
  readonly said: readonly string[];
}

/** What the browser can evaluate; null where the fan has only the curves that Python made. */
export function movable(stage: Stage): Source | null {
  const source = sourceOf(stage.fit);
  return isUnavailable(source) || alongs(source.predictor.tables).length === 0 ? null : (source as Source);
}

/** The fan of the moment; `exact` means are of all draws and not of the lines alone, which takes longer. */
export function answer(stage: Stage, view: FanView, exact: boolean): Answer {
  const source = movable(stage);
  return source === null ? shippedAnswer(stage, view) : movedAnswer(stage, source, exact);
}

/** The variable over which the fan is: the one that was chosen, or the first. */
export function chosenX(stage: Stage, source: Source): string {
  const found = alongs(source.predictor.tables);
  return (found.find(({ name }) => name === stage.get("x")) ?? found[0]!).name;
}

function movedAnswer(stage: Stage, source: Source, exact: boolean): Answer {
  const { draws, predictor } = source;
  const { tables } = predictor;
  const { brushed } = stage.get("selection");
  const kept = remaining(draws, brushed);
  const places = brushed === null ? draws.order.data : draws.order.data.filter(within(kept, draws.values.shape));
  const x = chosenX(stage, source);
  const asked = facets(stage, source, x);
  const truth = stage.get("show_truth") ? truthOf(source) : null;
  const kind = stage.get("points") as PointsKind;
  const whyNone = stage.get("show") === "new" ? whyNoneNew(source, asked[0]!.question) : null;
  const news = stage.get("show") === "new" && whyNone === null;
  const prior = stage.get("prior_fan") === "none" ? null : priorOf(stage.fit);
  const numbers = Array.from(places, (place) => drawAt(draws, place));
  const observed = pointsOf(stage.fit, source, asked[0]!.question, kind);
  const pictures = asked.map(({ title, question }): Picture => {
    const bare = fanOf(source, question, places, exact ? kept : places);
    const fan = truth === null ? bare : withTruth(bare, fanOf(truth, question, ONLY, ONLY));
    const { points } = title === "" ? observed : pointsOf(stage.fit, source, question, kind);
    const seen = news ? withNew(fan, source, question, places, wordOf(stage.fit.title)) : fan;
    const under = prior !== null && stage.get("prior_fan") === "under" ? priorFan(prior, question) : null;
    const own = title === "" && stage.get("prior_fan") === "beside" && prior !== null ? "Posterior" : title;
    return { title: own, fan: { ...seen, points }, numbers, under, apart: false };
  });
  if (prior !== null && stage.get("prior_fan") === "beside") pictures.push(besides(prior, asked[0]!.question));
  const { question } = asked[0]!;
  const why = refusal(tables, new Map([[x, 0]]));
  return {
    pictures,
    n_lines: places.length,
    ylabel: scaleLabel(tables, question.scale),
    population: populationOf(tables, question),
    said: [
      question.averaged
        ? `Averaged over ${tables.n_rows.toLocaleString("en")} rows of the data, whose other predictors have their own values.`
        : heldNote(heldSaid(tables, question), kind, observed.said),
      noNewGroup(stage, source, x),
      whyNone === null ? "" : `No new observations: ${whyNone}.`,
      news ? "Bands hold the stated share of new observations, simulated once for each draw, at each point by itself." : "",
      stage.get("averaged") && !question.averaged && why !== null ? `Not averaged: ${why}.` : "",
      stage.get("prior_fan") === "under" && prior !== null ? "Lines of the prior are drawn as far as the axis reaches." : "",
      stage.get("prior_fan") === "beside" && prior !== null ? "The prior's lines have an axis of their own." : "",
      question.scale === "link" ? "Observations have no place on the scale of the link." : "",
    ].filter((text) => text !== ""),
  };
}

const ONLY = [0];

function populationOf(tables: PredictorTables, { groups: { groups, fresh } }: FanQuestion): string {
  if (fresh !== undefined) return `a new ${[...fresh.variables].join(" and ")}`;
  return groupings(tables).some((name) => groups?.has(name)) ? "" : tables.population;
}

function priorFan(prior: Source, { groups, ...question }: FanQuestion): Fan {
  // A new group of the prior is one that the prior draws.
  const { fresh, ...others } = groups;
  const own = fresh === undefined ? {} : freshOf(prior, fresh.variables, "prior");
  return fanOf(prior, { ...question, groups: { ...others, ...own } }, prior.draws.order.data, prior.draws.order.data);
}

function besides(prior: Source, question: FanQuestion): Picture {
  return { title: "Prior", fan: priorFan(prior, question), numbers: [], under: null, apart: true };
}

function noNewGroup(stage: Stage, source: Source, x: string): string {
  const effects = stage.get("group_effects");
  const asked = groupings(source.predictor.tables).filter((name) => name !== x && effects[name] === "new");
  const why = asked.length === 0 ? null : whyNoNewGroup(source, new Set(asked));
  return why === null ? "" : `The population is shown: ${why}.`;
}

function heldNote(held: string, kind: PointsKind, observed: string): string {
  if (held === "") return observed;
  const all = kind === "none" ? "" : "The observations are all rows, whatever their values of these.";
  return [`held: ${held}`, observed === "" ? all : observed].filter((part) => part !== "").join(". ");
}

function within(kept: Uint32Array, shape: readonly number[]): (place: number) => boolean {
  const flags = new Uint8Array((shape[1] ?? 0) * (shape[2] ?? 0));
  for (const place of kept) flags[place] = 1;
  return (place) => flags[place] === 1;
}

/** The axis of that label where it is over x, and else the plain one over x; where there is none, the label's own or the first. */
export function chosenAxis(axes: readonly FanAxis[], x: string, label: string): FanAxis {
  const labelled = axes.find((axis) => axis.label === label);
  if (labelled?.x === x) return labelled;
  return axes.find((axis) => axis.label === x) ?? axes.find((axis) => axis.x === x) ?? labelled ?? axes[0]!;
}

function shippedAnswer(stage: Stage, view: FanView): Answer {
  const axis = chosenAxis(view.axes, stage.get("x"), stage.get("axis"));
  const numbers = view.numbers.data;
  const whole = shippedFan(axis);
  const lines = brushedLines(stage, numbers);
  const truths = stage.get("show_truth");
  const fan: Fan = {
    ...whole,
    strata: whole.strata.map((one) => ({
      ...one,
      truth: truths ? one.truth : null,
      ...(lines === null ? {} : { curves: some(one.curves, lines) }),
    })),
    points: stage.get("points") === "none" ? null : whole.points,
  };
  const held = axis.held.map(({ name, value }) => `${name} = ${value}`).join(", ");
  return {
    pictures: [{ title: "", fan, under: null, apart: false, numbers: lines === null ? numbers : lines.map((line) => numbers[line]!) }],
    n_lines: lines?.length ?? view.n_draws,
    ylabel: view.ylabel,
    population: axis.population ?? "",
    said: [held === "" ? "" : `held: ${held}`, axis.note ?? ""].filter((text) => text !== ""),
  };
}

/** The lines whose draws are within the brush; null where all are shown. */
function brushedLines(stage: Stage, numbers: ArrayLike<number>): number[] | null {
  const { brushed } = stage.get("selection");
  const draws = drawsOf(stage.fit);
  if (brushed === null || draws === null || numbers.length === 0 || column(draws, brushed.label) === undefined) return null;
  const kept = new Set(Array.from(remaining(draws, brushed), (place) => drawAt(draws, place)));
  return Array.from(numbers, (_, line) => line).filter((line) => kept.has(numbers[line]!));
}

function some({ values, n_grid }: Curves, lines: readonly number[]): Curves {
  const made = new Float32Array(lines.length * n_grid);
  lines.forEach((line, i) => made.set(values.subarray(line * n_grid, (line + 1) * n_grid), i * n_grid));
  return { values: made, n_lines: lines.length, n_grid };
}
