"""Options -> the header of a cell."""

from __future__ import annotations

from collections.abc import Mapping

from glm_magic.request import DEFAULTS, Options
from glm_magic.request.options import BY_NAME, FITTING


def header_text(data: str, options: Options) -> str:
    """Write the header of the cell that asks for a fit.

    Parameters
    ----------
    data : str
        A name or a path; empty where the columns are arrays of the notebook.
    options : Options

    Returns
    -------
    str
        ``"%%glm df --family poisson"``: options that have their default are left out.
    """
    words = ["%%glm", *([_word(data)] if data else [])]
    for name in FITTING:
        value = getattr(options, name)
        if value == getattr(DEFAULTS, name):
            continue
        flag = BY_NAME[name].flags[-1]
        match value:
            case True:
                words.append(flag)
            case Mapping():
                words += [
                    flag,
                    _word(", ".join(f"{key}={number!r}" for key, number in value.items()), always=True),
                ]
            case _:
                words += [flag, _word(str(value))]
    return " ".join(words)


def _word(text: str, *, always: bool = False) -> str:
    """Quote a word that has spaces."""
    if not always and not any(letter.isspace() or letter in "\"'#:" for letter in text):
        return text
    # A quote stands between quotes of the other kind.
    return "'\"'".join(f'"{part}"' for part in text.split('"'))
