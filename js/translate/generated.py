"""The texts of the generated files."""

from __future__ import annotations

from translate import tables
from translate.functions import program
from translate.source import ENGINE, Function, read

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
  /** In PyMC's order. */
  readonly arguments: readonly Argument[];
  /** The parameters of the distribution by the arguments. */
  readonly slots: (values: readonly number[]) => readonly number[];
}

/** What it is called, of what numbers it is one, and its value when the family is chosen. */
export interface Argument {
  readonly name: string;
  readonly domain: "real" | "positive";
  readonly start: number;
}

const argument = (text) => {
  const [name, start] = text.split(/[=>]/);
  return { name, domain: text.includes(">") ? "positive" : "real", start: Number(start) };
};

const family = (name, distribution, support, given, slots = (values) => values) =>
  ({ name, distribution, support, arguments: given.split(" ").map(argument), slots });

/** Of each argument its name, "=" for any number or ">" for a positive one, and its first value. */
export const PRIOR_FAMILIES: readonly PriorFamily[] = [
"""


KERNELS = """
/** A distribution or a link: number of rows; the block, or the slot in it. */
export type Kernel = (n: number, block: Float64Array, at: number) => void;

"""

SPECIAL = ("lgamma", "digamma", "erfcx")
"""Exported for their tests."""

TABLES = """
/** Of each distribution, in the order of the kernels, the first letters of its slots' domains. */
export const DISTRIBUTIONS: Readonly<Record<string, string>> = {
"""


def files() -> dict[str, str]:
    """Write each file, by its name."""
    distributions, links = tables.distributions(), tables.links()
    return {
        "priors.gen.ts": f"{HEAD}{PRIORS}{tables.priors()}];\n",
        "kernels.gen.ts": HEAD + KERNELS + _code([row.kernel for row in (*distributions, *links)]),
        "layout.gen.ts": HEAD + _layout() + _tables(distributions, links),
    }


def _code(kernels: list[Function]) -> str:
    driver = read(ENGINE / "driver.py").functions
    roots = [driver["accumulate"], driver["chain"], driver["constrain"]]
    listed = ", ".join(kernel.name for kernel in kernels)
    exported = ", ".join([*(root.name for root in roots), *SPECIAL])
    return f"""{program(kernels, roots)}
export const kernels: readonly Kernel[] = [{listed}];
export {{ {exported} }};
"""


def _layout() -> str:
    """Write the constants of `records` and `layout` under their names: a bundle has their numbers alone."""
    found = {**read(ENGINE / "records.py").constants, **read(ENGINE / "layout.py").constants}
    lines = "".join(f"  {name} = {value},\n" for name, value in found.items())
    return f"""
/** What the words of a packed program and the rows of a block are called. */
export const enum At {{
{lines}}}
"""


def _tables(distributions: list[tables.Row], links: list[tables.Row]) -> str:
    rows = "".join(
        f'  {row.key}: "{"".join(domain[0] for domain in row.domains)}",\n' for row in distributions
    )
    keys = ",".join(f"{row.domains[0][0]} {row.key}" for row in links)
    return f"""{TABLES}{rows}}};

/** The first letters of domains and the names of links; their kernels follow those of the distributions. */
export const LINKS: readonly string[] = /* @__PURE__ */ "{keys}".split(",");
"""
