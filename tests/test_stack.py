"""Both generations through one door: run in a Python 3.11 and in a newer environment."""

from __future__ import annotations

import types

import numpy as np
import pytest
import xarray

from glm_magic import _stack
from glm_magic._stack.nutpie import TemplateProgress


@pytest.fixture
def tree():
    values = xarray.Dataset({"a": (("chain", "draw"), np.arange(10.0).reshape(2, 5))})
    return xarray.DataTree.from_dict({"posterior": values, "sample_stats": values})


def test_a_tree_stays_what_it_is(tree):
    assert _stack.to_tree(tree) is tree


def test_there_and_back_again(tree):
    back = _stack.to_tree(_stack.to_native(tree))
    assert isinstance(back, xarray.DataTree)
    assert set(back.children) == {"posterior", "sample_stats"}
    np.testing.assert_array_equal(back["posterior"]["a"], tree["posterior"]["a"])


def test_arviz_takes_what_is_native(tree):
    import arviz

    extracted = arviz.extract(_stack.to_native(tree), var_names=["a"], keep_dataset=True)
    assert float(extracted["a"].sum()) == 45


def test_a_group_is_a_dataset(tree):
    for result in (tree, _stack.to_native(tree)):
        assert isinstance(_stack.group(result, "posterior"), xarray.Dataset)


@pytest.mark.filterwarnings("error::FutureWarning")
@pytest.mark.parametrize(
    ("formulas", "conditional", "marginal"),
    [
        pytest.param(["y ~ x"], ["mu"], ["sigma"], id="y ~ x"),
        pytest.param(["y ~ x", "sigma ~ x"], ["mu", "sigma"], [], id="sigma ~ x"),
    ],
)
def test_bambi_names(formulas, conditional, marginal):
    bambi = pytest.importorskip("bambi")
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [0.0, 1, 2, 3, 4], "y": [0.0, 2, 1, 3, 2]})
    model = bambi.Model(bambi.Formula(*formulas), frame)
    parameters = _stack.bambi_parameters(model)
    assert list(parameters) == conditional
    assert all(list(parameter.common_terms) == ["x"] for parameter in parameters.values())
    assert list(_stack.bambi_marginal_parameters(model)) == marginal
    response = _stack.bambi_response_term(model)
    assert response.name == "y"
    np.testing.assert_array_equal(response.data, frame["y"])


def test_a_missing_name_says_which_were_tried():
    with pytest.raises(AttributeError, match="conditional_parameters, distributional_components"):
        _stack.bambi_parameters(object())


def test_template_progress_reads_the_numbers_back():
    heard = []
    compiled = types.SimpleNamespace(n_dim=3)
    stand_in = TemplateProgress(compiled, heard.append, 100)
    assert stand_in.n_dim == 3
    stand_in._tell("10 2000 0;250 2000 3;")
    assert heard == [[(10, 2000, 0), (250, 2000, 3)]]
