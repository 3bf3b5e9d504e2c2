"""The check agrees where a program is right, whatever the units of the data, and finds what is wrong."""

from __future__ import annotations

from dataclasses import replace

import bambi
import numpy as np
import pandas as pd
import pymc as pm
import pytest
from numba import carray

from glm_magic import engines
from glm_magic.engines.density import initial_point, log_densities
from glm_magic.engines.instant import Program, bridge, lower, pack
from glm_magic.engines.instant.check import LEAST, Agreement, compare
from glm_magic.engines.instant.compress import compress
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.layout import BLOCK_ROWS, CHUNK, FIRST_PARAMETER, GA, LOGP, VALUE, A, B
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.points import EXACT, Scales, is_exact
from glm_magic.engines.instant.program import Constant, LinearPredictor
from glm_magic.request import Options

RNG = np.random.default_rng(8927)
N = 80
AGE = RNG.integers(18, 91, N).astype(float)
EFFECT = (AGE - 50) / 20
CHANCE, MEAN = 1 / (1 + np.exp(-EFFECT)), np.exp(0.3 * EFFECT)
TRIALS = RNG.integers(5, 15, N)
FRAME = pd.DataFrame(
    {
        "age": AGE,
        "income": np.exp(RNG.uniform(np.log(1e4), np.log(1e6), N)),
        "year": 1990.0 + RNG.integers(0, 31, N),
        "tiny": 1e-6 * RNG.normal(size=N),
        "z": RNG.normal(size=N),
        "g": RNG.choice(list("abcdefgh"), N),
        "real": 3 + EFFECT + RNG.normal(size=N),
        "positive": RNG.gamma(2.0, MEAN / 2),
        "count": RNG.poisson(2 * MEAN),
        "hit": (RNG.random(N) < CHANCE).astype(int),
        "trials": TRIALS,
        "hits": RNG.binomial(TRIALS, CHANCE),
        "share": np.clip(RNG.beta(5 * CHANCE, 5 * (1 - CHANCE)), 1e-3, 1 - 1e-3),
    }
)


def checked(model: pm.Model, program: Program | None = None, n_draws: int = 0) -> Agreement:
    """Check a program, or that of the model itself, at starts as the engine jitters them; nothing is sampled."""
    own = lower(model) if program is None else program
    assert isinstance(own, Program), own
    small = replace(
        own, factors=tuple(replace(compress(one), variables=one.variables) for one in own.factors)
    )
    names = [model.rvs_to_values[rv].name for rv in model.free_RVs]
    initial = initial_point(model)
    centre = np.concatenate([np.ravel(initial[name]) for name in names])
    starts = [centre + np.random.default_rng(seed).uniform(-1, 1, len(centre)) for seed in range(6)]
    draws = [0.1 * start for start in starts[:n_draws]]
    return compare(bridge.kernel(small), log_densities(model), names, starts, draws)


def built(formula: str, family: str, link: str, **options) -> pm.Model:
    model = bambi.Model(formula, FRAME, family=family, link=link, **options)
    model.build()
    return model.backend.model


CHANCE_LINKS = ("logit", "probit", "cloglog")
FAMILIES = {
    "gaussian": ("real", ("identity", "log", "inverse")),
    "t": ("real", ("identity", "log", "inverse")),
    "laplace": ("real", ("identity", "log", "inverse")),
    "asymmetriclaplace": ("real", ("identity", "log", "inverse")),
    "bernoulli": ("hit", CHANCE_LINKS),
    "binomial": ("p(hits, trials)", CHANCE_LINKS),
    "beta_binomial": ("p(hits, trials)", CHANCE_LINKS),
    "beta": ("share", CHANCE_LINKS),
    "poisson": ("count", ("log",)),
    "negativebinomial": ("count", ("log", "cloglog")),
    "gamma": ("positive", ("log", "inverse")),
    "exponential": ("positive", ("log",)),
    "weibull": ("positive", ("log",)),
    "wald": ("positive", ("log", "inverse_squared")),
}
CROSSED = [(family, link) for family, (_, links) in FAMILIES.items() for link in links]
PREDICTORS = ("age", "0 + income", "year + (age|g)", "tiny + income")


