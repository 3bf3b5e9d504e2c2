"""Columns whose names are taken: by dims, by parameters, by the response, by what other terms make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from glm_magic import glm, load

N = 24
CLASHING = ("chain", "draw", "sample", "__obs__", "mu", "sigma", "g_dim", "y_dim", "x_dim_0", "g_reduced_dim")


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    frame = pd.DataFrame({name: rng.normal(size=N) for name in ("x", "y", *CLASHING)})
    return frame.assign(
        g=list("abc") * (N // 3),
        chain_id=list("ab") * (N // 2),
        level=pd.Categorical(list("lmh") * (N // 3), ordered=True),
        Intercept=frame["x"],
    )


def fit_of(text, frame, **options):
    return glm(text, frame, draws=20, tune=10, chains=2, seed=1, **options)


# formula -> (family, rows of the summary)
SHOWN = {
    "y ~ chain": ("gaussian", "Intercept chain sigma"),
    "y ~ draw * x": ("gaussian", "Intercept draw x draw:x sigma"),
    "y ~ sample + `__obs__`": ("gaussian", "Intercept sample __obs__ sigma"),
    "y ~ mu": ("gaussian", "Intercept mu|(column) sigma"),
    "y ~ sigma": ("gaussian", "Intercept sigma|(column) sigma"),
    "y ~ g + g_dim": ("gaussian", "Intercept g[b] g[c] g_dim|(column) sigma"),
    "y ~ g_dim + g": ("gaussian", "Intercept g_dim g|(column)[b] g|(column)[c] sigma"),
    "y ~ y_dim + x_dim_0 + x": ("gaussian", "Intercept y_dim x_dim_0 x sigma"),
    "y ~ x\nsigma ~ chain": ("gaussian", "Intercept x sigma_Intercept sigma_chain"),
    "y ~ (chain|chain_id)": (
        "gaussian",
        "Intercept sigma 1|chain_id_sigma chain|chain_id_sigma 1|chain_id[a] 1|chain_id[b] "
        "chain|chain_id[a] chain|chain_id[b]",
    ),
    "chain ~ x": ("gaussian", "Intercept x sigma"),
    "draw ~ sample": ("gaussian", "Intercept sample sigma"),
    "sigma ~ mu": ("gaussian", "Intercept mu|(column) sigma"),
    "`__obs__` ~ x": ("gaussian", "Intercept x sigma"),
    "g ~ draw": ("categorical", "Intercept[b] Intercept[c] draw[b] draw[c]"),
    "g ~ g_dim + g_reduced_dim": (
        "categorical",
        "Intercept[b] Intercept[c] g_dim|(column)[b] g_dim|(column)[c] "
        "g_reduced_dim|(column)[b] g_reduced_dim|(column)[c]",
    ),
    "level ~ chain": ("cumulative", "chain threshold[0] threshold[1]"),
}


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.filterwarnings("ignore:The intercept is omitted")
@pytest.mark.parametrize("formula", SHOWN)
def test_a_taken_name_is_fitted_and_shown(frame, tmp_path, formula):
    family, rows = SHOWN[formula]
    fit = fit_of(formula, frame, family=family)
    assert list(fit.summary().index) == [row.replace("|(", " (") for row in rows.split()]
    assert fit.view.tabs.fan.axes
    assert str(fit)
    fit.save(tmp_path / "fit.nc")
    assert list(load(tmp_path / "fit.nc").summary().index) == list(fit.summary().index)


@pytest.mark.usefixtures("no_sampling")
def test_the_effect_of_a_taken_name_is_that_of_another(frame):
    renamed = frame.rename(columns={"chain": "w"})
    ours, theirs = (
        fit_of("y ~ x * " + name, data).predict({"x": [0.0, 1.0], name: [1.0, 2.0]})
        for name, data in (("chain", frame), ("w", renamed))
    )
    np.testing.assert_allclose(ours["mean"], theirs["mean"])


@pytest.mark.usefixtures("no_sampling")
def test_a_true_value_may_have_a_taken_name(frame):
    fit = fit_of("y ~ chain", frame, truth={"Intercept": 1, "chain": 2, "sigma": 1})
    assert fit.view.tabs.fan.axes[0].strata[0].truth is not None
