"""Python names for columns and variables."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

TAKEN = frozenset({"np", "pd", "pm", "pt", "coords", "model", "idata", "design_matrices", "data"})


class Identifiers:
    """Gives out Python names, each once.

    Parameters
    ----------
    taken : iterable of str
        Names that mean something else.
    """

    def __init__(self, *taken: str) -> None:
        self.given = {*TAKEN, *taken}

    def new(self, wish: str) -> str:
        """Give a name that is like the wish.

        Parameters
        ----------
        wish : str
            Any text.

        Returns
        -------
        str
            A Python name that was not given before.
        """
        plain = re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", wish)).strip("_") or "value"
        plain = plain if plain.isidentifier() else f"v_{plain}"
        if keyword.iskeyword(plain) or hasattr(builtins, plain):
            plain += "_"
        name, number = plain, 1
        while name in self.given:
            number += 1
            name = f"{plain}_{number}"
        self.given.add(name)
        return name
