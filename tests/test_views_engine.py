"""What the page samples again: the program, the draws it starts from, and what PyMC says of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import pytest

pytest.importorskip("bambi")

from glm_magic import glm, load
from glm_magic.engines.instant import lower, unconstrained
from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.program import Constant
from glm_magic.engines.instant.witness import witness
from glm_magic.views import Unavailable
from glm_magic.views.engine import EngineView, engine_view
from glm_magic.views.fewer import NO_ROOM, Room, fewer
from glm_magic.views.panel import NO_ENGINE, PanelView, kept_payload, payload_of
from glm_magic.views.sound import contradiction
from glm_magic.wire import decode

N = 60
RANDOM = np.random.default_rng(8927)
X = RANDOM.normal(size=N)
FRAME = pd.DataFrame(
    {
        "x": X,
        "c": np.resize(["u", "v", "w"], N),
        "g": np.resize(["a", "b", "d", "e"], N),
        "y": 1 + 2 * X + RANDOM.normal(size=N),
        "hit": (RANDOM.random(N) < 1 / (1 + np.exp(-X))).astype(int),
        "word": np.where(RANDOM.random(N) < 0.5, "yes", "no"),
        "count": RANDOM.poisson(3, N),
        "k": RANDOM.integers(1, 9, N),
        "n": RANDOM.integers(9, 12, N),
        "w": RANDOM.uniform(0.5, 2, N),
        "time": RANDOM.gamma(2, 2, N),
        "status": np.resize(["none", "none", "right"], N),
        "share": RANDOM.uniform(0.1, 0.9, N),
    }
)
OPTIONS = {"draws": 60, "tune": 200, "chains": 4, "seed": 1}
CASES = [
    ("y ~ x", {}),
    ("y ~ 1", {}),
    ("y ~ 0 + x", {}),
    ("y ~ c * x", {}),
    ("y ~ x + (x|g)", {}),
    ("y ~ x + (c|g)", {}),
    ("y ~ x + (1|g)\nsigma ~ x", {}),
    ("count ~ x + offset(w)", {"family": "poisson"}),
    ("weighted(y, w) ~ x", {}),
    ("p(k, n) ~ x", {"family": "binomial"}),
    ("p(k, n) ~ x", {"family": "beta_binomial"}),
    ("hit ~ x", {"family": "bernoulli"}),
    ("word['yes'] ~ x", {"family": "bernoulli"}),
    ("time ~ x", {"family": "gamma", "link": "log"}),
    ("share ~ x", {"family": "beta"}),
    ("y ~ x", {"family": "t", "priors": {"x": "Laplace(0, 3.0)", "sigma": "Exponential(5.0)"}}),
]
IDS = [" ".join([text.replace("\n", " / "), *map(str, options.values())]) for text, options in CASES]


def engine_of(fit):
    engine = fit.view.engine
    assert isinstance(engine, EngineView), engine.unavailable
    return engine


@pytest.fixture(scope="module", params=CASES, ids=IDS)
def fit(request):
    text, options = request.param
    return glm(text, FRAME, **OPTIONS, **options)


@pytest.fixture(scope="module")
def line():
    return glm("y ~ x", FRAME, **OPTIONS)


class TestEngine:
    def test_pymc_says_what_the_program_says_up_to_a_constant(self, fit):
        engine = engine_of(fit)
        machine = kernel(engine.program)
        own = [machine.log_density(u) for u in engine.points]
        apart = np.array([value for value, _ in own]) - engine.values
        assert np.ptp(apart) <= 1e-9 * max(1.0, abs(engine.values).max())
        for (_, gradient), theirs in zip(own, engine.gradients, strict=True):
            np.testing.assert_allclose(gradient, theirs, atol=1e-9 * max(1.0, abs(theirs).max()))

    def test_the_witness_is_pymcs_compiled_density(self, fit):
        engine, model = engine_of(fit), fit.model
        u = engine.points[0]
        point = {
            model.rvs_to_values[rv].name: u[one.start : one.start + one.size].reshape(one.shape)
            for rv, one in zip(model.free_RVs, engine.program.variables, strict=True)
        }
        logp = model.compile_logp(mode="FAST_COMPILE")(point)
        np.testing.assert_allclose(engine.values[0], logp, rtol=1e-8)

    def test_points_are_of_different_chains(self, fit):
        engine = engine_of(fit)
        assert len({tuple(point) for point in engine.points}) == 3
        np.testing.assert_array_equal(engine.points, engine.starts[:3])

    def test_chains_begin_where_they_ended(self, fit):
        engine = engine_of(fit)
        last = fit.posterior["posterior"].isel(draw=-1)
        for one in engine.program.variables:
            ours = engine.starts[:, one.start : one.start + one.size]
            theirs = last[one.name].values.reshape(4, -1)
            np.testing.assert_array_equal(ours, unconstrained(one, theirs))

    def test_columns_are_sums_of_coordinates_and_these_of_columns(self, fit):
        engine, draws = engine_of(fit), fit.view.draws
        drawn = fit.posterior["posterior"]
        constrained = np.concatenate(
            [drawn[one.name].values.reshape(240, one.size) for one in engine.program.variables], axis=1
        ).T
        shown = np.array([draws.column(one.label) for one in draws.columns])
        assert len(engine.columns) == len(draws.columns)
        for own, made in zip(shown, engine.columns, strict=True):
            np.testing.assert_allclose(made.of(constrained), own, atol=1e-5 * max(1.0, abs(own).max()))
        exact = np.array([made.of(constrained) for made in engine.columns])
        assert engine.coordinates is not None
        for own, made in zip(constrained, engine.coordinates, strict=True):
            np.testing.assert_allclose(made.of(exact), own, rtol=1e-7, atol=1e-9)

    def test_rows_are_those_of_the_data_tab(self, fit):
        (likelihood,) = engine_of(fit).program.likelihoods
        value = likelihood.slots[0]
        assert isinstance(value, Constant)
        shown = fit.view.tabs.data.columns[0].values
        trials = likelihood.slots[1].values if "binomial" in likelihood.distribution else 1.0
        np.testing.assert_allclose(value.values / trials, shown)

    def test_a_file_holds_it_exactly(self, fit):
        payload = kept_payload(fit.view)
        back = decode(PanelView, payload).fits[0].engine
        np.testing.assert_equal(flat(back), flat(fit.view.engine))


def flat(record):
    """Give every array and number of a record."""
    if isinstance(record, tuple):
        return [flat(one) for one in record]
    if hasattr(record, "__dataclass_fields__"):
        return {name: flat(getattr(record, name)) for name in record.__dataclass_fields__}
    return record


def test_whole_numbers_are_32_bits_on_the_wire_and_others_64(line):
    text = str(payload_of(line.view).schema["fits"][0]["engine"])
    assert "'i4'" in text
    assert "'f8'" in text
    assert "'f4'" not in text


def test_a_fit_from_a_file_has_its_engine(line, tmp_path):
    line.save(tmp_path / "fit.nc")
    back = load(tmp_path / "fit.nc")
    np.testing.assert_equal(flat(back.view.engine), flat(line.view.engine))
    assert len(back.view.engine.columns) == len(back.view.draws.columns)


def test_an_older_file_says_to_fit_again():
    assert "fit again" in NO_ENGINE.unavailable


def test_rows_with_missing_values_are_not_those_of_the_program():
    frame = FRAME.assign(x=FRAME.x.where(FRAME.index % 7 > 0))
    fit = glm("y ~ x", frame, **OPTIONS)
    (likelihood,) = engine_of(fit).program.likelihoods
    assert likelihood.rows == fit.view.tabs.data.n_rows < N
    np.testing.assert_array_equal(likelihood.slots[0].values, frame.dropna().y)


def test_a_mean_that_a_block_computes_is_read_from_its_draws():
    with pm.Model() as model:
        a, b = pm.Normal("a"), pm.Normal("b", shape=2)
        pm.Deterministic("total", 2 * a - b[1] + 3)
        pm.Deterministic("scaled", b * a)
        pm.Normal("y", a + b[0] * X, 1, observed=FRAME.y)
    engine = engine_of(glm(model, FRAME, **OPTIONS))
    total = engine.columns[3]
    assert total.constant == pytest.approx(3)
    assert dict(zip(total.at.tolist(), total.weights.tolist(), strict=True)) == pytest.approx({0: 2, 2: -1})
    assert [one.scales.tolist() for one in engine.columns[4:]] == [[0], [0]]
    assert engine.coordinates is not None


def test_a_witness_of_one_chain_has_three_points():
    fit = glm("y ~ x", FRAME, **{**OPTIONS, "chains": 1})
    assert len(np.unique(engine_of(fit).points, axis=0)) == 3


def test_the_witness_does_not_depend_on_the_kernels(line):
    """Another program of the same variables changes nothing: the values are of PyMC's graph."""
    engine = engine_of(line)
    other = replace(engine.program, factors=engine.program.factors[:1])
    np.testing.assert_array_equal(witness(line.model, other, engine.points)[0], engine.values)