@pytest.mark.parametrize(("family", "link"), CROSSED)
def test_programs_agree_with_pymc_whatever_the_units_of_the_predictors(family, link):
    for predictor in PREDICTORS:
        model = built(f"{FAMILIES[family][0]} ~ {predictor}", family, link)
        agreement = checked(model)
        assert agreement.holds, (predictor, agreement)


@pytest.mark.parametrize("family", ["bernoulli", "binomial"])
def test_a_sampled_fit_with_raw_ages_and_incomes_is_instant(family):
    for predictor in ("age", "income + age + (1|g)"):
        model = built(f"{FAMILIES[family][0]} ~ {predictor}", family, "logit")
        drawn = engines.sample(model, Options(draws=20, tune=50, seed=1, engine="instant"), lambda _: None)
        assert drawn.engine == "instant"


@pytest.mark.parametrize("form", ["saturated mean", "exponential that overflows"])
def test_a_parameter_is_not_told_by_what_rounds(form):
    """Far out a chance is 1 but for rounding, and an exponential infinite: neither is a constant, nor another link."""
    income = FRAME["income"].to_numpy()
    with pm.Model() as model:
        eta, alpha = pm.Normal("b", 0, 1e-5) * income, pm.HalfNormal("alpha", 1)
        if form == "saturated mean":
            pm.NegativeBinomial(
                "y", mu=1 - pm.math.exp(-pm.math.exp(eta)), alpha=alpha, observed=FRAME["count"]
            )
        else:
            mu = pm.math.exp(eta)
            pm.Gamma("y", mu=mu, sigma=mu / alpha**0.5, observed=FRAME["positive"])
    program = lower(model)
    assert isinstance(program, Program)
    mu_slot = program.factors[0].slots[1]
    assert isinstance(mu_slot, LinearPredictor)
    assert mu_slot.link == ("cloglog" if form == "saturated mean" else "log")
    np.testing.assert_allclose(mu_slot.dense, income[None], rtol=1e-12)
    assert checked(model).holds


def logistic() -> pm.Model:
    """Raw ages and incomes, an offset, effects by group, centred and not, and a positive coefficient."""
    group = FRAME["g"].astype("category").cat.codes.to_numpy()
    with pm.Model() as model:
        a, b, c = pm.Normal("a", 0, 2), pm.Normal("b", 0, 0.1), pm.HalfNormal("c", 1e-5)
        z, s = pm.Normal("z", 0, 1, shape=8), pm.HalfNormal("s", 1)
        m = pm.Normal("m", pm.Normal("mean", 0, 1), pm.Exponential("spread", 1), shape=8)
        eta = a + b * AGE + c * FRAME["income"].to_numpy() + s * z[group] + m[group] * FRAME["z"].to_numpy()
        pm.Bernoulli("y", logit_p=eta + FRAME["tiny"].to_numpy() * 1e5, observed=FRAME["hit"])
    return model


@pytest.fixture(scope="module")
def model():
    return logistic()


@pytest.fixture(scope="module")
def program(model):
    found = lower(model)
    assert isinstance(found, Program)
    return found


def with_slot(program: Program, variable: str, place: int, change) -> Program:
    """Change one slot of the factor of one variable."""
    factors = [
        one
        if variable not in one.variables
        else replace(one, slots=(*one.slots[:place], change(one.slots[place]), *one.slots[place + 1 :]))
        for one in program.factors
    ]
    return replace(program, factors=tuple(factors))


def scaled(constant: Constant) -> Constant:
    return Constant(values=constant.values * 1.001)


