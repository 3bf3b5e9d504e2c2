/** The priors of this moment: those of the fit, and what is changed of them. */
import { priorText, readPrior } from "../../engine/prior.js";
import { PRIOR_FAMILIES, type PriorFamily } from "../../engine/priors.gen.js";
import type { WhatIf } from "../../state/what-if.js";
import type { ModelView, PriorRecord } from "../../wire.js";

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

/** "Normal(0, 1)": as a line of a cell gives it, and with a list where elements differ. */
export function shownPrior(record: PriorRecord, { priors = {} }: WhatIf): string {
  return priors[record.name] ?? `${record.family}(${record.arguments.map(({ values }) => listed(values.data, 4)).join(", ")})`;
}

/** The PyMC program with the priors of this moment. */
export const pymcCode = ({ code, priors }: ModelView, whatIf: WhatIf): string =>
  code.map((part) => (typeof part === "string" ? part : call(priors[part]!, whatIf))).join("");

function call(record: PriorRecord, { priors = {} }: WhatIf): string {
  const found = readPrior(priors[record.name] ?? "");
  const [family, given] =
    "refused" in found
      ? [record.family, record.arguments.map(({ name, values }) => `${name}=${listed(values.data)}`)]
      : [found.family.name, found.family.arguments.map(({ name }, i) => `${name}=${found.values[i]}`)];
  return `pm.${family}(${[JSON.stringify(record.variable), ...given].join(", ")}${record.rest})`;
}

/** The cell with the lines of the priors that it gave, and of those that are changed; empty where there is none. */
export function cellText({ cell, priors }: ModelView, whatIf: WhatIf): string {
  if (cell === "") return "";
  const lines = priors.flatMap(({ name, given, fixed }) => {
    const text = whatIf.priors?.[name] ?? (fixed === "" ? given : null);
    return text === null ? [] : [`${name} ~ ${text}`];
  });
  return [cell.trimEnd(), ...lines].join("\n");
}

function listed(values: Float64Array, figures = 17): string {
  const print = (value: number) => String(figures < 17 ? Number(value.toPrecision(figures)) : value);
  return new Set(values).size === 1 ? print(values[0]!) : `[${Array.from(values, print).join(", ")}]`;
}
