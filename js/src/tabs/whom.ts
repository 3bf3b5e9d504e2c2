/** Whose line the fan draws of a draw. */
import type { Whom } from "../fit/equation.js";
import { groupingNames } from "../fit/points.js";
import type { Stage } from "../stage.js";
import { whileSame } from "../stats/once.js";
import { chosenX, movable, populationOf } from "./fan/answer.js";
import { chosenGroups, facets } from "./fan/question.js";

/** What it depends on. */
export const WHOM = ["fit", "x", "held", "group_effects", "several"] as const;

const NOBODY: Whom = { groups: {}, held: new Map(), words: "" };

export function whoseLine(stage: Stage): () => Whom {
  return whileSame(
    () => [stage.fit, ...WHOM.slice(1).map((name) => stage.get(name as "x"))],
    () => {
      const source = movable(stage.fit);
      if (source === null) return NOBODY;
      const { tables } = source.predictor;
      const x = chosenX(stage, source);
      const { question } = facets(stage, source, x)[0]!;
      const { held, groups: { groups, fresh } } = question;
      const [several] = chosenGroups(stage, tables, x, "several");
      const isEach = (name: string) => name === x || name === several;
      const chosen = groupingNames(tables).filter((name) => groups!.has(name) && !fresh?.variables.has(name));
      const each = chosen.filter(isEach).map((name) => `each ${name}, whose effects are added`);
      const words = [populationOf(tables, question, several), ...each].filter(Boolean).join(" and ") || tables.population;
      return { groups: { groups: new Set(chosen.filter((name) => !isEach(name))), ...(fresh && { fresh }) }, held, words };
    },
  );
}