def column(place: int):
    def change(slot: LinearPredictor) -> LinearPredictor:
        dense = slot.dense.copy()
        dense[place] *= 1.0001
        return replace(slot, dense=dense)

    return change


def group(place: int, **changes):
    def change(slot: LinearPredictor) -> LinearPredictor:
        groups = list(slot.groups)
        old = groups[place]
        groups[place] = replace(
            old, **{name: function(getattr(old, name)) for name, function in changes.items()}
        )
        return replace(slot, groups=tuple(groups))

    return change


def exchanged(index: np.ndarray) -> np.ndarray:
    """Two rows of different groups change places."""
    other = int(np.flatnonzero(index != index[0])[0])
    wrong = index.copy()
    wrong[[0, other]] = wrong[[other, 0]]
    return wrong


WRONG = {
    "the intercept's column": lambda p: with_slot(p, "y", 1, column(0)),
    "the ages": lambda p: with_slot(p, "y", 1, column(1)),
    "the incomes": lambda p: with_slot(p, "y", 1, column(2)),
    "the offset": lambda p: with_slot(p, "y", 1, lambda slot: replace(slot, offset=slot.offset + 1e-4)),
    "the link": lambda p: with_slot(p, "y", 1, lambda slot: replace(slot, link="probit")),
    "one observation": lambda p: with_slot(
        p, "y", 0, lambda slot: Constant(values=np.where(np.arange(N) == 7, 1 - slot.values, slot.values))
    ),
    "the multiplier of an effect": lambda p: with_slot(p, "y", 1, group(0, multiplier=lambda m: 1.0001 * m)),
    "the groups of two rows": lambda p: with_slot(p, "y", 1, group(0, index=exchanged)),
    "the scale of the effects": lambda p: with_slot(p, "y", 1, group(0, scale=lambda _: 0)),
    **{
        f"the prior of {name}": lambda p, name=name, place=place: with_slot(p, name, place, scaled)
        for name, place in {"a": 2, "b": 2, "c": 1, "z": 2, "s": 1, "mean": 2}.items()
    },
    "the rate of a prior": lambda p: with_slot(p, "spread", 1, scaled),
    "the mean of a prior": lambda p: with_slot(p, "b", 1, lambda slot: Constant(values=slot.values + 1e-3)),
    "a transform": lambda p: replace(
        p,
        variables=tuple(
            replace(one, transform=replace(one.transform, kind="identity")) if one.name == "c" else one
            for one in p.variables
        ),
    ),
    "a factor too few": lambda p: replace(p, factors=tuple(one for one in p.factors if one.variables != ("m",))),
}  # fmt: skip


def test_the_right_program_agrees(model, program):
    for n_draws in (0, 3):
        agreement = checked(model, program, n_draws)
        assert agreement.holds, agreement
        assert agreement.value_error < 1e-9


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_program_is_found(model, program, wrong):
    agreement = checked(model, WRONG[wrong](program))
    assert not agreement.holds, agreement


def likelihood_of_many_rows(sigma: float = 2.0) -> pm.Model:
    x = np.random.default_rng(3).normal(size=20_000)
    with pm.Model() as model:
        b = pm.Normal("b", 0, sigma)
        pm.Poisson("y", pm.math.exp(b * x), observed=np.random.default_rng(4).poisson(1, 20_000))
    return model


def test_a_wrong_prior_does_not_hide_behind_many_rows():
    model = likelihood_of_many_rows()
    assert checked(model).holds
    agreement = checked(model, with_slot(lower(model), "b", 2, scaled))
    assert agreement.value_error > 1e-7
    assert agreement.variables == ("b",)


def test_a_wide_prior_is_compared_where_it_is_not_flat():
    model = likelihood_of_many_rows(1e6)
    assert checked(model).holds
    assert not checked(model, with_slot(lower(model), "b", 2, scaled)).holds


