"""A PyMC block is run in the user's names, and described."""

from __future__ import annotations

import linecache
import traceback
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pymc
import pytest

from glm_magic.data import as_table
from glm_magic.errors import BlockError, ModelError
from glm_magic.model.block import block_model
from glm_magic.model.run import Sampled, run_block
from glm_magic.model.scope import visible
from glm_magic.request.block import read_block

TABLE = as_table(
    pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 3, 2], "g": ["a", "b", "a"], "a b": [1, 2, 3]}), "df"
)
PRIOR = "m = Normal('m', 0, 1)\n"
DATA = "Normal('o', m, 1, observed=y)\n"


class Fitted:
    """Stands in for the fit, and keeps what was sampled."""

    def __init__(self, binds="the posterior", whole=True):
        self.sampling = None
        self.around = "not asked"
        self._binds, self._whole = binds, whole

    def __call__(self, sampling):
        self.sampling = sampling
        self.around = pymc.Model.get_context(error_if_none=False)

        def bind():
            if isinstance(self._binds, BaseException):
                raise self._binds
            return self._binds

        return Sampled(fit="the fit", whole=self._whole, bind=bind)


def run(text, namespace=None, table=TABLE, filename="<glm cell 1>", fit=None):
    names = namespace if namespace is not None else {}
    return run_block(read_block(text), table, names, fit or Fitted(), filename)


def sampled(text, namespace=None, table=TABLE):
    fit = Fitted()
    run(text, namespace, table, fit=fit)
    return fit.sampling


def test_names_resolve_in_the_order_of_the_design():
    names = {"x": "the notebook's", "k": "the notebook's", "Normal": None}
    result = run(
        "from pymc import Normal\nseen = [type(x).__name__, k, pm.__name__, np.__name__, pt.__name__]\n"
        f"x = 3\n{PRIOR}{DATA}",
        names,
    )
    assert result.names["seen"] == ["ndarray", "the notebook's", "pymc", "numpy", "pytensor.tensor"]
    assert result.names["x"] == 3
    assert names["x"] == "the notebook's"


def test_the_notebook_is_not_changed():
    names = {"k": 1}
    run(f"k = 2\nnew = 3\n{PRIOR}{DATA}", names)
    assert names == {"k": 1}


def test_what_follows_the_sampling_sees_the_posterior_and_the_model():
    fit = Fitted()
    done = run(
        f"{PRIOR}{DATA}idata = sample(draws=5)\nfound = (idata, pm.modelcontext(None))\ndel m", fit=fit
    )
    assert fit.sampling.arguments == {"draws": 5}
    assert fit.around is None
    assert done.names["found"] == ("the posterior", fit.sampling.model)
    assert set(done.names) == {"idata", "found"}


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
def test_an_indented_block_is_the_same_block(indent):
    text = "".join(f"{indent}{line}\n" for line in (PRIOR + DATA).splitlines())
    assert [rv.name for rv in sampled(text).model.free_RVs] == ["m"]


def test_a_model_of_an_earlier_cell_can_be_opened():
    with pymc.Model() as model:
        pymc.Normal("m", 0, 1)
    done = sampled("with model:\n    Normal('o', model['m'], 1, observed=y)", {"model": model})
    assert done.model is model


def test_each_cell_keeps_its_own_lines():
    for number, fault in enumerate(["1 / 0", "[][0]"], start=1):
        with pytest.raises((ZeroDivisionError, IndexError)) as caught:
            run(f"{PRIOR}{fault}\n", filename=f"<glm cell {number}>")
        last = traceback.extract_tb(caught.value.__traceback__)[-1]
        assert (last.filename, last.lineno, last.line) == (f"<glm cell {number}>", 2, fault)
    assert linecache.getline("<glm cell 1>", 2).strip() == "1 / 0"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PRIOR, "no observed variable"),
        ("with nullcontext(k):\n    pass", "no PyMC model to sample"),
    ],
)
def test_a_block_without_a_model_is_refused(text, message):
    with pytest.raises(BlockError, match=message):
        run(text, {"k": 3, "nullcontext": nullcontext})


@pytest.mark.parametrize(("name", "title"), [("pooled", "PyMC model pooled"), ("model", "PyMC model")])
def test_a_model_is_called_what_it_is_called_in_the_block(name, title):
    text = f"with Model() as {name}:\n    {PRIOR.strip()}\n    Normal('o', m, 1, observed=y)"
    assert sampled(text, {}).title == title


def test_a_potential_is_enough():
    done = sampled(f"{PRIOR}Potential('p', -m**2)")
    assert block_model(done.model, TABLE, done.names, "PyMC model").response is None


def test_the_model_is_described():
    done = sampled(
        f"{PRIOR}d = Deterministic('d', m * 2)\nNormal('o', m * x, 1, observed=y)", {"z": np.arange(3)}
    )
    model = block_model(done.model, TABLE, done.names, "PyMC model")
    assert model.variables == ("m", "d")
    assert model.response.name == "o"
    assert {"x", "y", "a b", "z"} <= set(model.source.vectors)


@pytest.mark.filterwarnings("ignore:Data in o contains missing values")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Normal('o', 0, 1, observed=y)", "nothing to estimate"),
        (f"{PRIOR}Normal('o', m, 1, observed=np.full(3, np.nan))", "has no values"),
    ],
)
def test_a_model_that_cannot_be_fitted_is_refused(text, message):
    done = sampled(text)
    with pytest.raises(ModelError, match=message):
        block_model(done.model, TABLE, done.names, "PyMC model")


def test_whole_numbers_of_the_data_do_not_wrap_around():
    table = as_table(
        pd.DataFrame({"small": np.arange(9, dtype="uint8"), "large": 4_000_000_000 + np.arange(9), "k": np.arange(9)}),
        "df",
    )  # fmt: skip
    seen = visible(read_block("low = small - 5\nsquare = large * large\nindex = k"), table, {})
    np.testing.assert_array_equal(seen["small"] - 5, np.arange(9) - 5)
    np.testing.assert_allclose(seen["large"] ** 2, (4e9 + np.arange(9)) ** 2)
    # What can be an index stays one.
    assert seen["k"].dtype == np.int64


@pytest.mark.parametrize("how", ["NaN", "masked"])
@pytest.mark.parametrize("mean", ["vector", "scalar"])
@pytest.mark.filterwarnings("ignore:Data in y contains missing values")
def test_a_response_with_missing_values_stays_beside_its_predictors(how, mean):
    x = np.arange(8.0)
    y = np.where(np.isin(x, [2, 5]), np.nan, 10 * x)
    with pymc.Model() as model:
        slope = pymc.Normal("slope")
        mu = slope * x if mean == "vector" else slope
        pymc.Normal("y", mu, 1, observed=y if how == "NaN" else np.ma.masked_invalid(y))
    described = block_model(model, as_table({"x": x, "y": y}, "df"), {}, "model")
    assert described.response.name == "y"
    np.testing.assert_array_equal(described.response.values, y)
    np.testing.assert_array_equal(described.source.vectors["x"], x)
