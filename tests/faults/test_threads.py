"""Fits in two threads: each gives what it gives alone, and nothing of the process stays changed."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray

from glm_magic import engines, glm, turns
from glm_magic.engines import _QUIET

TRIES = int(os.environ.get("GLM_MAGIC_FAULT_TRIES", "2"))
DRAWS = {"draws": 100, "tune": 100, "chains": 2, "seed": 8927}
LONGEST = 120.0


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(8927)
    x = rng.normal(size=120)
    return pd.DataFrame(
        {
            "x": x,
            "y": 1 + 2 * x + rng.normal(size=120),
            "k": rng.poisson(np.exp(0.3 * x)),
            "g": rng.choice(["a", "b", "c"], 120),
        }
    )


def hand_written(data) -> pm.Model:
    with pm.Model() as model:
        a = pm.StudentT("a", nu=3, mu=0, sigma=1)
        pm.Potential("p", -2 * pm.math.abs(a))
        pm.Normal("y", a + pm.math.sin(data["x"].to_numpy() * a), 1, observed=data["y"].to_numpy())
    return model


FITS = {
    "a line": lambda data: glm("y ~ x", data, **DRAWS),
    "counts": lambda data: glm("k ~ x", data, family="poisson", **DRAWS),
    "groups": lambda data: glm("y ~ x + (1|g)", data, **DRAWS),
    "compiled": lambda data: glm(hand_written(data), data, engine="nutpie", **DRAWS),
    "a line again": lambda data: glm("y ~ x", data, priors={"x": "Normal(0, 1)"}, **DRAWS),
}


@pytest.fixture(scope="module")
def alone(data):
    return {name: shown(fit(data)) for name, fit in FITS.items()}


def shown(fit):
    """The draws, and the panel, whose views evaluate graphs too."""
    return fit.posterior["posterior"].to_dataset(), repr(fit).splitlines()[:-1]


def at_once(names, data) -> dict:
    """Fit in threads that begin together; give what each made, or raise what it raised."""
    made: dict = {}
    begin = threading.Barrier(len(names))

    def run(name):
        begin.wait()
        try:
            made[name] = shown(FITS[name](data))
        except BaseException as error:  # noqa: BLE001  # raised below, in the thread of the test
            made[name] = error

    threads = [threading.Thread(target=run, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
        assert not thread.is_alive(), "stuck"
    for result in made.values():
        if isinstance(result, BaseException):
            raise result
    return made


def of_the_process() -> dict:
    loggers = [logging.getLogger(name) for name in ("pymc", "pytensor.tensor.blas")]
    return {
        "levels": [logger.level for logger in loggers],
        "filters": [list(logger.filters) for logger in loggers],
        "warnings": list(warnings.filters),
    }


@pytest.mark.slow
@pytest.mark.parametrize("pair", list(pairwise(FITS)), ids=" and ".join)
def test_two_threads_fit_what_one_does(pair, alone, data):
    before = of_the_process()
    for _ in range(TRIES):
        for name, (draws, text) in at_once(pair, data).items():
            xarray.testing.assert_equal(draws, alone[name][0])
            assert text[:-1] == alone[name][1][:-1]
    assert of_the_process() == before


# The turn


def test_a_thread_may_take_the_turn_again_and_gives_it_away_whole():
    taken = threading.Event()

    def other():
        with turns.Turn():
            taken.set()

    with turns.Turn(), turns.Turn():
        thread = threading.Thread(target=other)
        thread.start()
        assert not taken.wait(0.2)
        with turns.Elsewhere():
            assert taken.wait(5)
        assert turns._LOCK.mine()
    thread.join()
    assert not turns._LOCK.lock.locked()


def test_a_fit_that_waits_says_so_and_may_be_stopped():
    busy, go = threading.Event(), threading.Event()

    def other():
        with turns.Turn():
            busy.set()
            go.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert busy.wait(5)
    heard = []

    def hear(progress):
        heard.append(progress.stage)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pm.Model() as model:
        pm.Normal("a")
    with pytest.raises(KeyboardInterrupt):
        engines.sample(model, engines.Options(), hear)
    assert heard == ["waiting", "waiting"]
    go.set()
    thread.join()
    with turns.Turn():
        assert turns._LOCK.depth == 1
    assert not turns._LOCK.lock.locked()


def test_silence_ends_with_the_last_fit_and_is_for_fits_alone(caplog):
    before = of_the_process()
    logger = logging.getLogger("pymc")
    first_in, first_out, second_out = threading.Event(), threading.Event(), threading.Event()

    def other():
        with _QUIET:
            first_in.set()
            first_out.wait(10)
            logger.warning("of the fit")
            logger.error("an error of the fit")
        second_out.set()

    thread = threading.Thread(target=other)
    with caplog.at_level(logging.INFO, logger="pymc"):
        with _QUIET:
            thread.start()
            first_in.wait(10)
        logger.warning("of the user")
        first_out.set()
        second_out.wait(10)
    thread.join()
    assert [record.message for record in caplog.records] == ["of the user", "an error of the fit"]
    assert of_the_process() == before


def test_the_user_s_own_filter_stays():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PyTensor could not link to a BLAS installation")
        before = list(warnings.filters)
        with _QUIET:
            time.sleep(0)
        assert warnings.filters == before