def wrong_normal(n, block_):
    """A normal density whose derivative by the value is off by a ten-thousandth."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        z = block[VALUE + A, i] / block[FIRST_PARAMETER + 7 + A, i]
        block[LOGP, i] = -0.5 * z * z - block[FIRST_PARAMETER + 7 + B, i]
        block[VALUE + GA, i] = -1.0001 * z / block[FIRST_PARAMETER + 7 + A, i]


def test_a_wrong_gradient_of_a_prior_does_not_hide_behind_many_rows(monkeypatch):
    model = likelihood_of_many_rows()
    wrong = replace(DISTRIBUTIONS["normal"], kernel=wrong_normal)
    monkeypatch.setattr(pack, "DISTRIBUTIONS", {**DISTRIBUTIONS, "normal": wrong})
    agreement = checked(model)
    assert agreement.value_error <= 1e-7
    assert agreement.gradient_error > 1e-6
    assert agreement.variables == ("b",)


def test_what_cannot_be_compared_is_said():
    with pm.Model() as model:
        # Every predictor is above 18 * 20: as written each chance is 1.
        pm.Bernoulli("y", logit_p=pm.Uniform("b", 20, 30) * AGE, observed=FRAME["hit"])
    agreement = checked(model)
    assert agreement.points < LEAST
    assert not agreement.holds
    assert agreement.variables == ("y",)


def test_points_move_every_coefficient_and_every_term(program):
    scales, random = Scales(program), np.random.default_rng(1)
    u = random.normal(size=program.n_dim)
    points = np.stack([scales.moderate(u, random) for _ in range(3)])
    coefficients = scales.sizes > 0
    assert (np.diff(points, axis=0)[:, coefficients] != 0).all()
    machine = bridge.kernel(program)
    for point in points:
        c = machine.constrained(point)
        assert all(is_exact(factor, c) for factor in program.factors)
        slot = program.factors[0].slots[1]
        terms = [
            abs(c[position] * values).max() for position, values in zip(slot.columns, slot.dense, strict=True)
        ]
        assert max(terms) < 10 * min(terms)
    directions = list(scales.directions(u, 6, random))
    assert (np.count_nonzero(directions, axis=0) == 1).all()


@pytest.mark.parametrize(("of", "name"), LINKS)
def test_every_link_that_saturates_has_its_range(of, name):
    """Where it ends, the parameter still has 6 digits, and the density, which is large there, 8."""
    ends = EXACT.get((of, name))
    if ends is None:
        assert name in ("identity", "inverse", "inverse_squared")
        return
    if of == "unit":
        p = LINKS[of, name].inverse(np.array(ends))
        assert (np.finfo(float).eps / np.minimum(p, 1 - p) < 3e-7).all()


WHOLE = {
    "HalfStudentT": lambda: pm.HalfStudentT("s", nu=3, sigma=10),
    "HalfCauchy": lambda: pm.HalfCauchy("s", 100),
    "HalfNormal": lambda: pm.HalfNormal("s", 120),
    "Gamma": lambda: pm.Gamma("s", 20, 100),
    "InverseGamma": lambda: pm.InverseGamma("s", 20, 100),
    "Exponential": lambda: pm.Exponential("s", 120),
    "StudentT": lambda: pm.math.exp(pm.StudentT("s", nu=3, mu=0, sigma=10)),
    "Normal": lambda: pm.math.exp(pm.Normal("s", 1, 100)),
}


@pytest.mark.parametrize("prior", WHOLE)
def test_whole_numbers_in_a_prior_do_not_overflow(prior):
    """PyTensor holds them in 8 bits: as written, 3 * 10**2 is 44."""
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("a", 0, 100), WHOLE[prior](), observed=[1.0, 2.0, 2.5, 4.0])
    fit = engines.sample(model, Options(draws=50, tune=100, chains=2, seed=1), lambda _: None)
    assert (fit.engine, fit.fallback) == ("instant", "")
