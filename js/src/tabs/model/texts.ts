/** A prior, the program and the cell as text, with the priors of this moment. */
import { readPrior } from "../../engine/prior.js";
import type { WhatIf } from "../../state/what-if.js";
import type { ModelView, PriorRecord } from "../../wire.js";

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
