"""What every test may use."""

from __future__ import annotations

import os

import hypothesis
import numpy as np
import pandas as pd
import pytest
import xarray

# Figures are drawn to memory; read when matplotlib is first imported.
os.environ.setdefault("MPLBACKEND", "agg")

# The same examples in every run, and no timing asserts: the machine may be busy.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")


def closed_form_draws(model, options, report, variables):
    """Stand in for `engines.sample`: four chains of `y ~ x` from the normal theory of least squares."""
    from glm_magic.engines import Draws

    rng = np.random.default_rng(1)
    shape = (options.chains, options.draws)
    # Bambi's intercept is that of the centred predictor: mean of y, here 2.
    posterior = {
        "Intercept": 2.0 + 0.035 * rng.normal(size=shape),
        "x": 2.0 + 0.12 * rng.normal(size=shape),
        "sigma": 0.5 + 0.025 * rng.normal(size=shape),
    }
    dims = ("chain", "draw")
    return Draws(
        posterior=xarray.Dataset({name: (dims, values) for name, values in posterior.items()}),
        sample_stats=xarray.Dataset({"diverging": (dims, np.zeros(shape, bool))}),
        engine="nutpie",
        seed=1 if options.seed is None else options.seed,
        seconds_compiling=0.0,
        seconds_sampling=0.1,
        incomplete=False,
        requested=options.draws,
    )


@pytest.fixture(scope="session")
def line_data():
    """The tutorial's line: 200 points, intercept 1, slope 2, noise 0.5."""
    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, 200)
    return pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=200)})


@pytest.fixture(scope="session")
def line_fit(line_data):
    """A fit of `y ~ x` whose draws were not sampled."""
    from glm_magic import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "sample", closed_form_draws)
        return api.glm("y ~ x", line_data, seed=8927, draws=500, truth={"Intercept": 1, "x": 2, "sigma": 0.5})


def any_draws(model, options, report, variables):
    """Stand in for `engines.sample`, for any model: positive noise of the right shapes and dims."""
    from glm_magic.engines import Draws

    rng = np.random.default_rng(0 if options.seed is None else options.seed)
    shape, dims = (options.chains, options.draws), ("chain", "draw")
    values, coords = {}, {}
    for name in variables:
        own = tuple(model.named_vars_to_dims.get(name) or ())
        size = tuple(int(length) for length in model[name].shape.eval())
        own = own or tuple(f"{name}_dim_{axis}" for axis in range(len(size)))
        coords |= {
            dim: list(model.coords.get(dim) or range(length)) for dim, length in zip(own, size, strict=True)
        }
        values[name] = ((*dims, *own), np.abs(rng.normal(0.5, 0.1, size=(*shape, *size))))
    return Draws(
        posterior=xarray.Dataset(values, coords=coords),
        sample_stats=xarray.Dataset({"diverging": (dims, np.zeros(shape, bool))}),
        engine=options.engine,
        seed=0 if options.seed is None else options.seed,
        seconds_compiling=0.0,
        seconds_sampling=0.1,
        incomplete=False,
        requested=options.draws,
    )


@pytest.fixture
def without_sampling(monkeypatch):
    """Fits take no time and mean nothing; everything around the sampling is real."""
    from glm_magic import api

    monkeypatch.setattr(api, "sample", any_draws)
