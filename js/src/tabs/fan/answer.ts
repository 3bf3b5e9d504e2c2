/** What the fan shows at this moment: the answer to what its controls ask. */
import { drawAt, drawsOf, remaining } from "../../fit/draws.js";
import { fanOf, scaleLabel, standing, truthOf, whyNoneNew, withNew, withTruth, type Fan, type FanQuestion } from "../../fit/fan.js";
import { whyNoNewGroup } from "../../fit/groups.js";
import { isObserved, pointsOf, pointsSaid, type PointsKind } from "../../fit/observed.js";
import { groupingNames, isOnlyGrouping, variable } from "../../fit/points.js";
import { priorOf } from "../../fit/prior.js";
import { fanLabels, sourceOf, type Source } from "../../fit/predictor.js";
import { shippedFan } from "../../fit/shipped-fan.js";
import type { Stage } from "../../stage.js";
import type { Curves } from "../../stats/curves.js";
import { count } from "../../stats/format.js";
import { wordOf } from "../../stats/random.js";
import { isUnavailable, type FanAxis, type FanView, type Fit, type PredictorTables } from "../../wire.js";
import type { Sentence } from "../../ui/scene.js";
import { brushOf } from "../selection.js";
import { bandsOf, MOST_MOVING, showOf, type Bands } from "./bands.js";
import { alongs, chosenGroups, facets, freshOf, heldSaid, whyNotAveraged } from "./question.js";

/** One picture: a fan, and which draw each of its lines is. */
export interface Picture {
  readonly title: string;
  readonly fan: Fan;
  /** By their numbers in the fit; empty where they are not known. */
  readonly numbers: readonly number[];
  /** The fan of the prior beneath it. */
  readonly under: Fan | null;
  /** The fan before a change, of some of its lines. */
  readonly before: Fan | null;
  /** Whether it is the prior's, which has a scale of its own: it is often far wider than the posterior. */
  readonly isPrior: boolean;
  /** Of each stratum. */
  readonly bands: readonly Bands[];
}

export interface Answer {
  readonly pictures: readonly Picture[];
  /** Lines that there are. */
  readonly n_lines: number;
  readonly ylabel: string;
  /** Whom the lines are for, where groups have effects of their own. */
  readonly population: string;
  readonly said: readonly Sentence[];
}

/** What the browser can evaluate; null where the fan has only the curves that Python made. */
export function movable(fit: Fit): Source | null {
  const source = sourceOf(fit);
  return "unavailable" in source || alongs(source.predictor.tables).length === 0 ? null : source;
}

/** The fan of the moment. While it moves, there are no more curves than a frame has time for; else means are of all draws. */
export function answer(stage: Stage, view: FanView, moving: boolean): Answer {
  const source = movable(stage.fit);
  return source ? movedAnswer(stage, view, source, moving) : shippedAnswer(stage, view);
}

/** The same fan after a change of the probability of its interval alone. */
export const rebanded = (stage: Stage, { pictures, ...shown }: Answer): Answer =>
  ({ ...shown, pictures: pictures.map((one) => ({ ...one, bands: bandsOf(stage, one.fan) })) });

/** The variable over which the fan is: the one that was chosen, or the first. */
export function chosenX(stage: Stage, { predictor: { tables } }: Source): string {
  const names = alongs(tables).map(({ name }) => name);
  return names.find((name) => name === stage.get("x")) ?? names[0]!;
}

const pictureOf = (stage: Stage, title: string, fan: Fan, numbers: readonly number[], under: Fan | null = null, before: Fan | null = null, isPrior = false): Picture =>
  ({ title, fan, numbers, under, before, isPrior, bands: bandsOf(stage, fan) });

