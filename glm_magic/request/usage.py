"""The help text of the magic, made from `OPTIONS`."""

from __future__ import annotations

from glm_magic.request import Options
from glm_magic.request.options import OPTIONS

_COLUMN = 24
_USAGE = """\
%%glm [DATA] [options]            the formula or PyMC block is the cell
%glm DATA [options]: FORMULA      the same on one line

DATA is the name of a data frame, or the path of a .csv, .tsv, .parquet, .feather or
.json file.
Without DATA the columns are the notebook's arrays that the cell names.
"""

LINES = """\
Lines of a formula cell after the first:
  NAME ~ Dist(...)          a prior: hours ~ Normal(0, 1), 1|school ~ Normal(0, HalfNormal(2))
  NAME ~ NUMBER             a parameter of the family that is known: nu ~ 4, sigma ~ 1.0
  NAME ~ TERMS              a formula for a parameter of the family: sigma ~ hours; sigma ~ 1 is one, too
"""

_EXAMPLES = """\
Examples:
  %%glm df --family bernoulli --seed 8927
  passed ~ hours + (1|school)
  hours ~ Normal(0, 1)

  %glm df --draws 2000 --out fit: weight ~ height
"""


def help_text(defaults: Options | None = None) -> str:
    """Say how the magic is used.

    Parameters
    ----------
    defaults : Options, optional
        Defaults to show; those of `Options` if left out.

    Returns
    -------
    str
        Usage, the options in groups, and two examples.
    """
    shown = Options() if defaults is None else defaults
    groups: dict[str, list[str]] = {option.group: [] for option in OPTIONS}
    for option in OPTIONS:
        usage = f"{', '.join(option.flags)} {option.metavar}".strip()
        default = getattr(shown, option.name, None)
        note = f" (default {default})" if default and option.name != "truth" else ""
        gap = " " if len(usage) < _COLUMN else f"\n{'':27}"
        groups[option.group].append(f"  {usage:<24}{gap}{option.help}{note}")
    blocks = [f"{group.capitalize()} options:\n" + "\n".join(rows) for group, rows in groups.items()]
    listed = "\n\n".join(blocks)
    return f"{_USAGE}\n{LINES}\n{listed}\n\n{_EXAMPLES}"