class TestReasons:
    def reason(self, fit):
        engine = fit.view.engine
        assert isinstance(engine, Unavailable)
        return engine.unavailable

    def made_by(self, fit, engine, why=""):
        record, view = replace(fit._record, engine=engine, why=why), fit.view
        return engine_view(fit._model, record, view.tabs.data, view.draws, fit._estimates)

    def test_a_model_that_is_not_instant_says_why(self, no_sampling):
        fit = glm("censored(time, status) ~ x", FRAME, family="weibull", **OPTIONS)
        reason = lower(fit.model).reason
        found = self.made_by(fit, "nutpie", f"not instant: {reason}")
        assert found == Unavailable(unavailable=f"The page cannot sample this model again: {reason}.")
        assert "Censored" in found.unavailable

    def test_another_engine(self, line):
        assert self.made_by(line, "pymc").unavailable.endswith("and pymc made this one.")

    def test_rows_that_are_not_shipped(self):
        rng = np.random.default_rng(1)
        frame = pd.DataFrame({"x": rng.normal(size=5_200)})
        frame["y"] = frame.x + rng.normal(size=5_200)
        assert "5,000 of 5,200 rows are here" in self.reason(glm("y ~ x", frame, **OPTIONS))

    def test_a_design_that_is_large(self):
        rng = np.random.default_rng(1)
        frame = pd.DataFrame(rng.normal(size=(2_500, 26))).rename(columns=lambda at: f"x{at}")
        fit = glm("x0 ~ " + " + ".join(f"x{at}" for at in range(1, 26)), frame, **OPTIONS)
        assert "up to 60,000 numbers" in self.reason(fit)
        assert fit._record.program is None

    def test_a_number_that_is_no_sum(self):
        with pm.Model() as model:
            a = pm.Normal("a")
            pm.Deterministic("odds", pm.math.exp(a))
            pm.Normal("y", a, 1, observed=FRAME.y)
        assert "odds is computed" in self.reason(glm(model, FRAME, **OPTIONS))

    def test_several_observed_variables(self):
        with pm.Model() as model:
            a = pm.Normal("a")
            pm.Normal("y", a, 1, observed=FRAME.y)
            pm.Normal("z", a, 1, observed=FRAME.x)
        assert "2 observed variables" in self.reason(glm(model, FRAME, **OPTIONS))


def test_a_page_without_room_for_all_rows_says_that_it_cannot_sample():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=1_200)})
    frame["y"] = frame.x + rng.normal(size=1_200)
    view = glm("y ~ x", frame, **OPTIONS).view
    room = Room(size=10**6, reason="the page may have little", advice="More is in the panel")
    less = next(iter(fewer(view, room)))
    assert less.engine is NO_ROOM
    assert "nothing to sample again" in less.findings[-1].message


def test_a_page_with_all_rows_samples_with_fewer_draws(line):
    room = Room(size=10**6, reason="the page may have little", advice="More is in the panel")
    pages = list(fewer(line.view, room))
    assert pages
    assert all(less.engine is line.view.engine for less in pages)


@pytest.mark.parametrize(
    ("part", "wrong", "message"),
    [
        ("mass", np.ones(2), "points of another model"),
        ("values", np.ones(2), "not said of each"),
    ],
)
def test_a_panel_whose_engine_contradicts_itself_is_told(line, part, wrong, message):
    view = replace(line.view, engine=replace(line.view.engine, **{part: wrong}))
    assert message in contradiction(view)
    assert not contradiction(line.view)
