/** What the controls of the fan ask: one question for each picture. */
import type { FanQuestion } from "../../fit/fan.js";
import { valueAt } from "../../fit/fan.js";
import { refusal, type Held } from "../../fit/points.js";
import { newGroup, whyNoNewGroup } from "../../fit/groups.js";
import type { Groups, Scale, Source } from "../../fit/predictor.js";
import { wordOf } from "../../stats/random.js";
import type { Stage } from "../../stage.js";
import type { Values } from "../../state/traits.js";
import type { PredictorTables, Variable } from "../../wire.js";

/** Pictures side by side. */
export const MOST_FACETS = 12;
/** Levels of a variable on one axis, or with a fan each: more are not told apart. */
const MOST_LEVELS = 40;
const MOST_STRATA = 7;

export interface Facet {
  readonly title: string;
  readonly question: FanQuestion;
}

/** Names of the variables by which group-specific effects differ. */
export function groupings({ parameters }: PredictorTables): readonly string[] {
  const names = parameters.flatMap(({ groups }) => groups.flatMap(({ by }) => by.map(({ variable }) => variable)));
  return [...new Set(names)];
}

/** Whether a variable matters to nothing but group-specific effects. */
export function isOnlyGrouping(tables: PredictorTables, name: string): boolean {
  return groupings(tables).includes(name) && !tables.tables.some(({ variables }) => variables.includes(name));
}

/** The variables over which there can be a fan. */
export function alongs(tables: PredictorTables): readonly Variable[] {
  const fits = ({ grid, levels, reason }: Variable) => reason === "" && grid.data.length > 1 && levels.length <= MOST_LEVELS;
  const found = tables.variables.filter(fits);
  const grouping = ({ name }: Variable) => isOnlyGrouping(tables, name);
  return [...found.filter((one) => !grouping(one)), ...found.filter(grouping)];
}

/** The variables whose values can have a fan each. */
export function bys(tables: PredictorTables, x: string): readonly Variable[] {
  return tables.variables.filter(({ name, levels, places, reason }) => {
    const several = levels.length > 0 ? levels.length <= MOST_STRATA && levels.length > 1 : places.length > 1;
    return name !== x && reason === "" && several && !isOnlyGrouping(tables, name);
  });
}

/** The position at which a variable is held: that of the value that was chosen, or its start. */
export function positionOf(variable: Variable, held: Values): number {
  const value = held[variable.name];
  const { levels, grid, start } = variable;
  if (typeof value === "string") return levels.includes(value) ? levels.indexOf(value) : start;
  if (value === undefined || levels.length > 0) return start;
  let nearest = 0;
  grid.data.forEach((at, i) => {
    if (Math.abs(at - value) < Math.abs(grid.data[nearest]! - value)) nearest = i;
  });
  return nearest;
}

/** The question of each picture: several levels of a grouping factor have one each. */
export function facets(stage: Stage, source: Source, x: string): Facet[] {
  const { tables } = source.predictor;
  const chosen = stage.get("held");
  const held: Held = new Map(tables.variables.map((one) => [one.name, positionOf(one, chosen)]));
  const effects = stage.get("group_effects");
  const names = groupings(tables).filter((name) => name === x || effects[name] !== undefined);
  const fresh = new Set(names.filter((name) => name !== x && effects[name] === "new"));
  const several = names.find((name) => name !== x && effects[name] === "several");
  const by = byOf(stage, tables, x);
  const base: FanQuestion = {
    x,
    held,
    groups: { groups: new Set(names.filter((name) => !fresh.has(name))), ...freshOf(source, fresh, stage.fit.title) },
    scale: scaleOf(stage),
    by,
    averaged: stage.get("averaged") && refusal(tables, new Map([[x, 0], ...(by === null ? [] : [[by.name, 0] as const])])) === null,
  };
  if (several === undefined) return [{ title: "", question: base }];
  const variable = tables.variables.find(({ name }) => name === several)!;
  return severalOf(stage, variable).map((level) => {
    const at = variable.levels.indexOf(level);
    return { title: `${several} = ${level}`, question: { ...base, held: new Map([...held, [several, at]]) } };
  });
}

/** Effects of a new group, the same in every picture; none where they cannot be drawn, and then `whyNoNewGroup` says why. */
export function freshOf(source: Source, variables: ReadonlySet<string>, seed: string): Pick<Groups, "fresh"> {
  const none = variables.size === 0 || whyNoNewGroup(source, variables) !== null;
  return none ? {} : { fresh: newGroup(source, variables, wordOf(seed)) };
}

/** The levels that have a picture each. */
export function severalOf(stage: Stage, { levels }: Variable): readonly string[] {
  const asked = stage.get("several").filter((level) => levels.includes(level));
  return (asked.length > 0 ? asked : levels.slice(0, 6)).slice(0, MOST_FACETS);
}

export function scaleOf(stage: Stage): Scale {
  return stage.get("scale") === "link" ? "link" : "response";
}

function byOf(stage: Stage, tables: PredictorTables, x: string): FanQuestion["by"] {
  const found = bys(tables, x).find(({ name }) => name === stage.get("by"));
  if (found === undefined) return null;
  const positions = found.levels.length > 0 ? found.levels.map((_, at) => at) : [...new Set(found.places.map(([, at]) => at))];
  return { name: found.name, positions };
}

/** The values that are held and matter to the picture, in words. */
export function heldSaid(tables: PredictorTables, { x, held, by, groups }: FanQuestion): string {
  const matters = ({ name, grid }: Variable) => {
    return name !== x && name !== by?.name && grid.data.length > 0 && (!isOnlyGrouping(tables, name) || groups.groups?.has(name));
  };
  const every = tables.variables.filter(matters);
  const said = every.slice(0, MOST_FACETS).map((one) => `${one.name} = ${valueAt(one, held.get(one.name) ?? one.start)}`);
  const rest = every.length - said.length;
  return said.join(", ") + (rest > 0 ? ` and ${rest} others at their mean or reference level` : "");
}

