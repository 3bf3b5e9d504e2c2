"""Scales of automatic priors: Bambi's, and those that it cannot compute."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pytest

from glm_magic._stack import bambi_parameters
from glm_magic.data import as_table
from glm_magic.model.formula import formula_model
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

N = 60


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x, z = rng.uniform(size=N), rng.normal(size=N)
    hit = (rng.random(N) < 0.5).astype(int)
    return pd.DataFrame(
        {"x": x, "z": z, "g": rng.choice(list("abc"), N), "hit": hit, "n": 9, "won": 3 * hit + 2}
    )


def priors(frame, text, **options):
    """Give the design and the scale of each common term of the mean."""
    cell = read_cell(text)
    model = formula_model(cell, as_table(frame), {}, Options(**options)).source.bambi
    terms = bambi_parameters(model)[model.family.likelihood.parent].common_terms
    return {
        name: (np.asarray(term.data), np.asarray(term.prior.args["sigma"])) for name, term in terms.items()
    }


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize(
    ("text", "family"), [("hit ~ bs(x, df=4) + g", "bernoulli"), ("p(won, n) ~ poly(x, 2) + z", "binomial")]
)
@pytest.mark.parametrize("more", ["", "\nIntercept ~ Normal(0, 1)"])
def test_each_column_of_a_probability_has_the_scale_of_itself(frame, text, family, link, more):
    """As Bambi scales a numeric predictor of a probability: 1 / sd."""
    found = priors(frame, text + more, family=family, link=link)
    spline, sigma = next(one for name, one in found.items() if "(" in name)
    assert np.allclose(sigma, 1 / spline.std(axis=0))
    for name, (column, sigma) in found.items():
        if name in "gz":
            assert np.allclose(sigma, 1 if name == "g" else 1 / column.std())


@pytest.mark.parametrize(
    ("text", "family"),
    [("hit ~ x * g + z", "bernoulli"), ("z ~ bs(x, df=4) * g", "gaussian"), ("won ~ poly(x, 2)", "poisson")],
)
def test_other_scales_are_bambis(frame, text, family):
    theirs = bambi.Model(text, frame, family=family)
    terms = bambi_parameters(theirs)[theirs.family.likelihood.parent].common_terms
    for name, (_, sigma) in priors(frame, text, family=family).items():
        assert np.array_equal(sigma, terms[name].prior.args["sigma"])


def test_bambi_itself_is_as_it_was(frame):
    before = bambi.models.PriorScaler
    priors(frame, "z ~ x")
    assert bambi.models.PriorScaler is before is bambi.priors.PriorScaler
