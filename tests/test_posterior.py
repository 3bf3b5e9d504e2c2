"""The posterior is told in the user's names, and on the user's scale."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray

from glm_magic.data import as_table
from glm_magic.engines import Draws
from glm_magic.model.formula import formula_model
from glm_magic.model.names import label_of, posterior_name
from glm_magic.posterior import finish, scalars
from glm_magic.request import Options
from glm_magic.request.formula import read_formula

N = 40
RNG = np.random.default_rng(1)
DATA = pd.DataFrame(
    {
        "x": RNG.normal(5, 1, N),
        "g": np.tile(list("abcd"), N // 4),
        "y": RNG.normal(size=N),
        "angle": RNG.uniform(-3, 3, N),
        "x_offset": RNG.normal(size=N),
    }
)


def finished(text, **options):
    """Finish standard normal draws of every variable of a model."""
    model = formula_model(read_formula(text), as_table(DATA), {}, Options(**options))
    rng = np.random.default_rng(2)
    variables = {}
    for name in model.variables:
        dims = tuple(model.pymc.named_vars_to_dims.get(name) or ())
        shape = tuple(len(model.pymc.coords[dim]) for dim in dims)
        variables[name] = (("chain", "draw", *dims), rng.normal(size=(2, 10, *shape)))
    coords = {
        dim: list(values)
        for dim, values in model.pymc.coords.items()
        if any(dim in v[0] for v in variables.values())
    }
    posterior = xarray.Dataset(variables, coords=coords)
    draws = Draws(
        posterior=posterior, sample_stats=xarray.Dataset(), engine="nutpie", seed=7, seconds_compiling=0.0,
        seconds_sampling=0.1, incomplete=False, requested=10,
    )  # fmt: skip
    return posterior, finish(model, draws)


def test_the_intercept_is_moved_from_the_mean_of_the_predictors_to_zero():
    raw, posterior = finished("y ~ x + g")
    share = DATA["g"].value_counts(normalize=True)
    expected = (
        raw["Intercept_centered"]
        - DATA["x"].mean() * raw["x"]
        - sum(share[level] * raw["g"].sel(g_dim=level) for level in "bcd")
    )
    np.testing.assert_allclose(posterior.draws["Intercept"], expected)
    np.testing.assert_array_equal(posterior.draws["x"], raw["x"])
    np.testing.assert_array_equal(
        posterior.tree["posterior"]["Intercept_centered"], raw["Intercept_centered"]
    )


def test_a_formula_of_sigma_has_its_own_intercept_moved():
    raw, posterior = finished("y ~ 1\nsigma ~ x")
    np.testing.assert_array_equal(posterior.draws["Intercept"], raw["Intercept"])
    np.testing.assert_allclose(
        posterior.draws["sigma_Intercept"],
        raw["sigma_Intercept_centered"] - DATA["x"].mean() * raw["sigma_x"],
    )


def test_without_an_intercept_nothing_moves():
    raw, posterior = finished("y ~ 0 + x")
    np.testing.assert_array_equal(posterior.draws["x"], raw["x"])


def test_terms_that_pymc_refuses_keep_the_users_name():
    _, posterior = finished("y ~ I(x / 10) + bs(x, df=4)")
    labels = [scalar.label for scalar in scalars(posterior)]
    assert labels == ["Intercept", "I(x / 10)", *[f"bs(x, df=4)[{i}]" for i in range(4)], "sigma"]
    assert "I(x ÷ 10)" in posterior.draws
    assert label_of(posterior_name("log(a / b)")) == "log(a / b)"


def test_numbers_are_listed_as_a_regression_table_is_read():
    _, posterior = finished("y ~ x + (x|g)")
    found = scalars(posterior)
    assert [scalar.label for scalar in found][:5] == ["Intercept", "x", "sigma", "1|g_sigma", "x|g_sigma"]
    assert [scalar.label for scalar in found][5:7] == ["1|g[a]", "1|g[b]"]
    assert [scalar.term for scalar in found][4:6] == [None, "1|g"]
    assert found[6].draws.shape == (2, 10)


def test_offsets_of_non_centred_effects_and_the_mean_are_left_out():
    _, posterior = finished("y ~ x + (1|g)")
    assert set(posterior.draws.data_vars) == {"Intercept", "x", "sigma", "1|g_sigma", "1|g"}


def test_a_column_that_is_called_an_offset_is_kept():
    _, posterior = finished("y ~ x_offset + (1|g)\nsigma ~ 1 + (1|g)")
    assert {"x_offset", "1|g", "sigma_1|g"} <= set(posterior.draws.data_vars)
    assert not [name for name in posterior.draws.data_vars if "g_offset" in str(name)]


def test_an_angle_is_written_next_to_its_mean_direction():
    _, posterior = finished("angle ~ x", family="vonmises")
    scalar = scalars(posterior)[0]
    assert scalar.circular
    assert np.ptp(scalar.draws) <= 2 * np.pi


@pytest.mark.parametrize("name", ["posterior", "sample_stats", "observed_data"])
def test_the_groups_of_the_tree(name):
    _, posterior = finished("y ~ x")
    assert name in posterior.tree
    assert posterior.tree["posterior"].attrs["engine"] == "nutpie"
    np.testing.assert_array_equal(posterior.tree["observed_data"]["y"], DATA["y"])
