"""Read a stored file of records, and compare records with those that are written today."""

from __future__ import annotations

import dataclasses
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glm_magic.wire import Payload, decode, encode

# What Bambi and formulae themselves warn about while a model is built, and where a predictor has no inverse link.
BUILDING = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
]


def read(path: Path, kind: type) -> Any:
    """Read the record that a writer of this folder encoded."""
    content = json.loads(path.read_text("utf-8"))
    return decode(kind, Payload(schema=content["schema"], buffer=b64decode(content["buffer"])))


def sent(record: Any) -> Any:
    """Give a record as it is after it was encoded and decoded."""
    return decode(type(record), encode(record))


def same(found: Any, expected: Any, place: str = "") -> None:
    """Compare records: texts and whole numbers as they are, numbers to the rounding of another platform."""
    if dataclasses.is_dataclass(found):
        assert type(found).__name__ == type(expected).__name__, place
        for one in dataclasses.fields(found):
            same(getattr(found, one.name), getattr(expected, one.name), f"{place}.{one.name}")
    elif isinstance(found, tuple):
        assert len(found) == len(expected), place
        for at, (own, other) in enumerate(zip(found, expected, strict=True)):
            same(own, other, f"{place}[{at}]")
    elif isinstance(found, np.ndarray) and found.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=place)
    elif isinstance(found, np.ndarray):
        np.testing.assert_array_equal(found, expected, err_msg=place)
    else:
        assert found == expected, place
