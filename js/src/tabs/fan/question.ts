/** What the controls of the fan ask: one question for each picture. */
import { heldOf, placeSaid, standing, type FanQuestion } from "../../fit/fan.js";
import { groupingNames, isOnlyGrouping, refusal, variable, type Held } from "../../fit/points.js";
import { newGroup, whyNoNewGroup } from "../../fit/groups.js";
import { fanLabels, type Groups, type Source } from "../../fit/predictor.js";
import { wordOf } from "../../stats/random.js";
import type { Stage } from "../../stage.js";
import type { Values } from "../../state/traits.js";
import type { PredictorTables, Variable } from "../../wire.js";

/** Pictures side by side. */
const MOST_FACETS = 12;
/** Levels of a variable on one axis, or with a fan each: more are not told apart. */
const MOST_LEVELS = 40;
const MOST_STRATA = 7;

export interface Facet {
  readonly title: string;
  readonly question: FanQuestion;
}

/** The variables that move: an exposure is no predictor of a rate. */
export const movingOf = ({ variables, exposure }: PredictorTables): readonly Variable[] =>
  variables.filter(({ name, grid, reason }) => reason === "" && grid.data.length > 1 && !exposure.includes(name));

/** The variables over which there can be a fan; those that matter to groups alone come last. */
export function alongs(tables: PredictorTables): readonly Variable[] {
  const last = ({ name }: Variable) => Number(isOnlyGrouping(tables, name));
  return movingOf(tables).filter(({ levels }) => levels.length <= MOST_LEVELS).sort((a, b) => last(a) - last(b));
}

/** The variables whose values can have a fan each. */
export function bys(tables: PredictorTables, x: string): readonly Variable[] {
  return movingOf(tables).filter(({ name, levels, places }) => {
    const n = levels.length || places.length;
    return name !== x && n > 1 && levels.length <= MOST_STRATA && !isOnlyGrouping(tables, name);
  });
}

/** The place of the value that is nearest to one. */
export function nearestTo(value: number, values: ArrayLike<number>): number {
  let nearest = 0;
  for (let at = 1; at < values.length; at++) {
    if (Math.abs(values[at]! - value) < Math.abs(values[nearest]! - value)) nearest = at;
  }
  return nearest;
}

/** The position at which a variable is held: that of the value that was chosen, or its start. */
export function positionOf({ name, levels, grid, start }: Variable, held: Values): number {
  const value = held[name];
  if (typeof value === "string") return levels.includes(value) ? levels.indexOf(value) : start;
  return value === undefined || levels.length > 0 ? start : nearestTo(value, grid.data);
}

/** The grouping factors but x of which that is chosen. */
export const chosenGroups = (stage: Stage, tables: PredictorTables, x: string, choice: string): string[] =>
  groupingNames(tables).filter((name) => name !== x && stage.get("group_effects")[name] === choice);

/** The question of each picture: several levels of a grouping factor have one each. */
export function facets(stage: Stage, source: Source, x: string): Facet[] {
  const { tables } = source.predictor;
  const held: Held = new Map(movingOf(tables).map((one) => [one.name, positionOf(one, stage.get("held"))]));
  const effects = stage.get("group_effects");
  const fresh = new Set(chosenGroups(stage, tables, x, "new"));
  const [several] = chosenGroups(stage, tables, x, "several");
  // A second factor that is asked for at several levels stays at the population.
  const own = groupingNames(tables).filter((name) => name === x || name === several || effects[name] === "one");
  const by = byOf(stage, tables, x);
  const question: FanQuestion = {
    x,
    held,
    groups: { groups: new Set(own), ...freshOf(source, fresh, stage.fit.title) },
    scale: stage.get("scale") === "link" ? "link" : "response",
    by,
    averaged: stage.get("averaged") && whyNotAveraged(tables, x, by) === null,
  };
  return byCategory(tables, question).flatMap((one) => {
    if (several === undefined) return [one];
    const { levels } = variable(tables, several);
    const asked = stage.get("several").filter((level) => levels.includes(level));
    return (asked.length > 0 ? asked : levels.slice(0, 6)).map((level) => ({
      title: [`${several} = ${level}`, one.title].filter(Boolean).join(", "),
      question: { ...one.question, held: new Map([...held, [several, levels.indexOf(level)]]) },
    }));
  }).slice(0, MOST_FACETS);
}

/** A response with categories has a picture for each value of another variable: one cannot tell so many curves apart. */
function byCategory(tables: PredictorTables, question: FanQuestion): Facet[] {
  const { by } = question;
  if (by === null || fanLabels(tables, question.scale).length === 1) return [{ title: "", question }];
  return by.positions.map((at) => ({ title: placeSaid(variable(tables, by.name), at), question: { ...question, by: { ...by, positions: [at] } } }));
}

/** Why the fan cannot be averaged over the data; null where it can. */
export const whyNotAveraged = (tables: PredictorTables, x: string, by: FanQuestion["by"]): string | null =>
  refusal(tables, new Set([x, by?.name ?? x, ...tables.exposure]));

/** Effects of a new group, the same in every picture; none where they cannot be drawn, and then `whyNoNewGroup` says why. */
export function freshOf(source: Source, variables: ReadonlySet<string>, seed: string): Pick<Groups, "fresh"> {
  const none = variables.size === 0 || whyNoNewGroup(source, variables) !== null;
  return none ? {} : { fresh: newGroup(source, variables, wordOf(seed)) };
}

function byOf(stage: Stage, tables: PredictorTables, x: string): FanQuestion["by"] {
  const found = bys(tables, x).find(({ name }) => name === stage.get("by"));
  if (found === undefined) return null;
  const { name, levels, places } = found;
  return { name, positions: levels.length > 0 ? [...levels.keys()] : [...new Set(places.map(([, at]) => at))] };
}

/** The values that are held and matter to the picture, in words. */
export function heldSaid(tables: PredictorTables, question: FanQuestion, several: string | undefined): string {
  const every = heldOf(tables, question).filter(({ name }) => name !== several);
  const said = every.slice(0, MOST_FACETS).map((one) => standing(one, question.held.get(one.name) ?? one.start));
  const rest = every.length - said.length;
  return said.join(", ") + (rest > 0 ? ` and ${rest} others at their mean or reference level` : "");
}
