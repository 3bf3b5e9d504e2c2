/** The priors of this moment: those of the fit, and what is changed of them. */
import { priorText, readPrior } from "../engine/prior.js";
import { PRIOR_FAMILIES, type PriorFamily } from "../engine/priors.gen.js";
import { column } from "../fit/draws.js";
import type { WhatIf } from "../state/what-if.js";
import { onceFor } from "../stats/once.js";
import type { Draws, PriorRecord } from "../wire.js";

/** A prior as the engine knows it. */
export interface Known {
  readonly family: PriorFamily;
  /** By argument; of several that differ, the first. */
  readonly values: readonly number[];
}

/** The prior that is fitted: what is changed of it, or itself; null where the engine has no such family. */
export function knownPrior(record: PriorRecord, { priors = {} }: WhatIf): Known | null {
  const found = readPrior(priors[record.name] ?? "");
  if (!("refused" in found)) return found;
  const family = PRIOR_FAMILIES.find(({ name }) => name === record.family);
  return family ? { family, values: record.arguments.map(({ values }) => values.data[0]!) } : null;
}

/** Values with another one in one place. */
export const replaced = (values: readonly number[], at: number, value: number): number[] => values.map((one, i) => (i === at ? value : one));

/** The prior of each element of a record that the engine knows; none where it does not. */
export function priorsAt(record: PriorRecord, whatIf: WhatIf): readonly Known[] {
  const known = knownPrior(record, whatIf);
  if (known === null) return [];
  const own = whatIf.priors?.[record.name] === undefined;
  return record.labels.map((_, k) => (own ? { ...known, values: record.arguments.map(({ values: { data } }) => data[k % data.length]!) } : known));
}

/** The draws of what a prior is of, by label: a number, or the intercept at the means of the predictors; undefined where they are not here. */
export const priorColumn = onceFor((draws: Draws, label: string, { shift }: PriorRecord): Float64Array | undefined =>
  shift.reduce((sum, { name, values }) => sum?.map((value, i) => value + values.data[0]! * column(draws, name)![i]!), column(draws, label)),
);

/** Whether each element has a prior of its own, which one line cannot give. */
export const isVaried = ({ arguments: given }: PriorRecord): boolean => given.some(({ values: { data } }) => data.some((value) => value !== data[0]));

/** The change with another prior; the one of the fit itself is none. */
export function withPrior({ priors = {}, ...others }: WhatIf, record: PriorRecord, { family, values }: Known): WhatIf {
  const { [record.name]: _, ...rest } = priors;
  const text = priorText(family, values);
  const own = knownPrior(record, {});
  const same = own !== null && !isVaried(record) && priorText(own.family, own.values) === text;
  const changed = same ? rest : { ...rest, [record.name]: text };
  return Object.keys(changed).length > 0 ? { ...others, priors: changed } : others;
}