function movedAnswer(stage: Stage, view: FanView, source: Source, moving: boolean): Answer {
  const { draws, predictor: { tables } } = source;
  const all = remaining(draws, brushOf(stage));
  const kept = keptDraws(stage);
  const ordered = kept ? draws.order.data.filter((place) => kept.has(drawAt(draws, place))) : draws.order.data;
  const x = chosenX(stage, source);
  const asked = facets(stage, source, x);
  const { question } = asked[0]!;
  const curves = asked.length * (question.by?.positions.length ?? 1) * fanLabels(tables, question.scale).length;
  const places = moving ? ordered.subarray(0, Math.ceil(MOST_MOVING[showOf(stage)] / curves)) : ordered;
  const numbers = Array.from(places, (place) => drawAt(draws, place));
  const [several] = chosenGroups(stage, tables, x, "several");
  const kind = kindOf(stage, view);
  // The effects of a new group are the posterior's, and no truth.
  const truth = stage.get("show_truth") && !question.groups.fresh ? truthOf(source) : null;
  const news = stage.get("show") === "new";
  const whyNone = news ? whyNoneNew(source, question) : null;
  const how = stage.get("prior_fan");
  const prior = how === "none" ? null : priorOf(stage.fit);
  const [beside, under] = [how === "beside" && prior, how === "under" && prior];
  const old = stage.ghost && movable(stage.ghost);
  const pictures = asked.map(({ title, question: own }) => {
    let fan = fanOf(source, own, places, moving ? places : all);
    if (truth) fan = withTruth(fan, fanOf(truth, own, ONLY, ONLY));
    if (news && whyNone === null) fan = withNew(fan, source, own, places, wordOf(stage.fit.title));
    const points = pointsOf(stage.fit, source, own, kind);
    return pictureOf(stage, beside && title === "" ? "Posterior" : title, { ...fan, points }, numbers, under ? fanOfOther(under, own) : null, old && fanOfOther(old, own, GHOSTLY));
  });
  const observed = pointsSaid(stage.fit, source, question, kind, pictures.map(({ fan }) => fan.points));
  const held = heldSaid(tables, question, several);
  if (beside) pictures.push(pictureOf(stage, ["Prior", asked[0]!.title].filter(Boolean).join(", "), fanOfOther(beside, question), [], null, null, true));
  return {
    pictures,
    n_lines: ordered.length,
    ylabel: scaleLabel(tables, question.scale),
    population: populationOf(tables, question, several),
    said: [
      [
        question.averaged
          ? `Averaged over ${ofRows(stage, tables.n_rows) ?? `${count(tables.n_rows)} rows of the data`}, whose other predictors have their own values`
          : held && `held: ${held}`,
        observed,
      ].filter(Boolean).join(". "),
      reason("The population is shown", whyNoNewGroup(source, new Set(chosenGroups(stage, tables, x, "new")))),
      several !== undefined && groupingNames(tables).length > 1 && "One grouping factor at a time can be at several levels.",
      reason("No new observations", whyNone),
      reason("New observations", news && whyNone === null && tables.observation.reason),
      reason("Not averaged", stage.get("averaged") ? whyNotAveraged(tables, x, question.by) : null),
      under && "Lines of the prior are drawn as far as the axis reaches.",
      beside && "The prior's lines have an axis of their own.",
      question.scale === "link" && kind !== "none" && "Observations have no place on the scale of the link.",
    ],
  };
}

const ONLY = [0];

const reason = (what: string, why: string | false | null): Sentence => why && `${what}: ${why}.`;

/** Of each grouping factor, but for the one of x and the one whose levels are the titles of the pictures. */
export function populationOf(tables: PredictorTables, { x, held, groups: { groups, fresh } }: FanQuestion, several: string | undefined): string {
  const factors = groupingNames(tables);
  const average = factors.filter((name) => !groups?.has(name) && !fresh?.variables.has(name) && isOnlyGrouping(tables, name));
  if (average.length === factors.length) return tables.population;
  const one = factors.filter((name) => groups?.has(name) && name !== x && name !== several);
  return [
    fresh && `a new ${[...fresh.variables].join(" and ")}`,
    ...one.map((name) => standing(variable(tables, name), held.get(name) ?? 0)),
    average.length > 0 && `an average ${average.join(" and ")}`,
  ].filter(Boolean).join(" and ");
}

