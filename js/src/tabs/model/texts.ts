/** A prior, the program and the cell as text, with the priors of this moment. */
import { knownPrior } from "../../lab/priors.js";
import type { WhatIf } from "../../state/what-if.js";
import type { ModelView, PriorRecord } from "../../wire.js";

/** "Normal(0, 1)": as a line of a cell gives it, and with a list where elements differ. */
export const shownPrior = (record: PriorRecord, { priors = {} }: WhatIf): string =>
  priors[record.name] ?? written(record, (value) => Number(value.toPrecision(4)));

const written = ({ family, arguments: given }: PriorRecord, print?: (value: number) => number): string =>
  `${family}(${given.map(({ values }) => listed(values.data, print)).join(", ")})`;

/** The PyMC program with the priors of this moment. */
export const pymcCode = ({ code, priors }: ModelView, whatIf: WhatIf): string =>
  code.map((part) => (typeof part === "string" ? part : call(priors[part]!, whatIf))).join("");

function call(record: PriorRecord, whatIf: WhatIf): string {
  const changed = whatIf.priors?.[record.name] === undefined ? null : knownPrior(record, whatIf);
  const given = changed
    ? changed.family.arguments.map(({ name }, i) => `${name}=${changed.values[i]}`)
    : record.arguments.map(({ name, values }) => `${name}=${listed(values.data)}`);
  return `pm.${changed?.family.name ?? record.family}(${[JSON.stringify(record.variable), ...given].join(", ")}${record.rest})`;
}

/**
 * The cell with the lines of the priors that it gave; with those of all priors once one is changed, because the scales that
 * Bambi chooses depend on the priors that are given. Empty where there is no cell.
 */
export function cellText({ cell, priors }: ModelView, whatIf: WhatIf): string {
  const chosen = whatIf.priors ?? {};
  const isChanged = Object.keys(chosen).length > 0;
  const lines = priors.flatMap((record) => {
    const { name, given, fixed } = record;
    const text = chosen[name] ?? (fixed ? null : (given ?? (isChanged ? written(record) : null)));
    return text === null ? [] : [`${name} ~ ${text}`];
  });
  return cell && [cell.trimEnd(), ...lines].join("\n");
}

function listed(values: Float64Array, print: (value: number) => number = (value) => value): string {
  const printed = Array.from(values, print);
  return values.every((value) => value === values[0]) ? `${printed[0]}` : `[${printed.join(", ")}]`;
}
