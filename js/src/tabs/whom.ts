/** Whose line the fan draws of a draw. */
import type { Whom } from "../fit/equation.js";
import { valueAt } from "../fit/fan.js";
import { variable } from "../fit/points.js";
import type { Stage } from "../stage.js";
import { whileSame } from "../stats/once.js";
import { chosenX, movable } from "./fan/answer.js";
import { chosenGroups, facets, groupings } from "./fan/question.js";

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
      const { held, groups: { groups, fresh } } = facets(stage, source, x)[0]!.question;
      const every = [x, ...chosenGroups(stage, tables, x, "several")];
      const names = groupings(tables);
      const own = new Set(names.filter((name) => groups!.has(name) && !every.includes(name)));
      const words = names.flatMap((name) => {
        if (own.has(name)) return `${name} = ${valueAt(variable(tables, name), held.get(name)!)}`;
        if (fresh?.variables.has(name)) return `a new ${name}`;
        return groups!.has(name) ? `each ${name}, whose effects are added` : [];
      });
      return { groups: { groups: own, ...(fresh && { fresh }) }, held, words: words.join(" and ") || tables.population };
    },
  );
}
