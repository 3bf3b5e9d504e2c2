"""The digest of a column of data: that of what it says."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd

from glm_magic.store.arrays import Arrays
from glm_magic.store.columns import Stored, stored


def digest(values: pd.Series[Any]) -> str:
    """Give the SHA-256 of what a column says.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    str
        The same for numbers of 32 and of 64 bits, and however pandas holds text and missing values.

    Raises
    ------
    Unstorable
        If the column cannot be written.
    """
    arrays = Arrays()
    return hashlib.sha256(_said(stored(values, arrays), arrays)).hexdigest()


def _said(column: Stored, arrays: Arrays) -> bytes:
    """Write what a column says: its kind, and the bytes of its values."""
    values = arrays.at(column.values, "iuf")
    missing = None if column.missing is None else arrays.at(column.missing, "ub")
    if column.kind in ("number", "interval"):
        wide = values.astype("<f8")
        if missing is not None:
            wide[missing.astype(bool)] = np.nan
        # A NaN may have many patterns of bits.
        wide[np.isnan(wide)] = np.nan
        parts = [wide.tobytes()]
        missing = None
        if (
            values.dtype.kind in "iu"
            and len(values)
            and np.abs(wide[~np.isnan(wide)]).max(initial=0.0) > 2**53
        ):
            parts.append(values.tobytes())
    else:
        parts = [values.tobytes()]
    parts += [b"" if missing is None else missing.astype(np.uint8).tobytes()]
    parts += [b"" if column.texts is None else arrays.at(column.texts, "u").tobytes()]
    parts += [b"" if column.levels is None else _said(column.levels, arrays)]
    head = json.dumps([column.kind, column.ordered, column.closed, [len(part) for part in parts]])
    return head.encode("ascii") + b"".join(parts)
