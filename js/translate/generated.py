"""The texts of the generated files."""

from __future__ import annotations

from translate import tables

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

export const PRIOR_FAMILIES: readonly PriorFamily[] = [
"""


def files() -> dict[str, str]:
    """Write each file, by its name."""
    return {"priors.gen.ts": f"{HEAD}{PRIORS}{tables.priors()}];\n"}
