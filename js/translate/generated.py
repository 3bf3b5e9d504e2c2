"""The texts of the generated files."""

from __future__ import annotations

import json

from translate import tables
from translate.functions import program
from translate.source import ENGINE, read

HEAD = """// @ts-nocheck
// Written by js/translate from glm_magic/engines/instant: change it there.
"""

PRIORS = """
/** One family of priors; `glm_magic/engines/instant/priors.py`. */
export interface PriorFamily {
  readonly name: string;
  /** The distribution whose kernel is its density. */
  readonly distribution: string;
  readonly support: "real" | "positive" | "unit";
  /** In PyMC's order, each with the value that it has when the family is chosen. */
  readonly arguments: readonly { readonly name: string; readonly domain: "real" | "positive"; readonly start: number }[];
  /** The parameters of the distribution by the arguments. */
  readonly slots: (values: readonly number[]) => readonly number[];
}

const family = (name, distribution, support, given, slots = (values) => values) => {
  const parsed = given.split(" ").map((one) => ({ name: one.split(/[=>]/)[0], domain: one.includes(">") ? "positive" : "real", start: +one.split(/[=>]/)[1] }));
  return { name, distribution, support, arguments: parsed, slots };
};

/** Of each argument its name, "=" for any number or ">" for a positive one, and its first value. */
export const PRIOR_FAMILIES: readonly PriorFamily[] = [
"""


KERNELS = """
/** A distribution or a link: number of rows; the block, or the slot in it. */
export type Kernel = (n: number, block: Float64Array, at: number) => void;

"""

TABLES = """
/** Of each distribution, in the order of the kernels, the first letters of its slots' domains. */
export const DISTRIBUTIONS: Readonly<Record<string, string>> = {
"""


def files() -> dict[str, str]:
    """Write each file, by its name."""
    distributions, links = tables.distributions(), tables.links()
    kernels = [row.kernel for row in (*distributions, *links)]
    driver = read(ENGINE / "driver.py").functions
    roots = [driver["accumulate"], driver["chain"], driver["constrain"]]
    code = program(kernels, roots)
    listed = ", ".join(kernel.name for kernel in kernels)
    exported = ", ".join([*(root.name for root in roots), "lgamma", "digamma", "erfcx"])
    return {
        "priors.gen.ts": f"{HEAD}{PRIORS}{tables.priors()}];\n",
        "kernels.gen.ts": f"{HEAD}{KERNELS}{code}\nexport const kernels: readonly Kernel[] = [{listed}];\nexport {{ {exported} }};\n",
        "layout.gen.ts": HEAD + _layout() + _tables(distributions, links),
    }


def _layout() -> str:
    """Write the constants of `records` and `layout` under their names: a bundle has their numbers alone."""
    found = {**read(ENGINE / "records.py").constants, **read(ENGINE / "layout.py").constants}
    lines = "".join(f"  {name} = {value},\n" for name, value in found.items())
    return f"\n/** What the words of a packed program and the rows of a block are called. */\nexport const enum At {{\n{lines}}}\n"


def _tables(distributions: list[tables.Row], links: list[tables.Row]) -> str:
    rows = "".join(f'  {row.key}: "{"".join(domain[0] for domain in row.domains)}",\n' for row in distributions)
    keys = ",".join(f"{row.domains[0][0]} {row.key}" for row in links)
    return f"""{TABLES}{rows}}};

/** The first letters of domains and the names of links; their kernels follow those of the distributions. */
export const LINKS: readonly string[] = "{keys}".split(",");
"""
