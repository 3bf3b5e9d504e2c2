"""A fit as a PyMC program, run in a cell and as a script; and what has no program."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from arviz_stats.base import array_stats

from glm_magic import api, engines, glm
from glm_magic.errors import DataError, ModelError

N = 80
RNG = np.random.default_rng(8927)
X = RNG.normal(1, 1, N)
FRAME = pd.DataFrame(
    {
        "x": X,
        "g": RNG.choice(list("abcdef"), N),
        "y": 1 + X + RNG.normal(scale=0.5, size=N),
        "k": RNG.poisson(np.exp(0.3 * X)),
        "n": 12,
        "weight": RNG.uniform(0.5, 2, N),
    }
)
FITS = [
    ("y ~ np.exp(-x) + g", {}),
    ("y ~ x + (1|g)", {"target_accept": 0.95}),
    ("p(k, n) ~ bs(x, df=4)", {"family": "binomial", "priors": {"common": "Normal(0, 1)"}}),
    ("weighted(k, weight) ~ x", {"family": "poisson"}),
]


def assert_same_posterior(one, other):
    """Compare the means of every number, within 4 Monte Carlo standard errors of both."""
    names = [str(name) for name in one.data_vars]
    assert set(names) == set(other)
    for name in names:
        mine, theirs = (np.asarray(draws[name]).reshape(4, 1000, -1) for draws in (one, other))
        error = [
            array_stats.mcse(draws, chain_axis=0, draw_axis=1, method="mean").reshape(-1)
            for draws in (mine, theirs)
        ]
        apart = np.abs(mine.mean(axis=(0, 1)) - theirs.mean(axis=(0, 1)))
        assert (apart <= 4 * np.hypot(*error) + 1e-12).all(), name


@pytest.mark.parametrize(("formula", "options"), FITS)
def test_a_program_in_a_cell_gives_the_posterior(notebook, monkeypatch, formula, options):
    monkeypatch.setattr(api, "sample", engines.sample)
    fit = glm(formula, FRAME, namespace={"np": np}, seed=1, **options)
    notebook.names["data"] = FRAME
    done = notebook.run(f"%%glm\n{fit.to_pymc().replace('random_seed=1', 'random_seed=2')}")
    assert done.error is None, done.text
    assert "Sampling" not in done.text or done.value is not None
    assert_same_posterior(
        fit.posterior["posterior"].to_dataset(), done.value.posterior["posterior"].to_dataset()
    )


KEEP = "\nimport numpy\nnumpy.savez('draws.npz', **{name: idata.posterior[name].values for name in idata.posterior})\n"


def test_a_program_as_a_script_reads_its_data(tmp_path):
    FRAME.to_csv(tmp_path / "trees.csv", index=False)
    fit = glm("k ~ x + g", str(tmp_path / "trees.csv"), family="poisson", seed=1)
    assert f"data = pd.read_csv({str(tmp_path / 'trees.csv')!r})".replace("'", '"') in fit.to_pymc()
    code = fit.to_pymc(data="trees.csv")
    assert 'data = pd.read_csv("trees.csv")' in code
    script = code.replace(
        "random_seed=1)", "random_seed=2, cores=1, progressbar=False, compile_kwargs={'mode': 'NUMBA'})"
    )
    (tmp_path / "model.py").write_text(script + KEEP, "utf-8")
    done = subprocess.run(
        [sys.executable, "model.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "draws.npz") as draws:
        assert_same_posterior(fit.posterior["posterior"].to_dataset(), dict(draws))


def test_a_block_is_its_own_program(notebook):
    notebook.names["df"] = FRAME
    block = "b = pm.Normal('b', 0, 1)\npm.Normal('y', b * x, 1, observed=y)"
    done = notebook.run(f"%%glm df\n{block}")
    assert done.value.to_pymc() == f"{block}\n"
    view = done.value.view.tabs.model
    assert view.code == (f"{block}\n",)
    assert [(one.name, one.family, one.fixed) for one in view.priors] == [("b", "Normal", "")]


def test_what_has_no_program(no_sampling):
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("b", 0, 1), 1, observed=[1.0, 2.0])
    with pytest.raises(ModelError, match="given as an object"):
        glm(model).to_pymc()
    fit = glm("y ~ hsgp(x, m=5, c=2, by=g)", FRAME)
    with pytest.raises(ModelError, match="covariance function for each group"):
        fit.to_pymc()
    assert fit.view.tabs.model.code == ()
    (note,) = fit.view.tabs.model.notes
    assert note.startswith("There is no PyMC code")
    with pytest.raises(DataError, match="no reader"):
        glm("y ~ x", FRAME).to_pymc(data="trees.xlsx")


def test_a_fit_from_a_file_has_its_program(no_sampling, tmp_path):
    from glm_magic import load

    fit = glm("y ~ x + (1|g)", FRAME, priors={"x": "Normal(0, 0.1)"}, seed=3)
    fit.save(tmp_path / "fit.nc")
    assert load(tmp_path / "fit.nc").to_pymc() == fit.to_pymc()


def test_a_refit_has_its_own_program():
    """Its rows, its response and its priors; predictors stay centered over all rows."""
    from tests.test_code import assert_same_density

    notebook = {"np": np}
    for formula, options in (
        ("y ~ x + (1|g)", {}),
        ("p(k, n) ~ x + g", {"family": "binomial"}),
        ("y ~ 1", {}),
    ):
        fit = glm(formula, FRAME, namespace=notebook, draws=50, tune=200, seed=1, **options)
        other = np.asarray(fit._model.response.values) * (12 if "p(" in formula else 1)
        response = np.roll(np.round(other) if "p(" in formula else other, 1)
        made = fit.refit(
            rows=range(5, 45), response=response, priors={"Intercept": "StudentT(4, mu=0, sigma=0.3)"}
        )
        code = assert_same_density(made._model, FRAME)
        assert 'pm.StudentT("Intercept' in code
        assert "kept" in code