/** Lines of the posterior before a change, whose mean and interval alone are drawn. */
const GHOSTLY = 200;

/** Of the prior, or of another posterior: a new group is one that it draws itself. */
function fanOfOther(source: Source, { groups: { groups, fresh }, ...question }: FanQuestion, most = Infinity): Fan {
  const data = source.draws.order.data.subarray(0, most);
  const own = fresh ? freshOf(source, fresh.variables, "prior") : {};
  return fanOf(source, { ...question, groups: { ...(groups && { groups }), ...own } }, data, data);
}

/** The kinds of points that there are; where the chosen one is none of them, the first holds. */
export function pointKinds(stage: Stage, { axes }: FanView): readonly PointsKind[] {
  const source = movable(stage.fit);
  if (source === null) return axes.some(({ points }) => points) ? ["raw", "faded", "none"] : [];
  if (isUnavailable(stage.fit.tabs.data) || !isObserved(source.predictor)) return [];
  return ["raw", "faded", ...(stage.get("averaged") ? [] : ["near" as const]), "residuals", "none"];
}

function kindOf(stage: Stage, view: FanView): PointsKind {
  const kinds = pointKinds(stage, view);
  return kinds.find((kind) => kind === stage.get("points")) ?? kinds[0] ?? "none";
}

/** "5,000 of 40,000 rows of the data, chosen at random"; null where they are all. */
export const ofRows = ({ fit: { tabs: { data } } }: Stage, n: number): string | null =>
  isUnavailable(data) || n >= data.n_rows ? null : `${count(n)} of ${count(data.n_rows)} rows of the data, chosen at random`;

/** The axis of that label where it is over x, and else the plain one over x; where there is none, the label's own or the first. */
export function chosenAxis(axes: readonly FanAxis[], x: string, label: string): FanAxis {
  const labelled = axes.find((axis) => axis.label === label);
  if (labelled?.x === x) return labelled;
  return axes.find((axis) => axis.label === x) ?? axes.find((axis) => axis.x === x) ?? labelled ?? axes[0]!;
}

function shippedAnswer(stage: Stage, view: FanView): Answer {
  const axis = chosenAxis(view.axes, stage.get("x"), stage.get("axis"));
  const { strata, ...whole } = shippedFan(axis);
  const numbers = Array.from(view.numbers.data);
  const kept = keptDraws(stage);
  const lines = kept && numbers.length > 0 ? [...numbers.keys()].filter((line) => kept.has(numbers[line]!)) : null;
  const fan: Fan = {
    ...whole,
    strata: strata.map(({ truth, curves, ...one }) => {
      return { ...one, truth: stage.get("show_truth") ? truth : null, curves: lines ? some(curves, lines) : curves };
    }),
    points: kindOf(stage, view) === "none" ? null : whole.points,
  };
  const held = axis.held.map(({ name, value }) => `${name} = ${value}`).join(", ");
  return {
    pictures: [pictureOf(stage, "", fan, lines?.map((line) => numbers[line]!) ?? numbers)],
    n_lines: lines?.length ?? view.n_draws,
    ylabel: view.ylabel,
    population: axis.population ?? "",
    said: [held && `held: ${held}`, axis.note, isUnavailable(stage.fit.predictor) && stage.fit.predictor.unavailable],
  };
}

/** The draws within the brush, by their numbers in the fit; null where nothing is brushed. */
function keptDraws(stage: Stage): ReadonlySet<number> | null {
  const [draws, brushed] = [drawsOf(stage.fit), brushOf(stage)];
  if (!draws || !brushed) return null;
  return new Set(Array.from(remaining(draws, brushed), (place) => drawAt(draws, place)));
}

function some({ values, n_grid }: Curves, lines: readonly number[]): Curves {
  const made = new Float64Array(lines.length * n_grid);
  lines.forEach((line, i) => made.set(values.subarray(line * n_grid, (line + 1) * n_grid), i * n_grid));
  return { values: made, n_lines: lines.length, n_grid };
}
