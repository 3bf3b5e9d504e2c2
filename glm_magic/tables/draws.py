"""Draws as a tidy frame: a row per draw, a column per number."""

from __future__ import annotations

import numpy as np
import pandas as pd

from glm_magic.posterior import Posterior, scalars

OWN = ("chain", "draw")


def draws_frame(posterior: Posterior) -> pd.DataFrame:
    """Lay draws out as a frame.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    pandas.DataFrame
        Columns chain and draw, and one per number, labelled as in the summary; chain by chain.
    """
    found = scalars(posterior)
    tree = posterior.tree["posterior"].dataset
    counts = [tree.sizes[dim] for dim in OWN]
    index = [tree[dim].values if dim in tree.coords else np.arange(tree.sizes[dim]) for dim in OWN]
    values = np.empty((counts[0] * counts[1], len(found)), order="F")
    for column, one in enumerate(found):
        values[:, column] = one.draws.ravel()
    # A parameter may be called chain, which is a column already; its variable has a name of its own.
    names = [one.variable if one.label in OWN else one.label for one in found]
    frame = pd.DataFrame(values, columns=names, copy=False)
    frame.insert(0, "draw", np.tile(index[1], counts[0]), allow_duplicates=True)
    frame.insert(0, "chain", np.repeat(index[0], counts[1]), allow_duplicates=True)
    return frame
