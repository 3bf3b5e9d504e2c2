"""Predictors on the wire: what the browser's tests read is what Python says today, and what Bambi says."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import sys
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
import xarray

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES

from glm_magic._stack import to_native
from glm_magic.model.names import known_labels, label_of
from glm_magic.wire import Payload, decode, encode


def writer():
    """The script that writes the file, as a module: its records are read by their annotations."""
    path = Path(__file__).parent / "wire" / "write_predictors.py"
    spec = importlib.util.spec_from_file_location("write_predictors", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


WRITER = writer()
MODELS = list(WRITER.models())
NAMES = [WRITER.name_of(text, family) for text, family, _ in MODELS]
N_DRAWS = WRITER.DRAWS
FRAME = WRITER.FRAME

# What Bambi and formulae themselves warn about while a model is built.
pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
]


@pytest.fixture(scope="module")
def stored():
    """The cases of the file, by name."""
    content = json.loads(WRITER.PREDICTORS.read_text("utf-8"))
    payload = Payload(schema=content["schema"], buffer=b64decode(content["buffer"]))
    return {one.name: one for one in decode(WRITER.Cases, payload).cases}


def same(found, expected, place=""):
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


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_stored_predictors_are_what_is_written_today(model, stored):
    case = WRITER.made(*model)
    payload = encode(WRITER.Cases(cases=(case,)))
    (read,) = decode(WRITER.Cases, payload).cases
    same(read, stored[read.name])


def test_every_model_of_the_file_is_written(stored):
    missing = {WRITER.name_of(t, f) for f, t in WRITER.FAMILIES.items() if f not in BUILTIN_FAMILIES}
    assert set(stored) == {*NAMES} | missing


def test_every_family_and_link_is_in_the_file(stored):
    """The families of Bambi with each link that it offers for the main parameter."""
    found = {(one.predictor.tables.family, asked.link) for one in stored.values() for asked in one.questions}
    for name, builtin in BUILTIN_FAMILIES.items():
        main = next(iter(builtin["link"]))
        for link in builtin["family"].SUPPORTED_LINKS[main]:
            assert (name, link) in found


# A dozen: terms, families, groups.
WITNESSED = [
    ("y ~ bs(x, df=4)*g", None), ("y ~ x*z*g", None), ("y ~ np.maximum(x, z)*g", None),
    ("y ~ x + (x|town:school) + (0 + z|h)", None), ("hit ~ x + (x|g) + (1|town/school)", "bernoulli"),
    ("count ~ x + offset(np.log(e))", "poisson"), ("count ~ x*z", "negativebinomial"), ("kind ~ x*g", "categorical"),
    ("grade ~ x*g", "cumulative"), ("grade ~ x + (x|g)", "sratio"), ("kind ~ x + (h|g)", "categorical"),
    ("censored(positive, status) ~ x*g", "weibull"), ("y ~ year + x + g:x", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "family"), WITNESSED)
def test_bambi_itself_predicts_what_is_in_the_file(text, family, stored):
    case = stored[WRITER.name_of(text, family)]
    model = WRITER.built(text, family, {})
    bambi_model = model.source.bambi
    tables = case.predictor.tables
    draws = {one.label: case.draws.column(one.label) for one in case.draws.columns}
    if case.predictor.linear:
        draws = WRITER.draws_of(tables)
    every = {one.variable for p in tables.parameters for term in p.groups for one in term.by}
    for asked in case.questions:
        # Bambi includes the effects of all groups, or of none.
        if asked.link != tables.parameters[0].link or set(asked.groups) not in (set(), every):
            continue
        at = {one.name: one.start for one in tables.variables} | dict(asked.held)
        row = {
            one.name: one.levels[at[one.name]] if one.levels else one.grid[at[one.name]]
            for one in tables.variables
        }
        frame = FRAME.iloc[:1].assign(**row)
        frame = frame.astype(
            {name: FRAME.dtypes[name] for name in row if FRAME.dtypes[name].kind not in "iub"}
        )
        predicted = bambi_model.predict(
            to_native(xarray.DataTree.from_dict({"posterior": posterior(model, draws)})),
            kind="response_params",
            data=frame[list(row)] if row else frame,
            inplace=False,
            include_group_specific=bool(asked.groups),
        )["posterior"][bambi_model.family.likelihood.parent]
        np.testing.assert_allclose(
            asked.mean.reshape(N_DRAWS, -1), np.asarray(predicted).reshape(N_DRAWS, -1), rtol=1e-9, atol=1e-12
        )


def posterior(model, draws):
    """Write draws by label as a posterior of one chain."""
    labels = known_labels(model)
    computed = [one.name for one in model.source.centered]
    data, coords = {}, {"chain": [0], "draw": np.arange(N_DRAWS)}
    for name in (*computed, *(one for one in model.variables if one not in model.internal)):
        own = labels[label_of(name)]
        if not set(own) <= draws.keys():
            continue
        dims = model.pymc.named_vars_to_dims.get(name) or ()
        shape = [len(model.pymc.coords[dim]) for dim in dims]
        values = np.stack([draws[label] for label in own], axis=1).reshape(1, N_DRAWS, *shape)
        data[name] = (("chain", "draw", *dims), values)
        coords |= {dim: list(model.pymc.coords[dim]) for dim in dims}
    return xarray.Dataset(data, coords=coords)
