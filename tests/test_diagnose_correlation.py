"""The block with correlated effects that the note of ``(x|g)`` offers does what the note says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from glm_magic import engines

GROUPS, ROWS = 40, 8
SD, R = np.array([1.0, 0.6]), -0.7

pytestmark = [
    # LKJCholeskyCov multiplies matrices, and PyTensor says so where it finds no BLAS.
    pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    covariance = np.outer(SD, SD) * np.array([[1, R], [R, 1]])
    effects = rng.multivariate_normal([0.5, 0.3], covariance, GROUPS)
    g = np.repeat(np.arange(GROUPS), ROWS)
    x = rng.normal(size=g.size)
    eta = effects[g, 0] + effects[g, 1] * x
    return pd.DataFrame(
        {
            "x": x,
            "g": [f"g{one:02d}" for one in g],
            "y": eta + rng.normal(scale=0.5, size=g.size),
            "count": rng.poisson(np.exp(eta)),
            "hit": rng.binomial(1, 1 / (1 + np.exp(-eta))),
        }
    )


def offered(fit):
    """The cell of the note."""
    (note,) = (finding for finding in fit.findings if finding.rule == "correlation")
    return note.remedy.line


@pytest.fixture
def sampling(notebook, frame, monkeypatch):
    """A notebook that samples."""
    monkeypatch.setattr("glm_magic.api.sample", engines.sample)
    notebook.names["df"] = frame
    return notebook


def fitted(notebook, cell):
    done = notebook.run(cell)
    assert done.error is None, done.error
    return done.value


def test_the_cell_finds_the_correlation_that_the_formula_leaves_out(sampling, frame):
    independent = fitted(sampling, "%%glm df --seed 1\ny ~ x + (x|g)")
    fit = fitted(sampling, offered(independent))
    (row,) = fit.groups().correlation.to_dict("records")
    # The correlation of the groups' own least-squares lines.
    lines = np.array([np.polyfit(rows["x"], rows["y"], 1)[::-1] for _, rows in frame.groupby("g")])
    assert row["mean"] < -0.4
    assert abs(row["mean"] - np.corrcoef(lines.T)[0, 1]) < 3 * row["sd"]
    # What both models have is the same, as far as a correlation does not move it.
    ours, theirs = fit.summary(), independent.summary()
    for name in ("Intercept", "sigma"):
        assert abs(ours.loc[name, "mean"] - theirs.loc[name, "mean"]) < 0.5 * theirs.loc[name, "sd"]


@pytest.mark.parametrize(("response", "family"), [("count", "poisson"), ("hit", "bernoulli")])
def test_the_cell_of_another_family_is_fitted(notebook, frame, response, family):
    notebook.names["df"] = frame
    fit = fitted(
        notebook, f"%%glm df --family {family} --draws 50 --chains 1 --seed 1\n{response} ~ x + (x|g)"
    )
    again = fitted(notebook, offered(fit))
    assert "g_effects" in again.posterior["posterior"]
