"""How a variable is called: by PyMC, in the posterior, and to the user.

Bambi's terms keep the user's own text. Only where that text breaks PyMC or nutpie the term is
fitted under a safe name, and renamed afterwards. A slash cannot stand in a DataTree, where
it separates groups: in the posterior it is written as a division sign.
"""

from __future__ import annotations

from collections.abc import Mapping

import xarray

SLASH = "÷"


def posterior_name(label: str) -> str:
    """Write a label so that a DataTree and NetCDF can hold it.

    Parameters
    ----------
    label : str
        The user's own name, such as ``"I(x / 10)"``.

    Returns
    -------
    str
        ``"I(x ÷ 10)"``.
    """
    return label.replace("/", SLASH)


def label_of(name: str) -> str:
    """Write a name of the posterior as the user wrote it; the inverse of `posterior_name`."""
    return name.replace(SLASH, "/")


def own_names(draws: xarray.Dataset, aliases: Mapping[str, str]) -> xarray.Dataset:
    """Rename safe names to the user's own, in variables and in dims.

    Parameters
    ----------
    draws : xarray.Dataset
    aliases : mapping of str to str
        Safe name to own name.

    Returns
    -------
    xarray.Dataset
    """
    renamed = {
        name: posterior_name(own) + str(name)[len(safe) :]
        for safe, own in aliases.items()
        for name in (*draws.variables, *draws.dims)
        if str(name) == safe or str(name).startswith(f"{safe}_")
    }
    return draws.rename(renamed)
