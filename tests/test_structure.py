"""Models that differ only in their numbers share what is derived and compiled from them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import nutpie
import pymc as pm
import pytensor.sparse
import pytensor.tensor as pt
import pytest
from pymc.distributions import transforms
from scipy import sparse

from glm_magic import engines
from glm_magic.engines import density, laws
from glm_magic.engines.density import log_densities, log_density
from glm_magic.engines.kept import Kept
from glm_magic.engines.structure import structure
from glm_magic.request import Options


def silent(progress):
    """Hear nothing."""


def hierarchy(
    seed=1, *, n=40, levels="abcd", mean=0.0, spread=1.0, prior=pm.Normal, link=pm.math.exp, extra=0
):
    """A model with groups, data, priors and a Potential, which keeps it from being instant."""
    rng = np.random.default_rng(seed)
    x, group = rng.normal(size=n), rng.integers(0, len(levels), n)
    with pm.Model(coords={"level": list(levels)}) as model:
        effect = prior("effect", mean, spread, dims="level")
        slope = pm.HalfNormal("slope", 2.0)
        pm.Deterministic("twice", 2 * slope)
        pm.Potential("penalty", -0.01 * slope**2)
        eta = effect[group] + slope * x
        for number in range(extra):
            eta = eta + pm.Normal(f"extra{number}", 0, 1)
        pm.Poisson("y", link(eta), observed=rng.poisson(2, n))
    return model


def key(**changes):
    return structure(hierarchy(**changes)).key


def test_numbers_and_labels_are_no_part_of_the_key():
    assert key() == key(seed=2) == key(mean=3.0, spread=0.5) == key(levels="wxyz")
    assert hash(key()) == hash(key(seed=2))


@pytest.mark.parametrize(
    "changes", [{"n": 41}, {"levels": "abc"}, {"prior": pm.Laplace}, {"link": pm.math.log1pexp}, {"extra": 1}]
)
def test_anything_else_is(changes):
    assert key() != key(**changes)


def bounded(lower, upper, transform=True):
    with pm.Model() as model:
        free = {} if transform else {"default_transform": None}
        pm.Uniform("b", lower, upper, **free)
        pm.Normal("y", model["b"], 1, observed=np.zeros(20))
    return structure(model).key


def test_transforms_and_their_kinds_are_in_the_key():
    assert bounded(0.0, 1.0) == bounded(-2.0, 3.0)
    assert bounded(0.0, 1.0) != bounded(0.0, 1.0, transform=False)


def transformed(transform, **options):
    with pm.Model() as model:
        pm.Normal("b", 0, 1, transform=transform, **options)
        pm.Normal("y", 0, 1, observed=np.zeros(20))
    return structure(model).key


class Shifted(pm.logprob.transforms.Transform):
    """A transform with a setting of any kind, which it does not use; ``itself`` closes a circle."""

    name = "shifted"

    def __init__(self, by):
        self.by = by
        self.itself = self

    def forward(self, value, *inputs):
        return value

    def backward(self, value, *inputs):
        return value

    def log_jac_det(self, value, *inputs):
        return pt.zeros_like(value)


def interval(upper):
    return transforms.Interval(0.0, upper)


def chained(upper):
    return transforms.Chain([interval(upper), transforms.ordered])


def by_array(last):
    return Shifted(np.array([0.0, last]))


def by_variable(last):
    return Shifted(pt.as_tensor([0.0, last]) + 1)


def by_shared(last):
    return Shifted(pytensor.shared(np.array([0.0, last])))


def by_nested(last):
    return Shifted([{"of": (last, interval(last))}])


@pytest.mark.parametrize("made", [interval, chained, by_array, by_variable, by_shared, by_nested])
def test_the_settings_of_transforms_are_in_the_key_by_value(made):
    start = {"shape": 2, "initval": [0.1, 0.2]}
    assert transformed(made(1.0), **start) == transformed(made(1.0), **start)
    assert hash(transformed(made(1.0), **start)) == hash(transformed(made(1.0), **start))
    assert transformed(made(1.0), **start) != transformed(made(2.0), **start)


def test_values_of_other_types_are_other_settings():
    keys = [transformed(Shifted(by)) for by in (0, 0.0, -0.0, False, None, "0", b"0", np.int8(0), [0], (0,))]
    assert len(set(keys)) == len(keys)


def test_a_setting_that_cannot_be_read_is_equal_to_itself_only():
    one, other = object(), object()
    assert transformed(Shifted(one)) == transformed(Shifted(one)) != transformed(Shifted(other))
    # Each thing is gone before the next is made, and may have its address.
    keys = [transformed(Shifted({1, 2})) for _ in range(20)]
    assert len(set(keys)) == len(keys)


def truncated(lower=None, upper=None):
    with pm.Model() as model:
        mean = pm.Normal("mean", 0, 1)
        pm.TruncatedNormal("y", mean, 1, lower=lower, upper=upper, observed=np.linspace(0.1, 1, 20))
    return model


def test_a_bound_that_is_absent_is_part_of_the_key_and_one_that_is_there_a_number():
    """PyMC derives another density where a bound is a constant infinity."""
    keys = [structure(truncated(**bounds)).key for bounds in ({"lower": 0.0}, {"upper": 2.0}, {})]
    assert len(set(keys)) == 3
    assert structure(truncated(lower=-1.0)).key == keys[0]
    assert (
        structure(truncated(lower=np.full(20, -np.inf))).key != structure(truncated(lower=np.zeros(20))).key
    )


@pytest.mark.slow
@pytest.mark.parametrize("bounds", [{"lower": 0.0}, {"upper": 2.0}])
def test_a_response_that_is_truncated_on_one_side_is_sampled(bounds):
    """Its numbers, as shared variables, must not make the gradient at the other bound NaN."""
    drawn = engines.sample(
        truncated(**bounds), Options(engine="nutpie", draws=100, tune=100, chains=1, seed=1), silent
    )
    assert np.isfinite(drawn.posterior["mean"]).all()


def test_bounds_that_are_given_with_the_variable_are_numbers():
    def ordered(upper):
        with pm.Model() as model:
            pm.Uniform("b", 0.0, upper, transform=transforms.ordered, shape=2, initval=[0.1, 0.2])
            pm.Normal("y", 0, 1, observed=np.zeros(20))
        return structure(model)

    assert ordered(1.0).key == ordered(2.0).key
    assert 2.0 in [float(number.data) for number in ordered(2.0).numbers if np.ndim(number.data) == 0]


def covariance(n=2, eta=1.0, compute_corr=True):
    with pm.Model() as model:
        pm.LKJCholeskyCov("c", n=n, eta=eta, sd_dist=pm.Exponential.dist(1.0), compute_corr=compute_corr)
        pm.Normal("y", 0, 1, observed=np.zeros(20))
    return structure(model).key


def correlation(n=2, eta=1.0):
    with pm.Model() as model:
        pm.LKJCorr("c", n=n, eta=eta)
        pm.Normal("y", 0, 1, observed=np.zeros(20))
    return structure(model).key


@pytest.mark.parametrize("made", [covariance, correlation])
def test_correlation_matrices_have_a_structure(made):
    assert hash(made()) == hash(made())
    assert made() == made()
    assert made() != made(n=3)


def looking_back(by):
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1)
        series = pytensor.scan(
            lambda first, second: b * first + second,
            outputs_info=[{"initial": pt.ones(4), "taps": [-4, -by]}],
            n_steps=3,
            return_updates=False,
        )
        pm.Normal("y", series[-1], 1, observed=0.0)
    return structure(model).key


def test_how_far_a_loop_looks_back_is_in_the_key():
    assert looking_back(1) == looking_back(1) != looking_back(2)


def test_sparse_matrices_are_not_told_apart_by_their_text():
    one, other = sparse.csr_matrix(np.eye(3)), sparse.csr_matrix(2 * np.eye(3))

    def product(matrix):
        with pm.Model() as model:
            b = pm.Normal("b", 0, 1, shape=(3, 1))
            pm.Normal("y", pytensor.sparse.structured_dot(matrix, b)[:, 0], 1, observed=np.zeros(3))
        return structure(model).key

    assert product(one) != product(other)


def custom(power):
    with pm.Model() as model:
        pm.CustomDist(
            "b", logp=lambda value: -(pt.abs(value) ** power), dist=lambda size: pm.Normal.dist(size=size)
        )
        pm.Normal("y", model["b"], 1, observed=np.zeros(20))
    return structure(model).key


def test_two_custom_distributions_are_never_the_same():
    assert custom(2) != custom(4)


def test_a_walk_ends_on_a_graph_that_shares_its_parts():
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1)
        for _ in range(60):
            b = b + b
        pm.Normal("y", b, 1, observed=[0.0])
    assert structure(model).numbers


NUMBERS = pytest.mark.parametrize("changes", [{"seed": 2}, {"mean": 3.0, "spread": 0.5}])


@NUMBERS
def test_a_derived_density_is_that_of_the_model_at_hand(changes, monkeypatch):
    first, second = hierarchy(), hierarchy(**changes)
    expected = float(second.compile_logp(mode="FAST_COMPILE")(second.initial_point()))
    log_density(first)(first.initial_point())
    monkeypatch.setattr(pm.Model, "logp", lambda *_: pytest.fail("derived again"))
    np.testing.assert_allclose(log_density(second)(second.initial_point()), expected, rtol=1e-9)


@NUMBERS
def test_the_density_of_each_variable_is_that_of_the_model_at_hand(changes, monkeypatch):
    first, second = hierarchy(), hierarchy(**changes)
    point = {name: value + 0.3 for name, value in second.initial_point().items()}
    variables = [second["effect"], second["slope"], second["y"]]
    expected = second.compile_fn(second.logp(variables, jacobian=False, sum=False), mode="FAST_COMPILE")(
        point
    )
    log_densities(first)
    for name in ("law_of", "function_of"):
        monkeypatch.setattr(density, name, lambda *_: pytest.fail("derived again"))
    terms = log_densities(second)
    own = terms.constrain(point)
    assert list(terms.priors(own)) == ["effect", "slope"]
    found = [*terms.priors(own).values(), *terms.likelihoods(own).values()]
    np.testing.assert_allclose(found, [np.sum(one) for one in expected], rtol=1e-12)
    # Of a logarithm: log(d exp(u) / du).
    np.testing.assert_allclose(own[-1], point["slope_log__"], rtol=1e-12)


def test_the_density_of_a_distribution_is_derived_once_for_all_models(monkeypatch):
    log_densities(hierarchy())
    derived = []
    monkeypatch.setattr(laws, "pm", SimpleNamespace(logp=lambda rv, *_: derived.append(rv)))
    other = hierarchy(n=23, levels="abcdefg", link=pm.math.log1pexp)
    terms = log_densities(other)
    monkeypatch.undo()
    assert not derived
    point = other.initial_point()
    with_potential = float(other.compile_logp(mode="FAST_COMPILE")(point)) + 0.01 * np.exp(
        2 * point["slope_log__"]
    )
    own = terms.constrain(point)
    parts = [own[-1], *terms.priors(own).values(), *terms.likelihoods(own).values()]
    np.testing.assert_allclose(sum(parts), with_potential, rtol=1e-9)


def test_the_least_recently_used_goes_first():
    kept = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)


@pytest.mark.slow
def test_nutpie_compiles_a_structure_once(monkeypatch):
    options = Options(engine="nutpie", draws=300, tune=300, chains=2, seed=1)
    plain = nutpie.sample(
        nutpie.compile_pymc_model(hierarchy(2, levels="wxyz", mean=1.0)),
        draws=300, tune=300, chains=2, seed=1, progress_bar=False,
    )  # fmt: skip
    engines.sample(hierarchy(), options, silent)
    monkeypatch.setattr(nutpie, "compile_pymc_model", lambda *_, **__: pytest.fail("compiled again"))
    again = engines.sample(hierarchy(2, levels="wxyz", mean=1.0), options, silent)
    assert list(again.posterior["effect"].coords["level"].values) == list("wxyz")
    assert set(again.posterior.data_vars) == {"effect", "slope", "twice"}
    for name in ("effect", "slope"):
        mine, theirs = again.posterior[name], plain.posterior[name]
        error = 4 * float(theirs.std()) / np.sqrt(100)
        np.testing.assert_allclose(mine.mean(("chain", "draw")), theirs.mean(("chain", "draw")), atol=error)
