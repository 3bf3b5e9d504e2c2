"""Models with matrices, simplexes and series: from the model to the panel, a file and back."""

from __future__ import annotations

import json

import numpy as np
import pymc as pm
import pytest

import glm_magic
from glm_magic.engines.structure import structure
from glm_magic.views import Unavailable

N = 30
RNG = np.random.default_rng(2)
GROUP, X, Y = np.arange(N) % 4, RNG.normal(size=N), RNG.normal(size=N)
PAIRS = RNG.normal(size=(N, 2))


def covariance(**options):
    return pm.LKJCholeskyCov("c", n=2, eta=2.0, sd_dist=pm.Exponential.dist(1.0), **options)


def pairs():
    pm.MvNormal("y", 0, chol=covariance()[0], observed=PAIRS)


def varying_slopes():
    effects = pm.MvNormal("effects", 0, chol=covariance()[0], shape=(4, 2))
    pm.Normal("y", effects[GROUP, 0] + effects[GROUP, 1] * X, 1.0, observed=Y)


def packed():
    pm.Normal("y", covariance(compute_corr=False)[0], 1.0, observed=Y)


def correlation():
    pm.LKJCorr("r", n=3, eta=2.0)
    pm.Normal("y", pm.Normal("a", 0, 1), 1.0, observed=Y)


def heavy_tails():
    pm.MvStudentT("y", nu=4, mu=pm.Normal("m", 0, 1, shape=2), chol=covariance()[0], observed=PAIRS)


def simplex():
    pm.Categorical("y", p=pm.Dirichlet("p", np.ones(3)), observed=GROUP % 3)


def zero_sum():
    pm.Normal("y", pm.ZeroSumNormal("z", shape=4)[GROUP], 1.0, observed=Y)


def walk():
    path = pm.GaussianRandomWalk("w", sigma=1.0, steps=N - 1, init_dist=pm.Normal.dist(0, 1))
    pm.Normal("y", path, 1.0, observed=Y)


def series():
    pm.AR("y", [pm.Normal("rho", 0, 0.5)], sigma=1.0, init_dist=pm.Normal.dist(0, 1), observed=Y)


def ordered():
    cuts = pm.Normal("cuts", 0, 1, shape=2, transform=pm.distributions.transforms.ordered, initval=[-1, 1])
    pm.OrderedLogistic("y", eta=pm.Normal("b", 0, 1) * X, cutpoints=cuts, observed=GROUP % 3)


def own_density():
    m = pm.Normal("m", 0, 1)
    pm.CustomDist("y", m, logp=lambda value, m: -0.5 * (value - m) ** 2, observed=Y)


def censored():
    latent = pm.Normal.dist(pm.Normal("a", 0, 1) + pm.Normal("b", 0, 1) * X, 1.0)
    pm.Censored("y", latent, lower=-1.0, upper=1.0, observed=np.clip(Y, -1, 1))


# What is drawn over a predictor, and where there can be no line.
MODELS = {
    pairs: (),
    varying_slopes: ("data 1", "index of effects"),
    packed: ("row",),
    correlation: ("row",),
    heavy_tails: (),
    simplex: ("row",),
    zero_sum: ("index of z",),
    walk: ("row",),
    series: (),
    ordered: ("data 1",),
    own_density: (),
    censored: ("data 1",),
}


# A machine without BLAS is slow at matrices, and PyTensor says so.
@pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS installation")
@pytest.mark.parametrize("build", MODELS, ids=lambda build: build.__name__)
def test_all_the_way(build, no_sampling, tmp_path):
    with pm.Model() as model:
        build()
    assert hash(structure(model).key)
    fit = glm_magic.glm(model, draws=20, chains=2, seed=1)
    tabs = fit.view.tabs
    assert fit.failures == ()
    assert not isinstance(tabs.trace, Unavailable)
    assert not isinstance(tabs.summary, Unavailable)
    axes = () if isinstance(tabs.fan, Unavailable) else tuple(axis.x for axis in tabs.fan.axes)
    assert axes == MODELS[build]
    assert json.dumps(fit._payload.schema)
    fit.save(tmp_path / "fit.nc")
    assert len(glm_magic.load(tmp_path / "fit.nc").summary()) == len(fit.summary())
