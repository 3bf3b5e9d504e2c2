"""Means read from hand-written PyMC models, against the same means written by hand in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pm = pytest.importorskip("pymc")
import pytensor.tensor as pt  # noqa: E402
import xarray  # noqa: E402
from scipy import special, stats  # noqa: E402

from glm_magic.predictor import Axis, Curves, NoPredictor, Predictor  # noqa: E402
from glm_magic.predictor.graph import read_graph  # noqa: E402
from glm_magic.predictor.response import one_of  # noqa: E402

N = 40
RNG = np.random.default_rng(20)
X = RNG.normal(5.0, 2.0, N)
Z = RNG.normal(-1.0, 1.0, N)
POSITIVE = np.exp(RNG.normal(0.0, 0.5, N))
GROUP = np.tile([2, 0, 1, 1], N // 4)
TOWNS = np.array(["ayr", "bonn", "cork"])[GROUP].astype(object)
BINARY = RNG.integers(0, 2, N)
COUNTS = RNG.poisson(3.0, N)
REAL = RNG.normal(0.0, 1.0, N)
AMOUNT = RNG.gamma(2.0, 1.0, N)
SHARE = RNG.uniform(0.1, 0.9, N)
TRIALS = RNG.integers(5, 20, N)
SUCCESSES = RNG.binomial(TRIALS, 0.4)
FRAME = {"x": X, "z": Z, "e": POSITIVE, "town": TOWNS, "trials": TRIALS}

S = 3  # draws


def posterior(**variables: Any) -> xarray.Dataset:
    """Draws of the free variables; the first dimension is the sample."""
    return xarray.Dataset(
        {
            name: (("sample", *(f"{name}_{k}" for k in range(np.ndim(values) - 1))), np.asarray(values))
            for name, values in variables.items()
        }
    )


DRAWS = {
    "a": np.array([0.3, -0.2, 0.1]),
    "b": np.array([0.25, -0.1, 0.4]),
    "c": np.array([-0.5, 0.2, 0.6]),
    "s": np.array([0.5, 1.5, 2.5]),
    "psi": np.array([0.2, 0.5, 0.9]),
    "ag": np.array([[0.1, 0.7, -0.4], [0.2, -0.3, 0.6], [1.0, 2.0, 3.0]]),
    "w": np.array([[0.1, 0.2, 0.3, 0.02], [0.5, -0.2, 0.1, 0.03], [-0.4, 0.3, 0.2, -0.01]]),
}


def draws(*names: str) -> xarray.Dataset:
    return posterior(**{name: DRAWS[name] for name in names})


def free(*names: str) -> list[Any]:
    """Free variables with priors on their domains."""
    made = {
        "s": lambda: pm.HalfNormal("s", 1),
        "psi": lambda: pm.Beta("psi", 2, 2),
        "ag": lambda: pm.Normal("ag", 0, 1, shape=3),
        "w": lambda: pm.Normal("w", 0, 1, shape=4),
    }
    return [made.get(name, lambda name=name: pm.Normal(name, 0, 1))() for name in names]


def read(build: Callable[[], None], columns: dict[str, Any] | None = None) -> Predictor:
    with pm.Model() as model:
        build()
    found = read_graph(model, FRAME if columns is None else columns)
    assert isinstance(found, Predictor), found
    return found


def refuse(build: Callable[[], None], columns: dict[str, Any] | None = None) -> str:
    with pm.Model() as model:
        build()
    found = read_graph(model, FRAME if columns is None else columns)
    assert isinstance(found, NoPredictor), found
    return found.reason


def axis(found: Predictor, name: str) -> Axis:
    return next(one for one in found.axes if one.x == name)


INVERSE: dict[str, Callable[[Any], Any]] = {
    "identity": lambda v: v,
    "log": np.exp,
    "logit": special.expit,
    "softplus": lambda v: np.log1p(np.exp(v)),
}


def lines(one: Axis, data: xarray.Dataset, stratum: int = 0) -> np.ndarray:
    """Lines on the response scale."""
    curves = one.strata[stratum].mean
    assert isinstance(curves, Curves)
    out = one_of(curves, curves.evaluate(data))
    assert out.shape == (data.sizes["sample"], len(one.grid))
    return INVERSE[curves.link](out)


def column(name: str) -> np.ndarray:
    """One free variable, to be broadcast against a grid."""
    return DRAWS[name][:, None]


def eta(grid: np.ndarray) -> np.ndarray:
    return column("a") + column("b") * grid


def mu() -> Any:
    """``a + b x``, the linear predictor of most models below."""
    a, b = free("a", "b")
    return a + b * X


# Each: likelihood, its free variables, link, the mean by hand, ylabel, and the observed y.
def normal():
    pm.Normal("y", mu(), free("s")[0], observed=REAL)


def student():
    pm.StudentT("y", nu=4, mu=mu(), sigma=free("s")[0], observed=REAL)


def cauchy():
    pm.Cauchy("y", mu(), free("s")[0], observed=REAL)


def laplace():
    pm.Laplace("y", mu(), free("s")[0], observed=REAL)


def quantile():
    pm.AsymmetricLaplace("y", mu=mu(), b=free("s")[0], q=0.9, observed=REAL)


def bernoulli_p():
    pm.Bernoulli("y", p=pm.math.sigmoid(mu()), observed=BINARY)


def bernoulli_logit():
    pm.Bernoulli("y", logit_p=mu(), observed=BINARY)


def bernoulli_probit():
    pm.Bernoulli("y", p=pm.math.invprobit(mu()), observed=BINARY)


def binomial():
    pm.Binomial("y", n=TRIALS, p=pm.math.sigmoid(mu()), observed=SUCCESSES)


def beta_binomial():
    p, (s,) = pm.math.sigmoid(mu()), free("s")
    pm.BetaBinomial("y", n=TRIALS, alpha=p * s, beta=(1 - p) * s, observed=SUCCESSES)


def poisson():
    pm.Poisson("y", pm.math.exp(mu()), observed=COUNTS)


def negative_binomial():
    pm.NegativeBinomial("y", mu=pm.math.exp(mu()), alpha=free("s")[0], observed=COUNTS)


def gamma():
    pm.Gamma("y", mu=pm.math.exp(mu()), sigma=free("s")[0], observed=AMOUNT)


def gamma_softplus():
    pm.Exponential("y", scale=pt.softplus(mu()), observed=AMOUNT)


def beta():
    pm.Beta("y", mu=pm.math.sigmoid(mu()), nu=free("s")[0] + 2, observed=SHARE)


def weibull():
    pm.Weibull("y", alpha=free("s")[0], beta=pm.math.exp(mu()), observed=AMOUNT)


def lognormal():
    pm.LogNormal("y", mu(), free("s")[0], observed=AMOUNT)


def ex_gaussian():
    pm.ExGaussian("y", mu(), sigma=1.0, nu=free("s")[0], observed=REAL)


def zero_inflated_poisson():
    pm.ZeroInflatedPoisson("y", psi=free("psi")[0], mu=pm.math.exp(mu()), observed=COUNTS)


def zero_inflated_binomial():
    pm.ZeroInflatedBinomial("y", psi=free("psi")[0], n=TRIALS, p=pm.math.sigmoid(mu()), observed=SUCCESSES)


def hurdle_poisson():
    pm.HurdlePoisson("y", psi=free("psi")[0], mu=pm.math.exp(mu()), observed=COUNTS)


def wald():
    pm.Wald("y", mu=pm.math.exp(mu()), lam=1.0, alpha=free("s")[0], observed=AMOUNT + 9)


def rice():
    pm.Rice("y", b=pm.math.sigmoid(mu()), sigma=free("s")[0], observed=AMOUNT)


def skew_student():
    pm.SkewStudentT("y", a=3.0, b=5.0, mu=mu(), sigma=free("s")[0], observed=REAL)


def hurdle_gamma():
    pm.HurdleGamma("y", psi=free("psi")[0], mu=pm.math.exp(mu()), sigma=free("s")[0], observed=AMOUNT)


def censored():
    pm.Censored("y", pm.Normal.dist(mu(), free("s")[0]), lower=-1, upper=1, observed=np.clip(REAL, -1, 1))


def truncated():
    pm.Truncated("y", pm.Normal.dist(mu(), free("s")[0]), lower=-9, observed=REAL)


def truncated_gamma():
    dist = pm.Gamma.dist(mu=pm.math.exp(mu()), sigma=free("s")[0])
    pm.Truncated("y", dist, upper=99.0, observed=AMOUNT)


def mixture():
    (psi,) = free("psi")
    parts = [pm.Normal.dist(mu(), 1.0), pm.Normal.dist(3.0, 1.0)]
    pm.Mixture("y", w=pt.stack([psi, 1 - psi]), comp_dists=parts, observed=REAL)


def normal_mixture():
    (psi,) = free("psi")
    means = pt.stack([mu(), pt.full(N, 3.0)], axis=-1)
    pm.NormalMixture("y", w=pt.stack([psi, 1 - psi]), mu=means, sigma=1.0, observed=REAL)


def expected_weibull(grid):
    return np.exp(eta(grid)) * special.gamma(1 + 1 / column("s"))


def expected_rice(grid):
    return column("s") * stats.rice.mean(special.expit(eta(grid)))


def expected_skew_student(grid):
    return eta(grid) + column("s") * stats.jf_skew_t.mean(3.0, 5.0)


def expected_hurdle(grid):
    m = np.exp(eta(grid))
    return column("psi") * m / (1 - stats.poisson.pmf(0, m))


KINDS = [
    (normal, "s", "identity", eta, "E[y | x]", REAL),
    (student, "s", "identity", eta, "location of y", REAL),
    (cauchy, "s", "identity", eta, "location of y", REAL),
    (laplace, "s", "identity", eta, "location of y", REAL),
    (quantile, "s", "identity", eta, "0.9 quantile of y", REAL),
    (bernoulli_p, "", "logit", lambda g: special.expit(eta(g)), "P(y = 1 | x)", BINARY),
    (bernoulli_logit, "", "logit", lambda g: special.expit(eta(g)), "P(y = 1 | x)", BINARY),
    (bernoulli_probit, "", "identity", lambda g: stats.norm.cdf(eta(g)), "P(y = 1 | x)", BINARY),
    (binomial, "", "logit", lambda g: special.expit(eta(g)), "E[y / trials | x]", SUCCESSES / TRIALS),
    (
        beta_binomial,
        "s",
        "identity",
        lambda g: special.expit(eta(g)),
        "E[y / trials | x]",
        SUCCESSES / TRIALS,
    ),
    (poisson, "", "log", lambda g: np.exp(eta(g)), "E[y | x]", COUNTS),
    (negative_binomial, "s", "identity", lambda g: np.exp(eta(g)), "E[y | x]", COUNTS),
    (gamma, "s", "identity", lambda g: np.exp(eta(g)), "E[y | x]", AMOUNT),
    (gamma_softplus, "", "softplus", lambda g: np.log1p(np.exp(eta(g))), "E[y | x]", AMOUNT),
    (beta, "s", "identity", lambda g: special.expit(eta(g)), "E[y | x]", SHARE),
    (weibull, "s", "identity", expected_weibull, "E[y | x]", AMOUNT),
    (lognormal, "s", "log", lambda g: np.exp(eta(g) + column("s") ** 2 / 2), "E[y | x]", AMOUNT),
    (ex_gaussian, "s", "identity", lambda g: eta(g) + column("s"), "E[y | x]", REAL),
    (wald, "s", "identity", lambda g: np.exp(eta(g)) + column("s"), "E[y | x]", AMOUNT + 9),
    (rice, "s", "identity", expected_rice, "E[y | x]", AMOUNT),
    (skew_student, "s", "identity", expected_skew_student, "E[y | x]", REAL),
    (zero_inflated_poisson, "psi", "identity", lambda g: column("psi") * np.exp(eta(g)), "E[y | x]", COUNTS),
    (
        zero_inflated_binomial,
        "psi",
        "identity",
        lambda g: column("psi") * special.expit(eta(g)),
        "E[y / trials | x]",
        SUCCESSES / TRIALS,
    ),
    (hurdle_poisson, "psi", "identity", expected_hurdle, "E[y | x]", COUNTS),
    (hurdle_gamma, "psi s", "identity", lambda g: column("psi") * np.exp(eta(g)), "E[y | x]", AMOUNT),
    (censored, "s", "identity", eta, "latent mean of y (uncensored)", np.clip(REAL, -1, 1)),
    (truncated, "s", "identity", eta, "latent location of y (untruncated)", REAL),
    (truncated_gamma, "s", "identity", lambda g: np.exp(eta(g)), "latent mean of y (untruncated)", AMOUNT),
    *(
        (
            build,
            "psi",
            "identity",
            lambda g: column("psi") * eta(g) + 3 * (1 - column("psi")),
            "E[y | x]",
            REAL,
        )
        for build in (mixture, normal_mixture)
    ),
]


# PyMC 5.28 truncates a Poisson with a PyTensor call that the newest PyTensor 2 deprecates.
@pytest.mark.filterwarnings("ignore:Scan return signature will change:DeprecationWarning")
@pytest.mark.parametrize(
    ("build", "extra", "link", "expected", "ylabel", "y"), KINDS, ids=[kind[0].__name__ for kind in KINDS]
)
def test_kind(build, extra, link, expected, ylabel, y):
    found = read(build)
    assert [one.x for one in found.axes] == ["x"]
    (one,) = found.axes
    assert (one.grid[0], one.grid[-1]) == (X.min(), X.max())
    np.testing.assert_array_equal(one.observed_x, X)
    assert found.ylabel == ylabel
    np.testing.assert_allclose(found.observed_y, y)
    assert one.strata[0].mean.link == link
    # PyMC's invprobit holds the root of 2 in single precision.
    np.testing.assert_allclose(lines(one, draws("a", "b", *extra.split())), expected(one.grid), rtol=1e-6)


def test_one_sample_and_extra_variables():
    (one,) = read(normal).axes
    data = draws("a", "b", "s", "w").isel(sample=[1])
    np.testing.assert_allclose(lines(one, data), eta(one.grid)[[1]])


def test_trials_are_held_and_the_label_names_them():
    (one,) = read(binomial).axes
    assert [(h.name, h.value[:1]) for h in one.held] == [("trials", "1")]


@pytest.mark.parametrize(
    ("likelihood", "ylabel"),
    [
        (lambda: pm.Normal("height", mu(), 1.0, observed=REAL), "E[height | x]"),
        (lambda: pm.StudentT("height", nu=4, mu=mu(), sigma=1.0, observed=REAL), "location of height"),
        (lambda: pm.Bernoulli("admit", logit_p=mu(), observed=BINARY), "P(admit = 1 | x)"),
        (
            lambda: pm.Binomial("trials won", TRIALS, logit_p=mu(), observed=SUCCESSES),
            "E[trials won / trials | x]",
        ),
        (lambda: pm.OrderedLogistic("rating", eta=mu(), cutpoints=[-1.0, 2.0], observed=GROUP), "P(rating = k | x)"),
        (
            lambda: pm.Normal("y", mu(), 1.0, observed=np.where(np.arange(N) < 3, np.nan, REAL)),
            "E[y | x]",
        ),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Data in")
def test_the_axis_names_the_observed_variable(likelihood, ylabel):
    assert read(likelihood, {"x": X}).ylabel == ylabel


def test_ordered_logistic_has_a_fan_per_category():
    def build():
        pm.OrderedLogistic("y", eta=mu(), cutpoints=[-1.0, 2.0], observed=GROUP)

    found = read(build, {"x": X, "town": TOWNS})
    (one,) = found.axes
    assert [stratum.label for stratum in one.strata] == ["ayr", "bonn", "cork"]
    assert found.ylabel == "P(y = k | x)"
    assert np.isnan(found.observed_y).all()
    assert any("probabilit" in note for note in found.notes)
    low, high = special.expit(-1 - eta(one.grid)), special.expit(2 - eta(one.grid))
    for k, expected in enumerate([low, high - low, 1 - high]):
        np.testing.assert_allclose(lines(one, draws("a", "b"), k), expected, rtol=1e-9)


def test_ordered_probit_and_softmax():
    def probit():
        pm.OrderedProbit("y", eta=mu(), cutpoints=[-1.0, 2.0], observed=GROUP)

    def softmax():
        a, b = free("a", "b")
        eta_ = pt.stack([pt.zeros(N), a + 0 * X, b * X], axis=1)
        pm.Categorical("y", p=pm.math.softmax(eta_, axis=1), observed=GROUP)

    (one,) = read(probit, {"x": X}).axes
    assert [stratum.label for stratum in one.strata] == ["0", "1", "2"]
    np.testing.assert_allclose(lines(one, draws("a", "b"), 0), stats.norm.cdf(-1 - eta(one.grid)), rtol=1e-6)
    (one,) = read(softmax, {"x": X}).axes
    weights = np.exp(np.stack([0 * eta(one.grid), column("a") + 0 * one.grid, column("b") * one.grid], -1))
    for k in range(3):
        np.testing.assert_allclose(
            lines(one, draws("a", "b"), k), weights[..., k] / weights.sum(-1), rtol=1e-9
        )


def linear(*terms: np.ndarray) -> Callable[[], None]:
    """A normal model with a coefficient per term."""

    def build():
        (w,) = free("w")
        pm.Normal("y", sum(w[k] * term for k, term in enumerate(terms)), 1.0, observed=REAL)

    return build


def by_hand(*terms: Any) -> np.ndarray:
    return sum(DRAWS["w"][:, [k]] * term for k, term in enumerate(terms))


STANDARD = (X - X.mean()) / X.std()
TIED = {
    "square": ((X, X**2), lambda g: (g, g**2)),
    "cube": ((X, X**3), lambda g: (g, g**3)),
    "standardised": ((STANDARD,), lambda g: ((g - X.mean()) / X.std(),)),
    "centred square": ((STANDARD, STANDARD**2), lambda g: [((g - X.mean()) / X.std()) ** k for k in (1, 2)]),
    "other unit": ((X * 2.54,), lambda g: (g * 2.54,)),
}


@pytest.mark.parametrize("name", TIED)
def test_tied_vectors_move_together(name):
    terms, expected = TIED[name]
    found = read(linear(*terms))
    assert [one.x for one in found.axes] == ["x"]
    (one,) = found.axes
    assert one.held == ()
    np.testing.assert_allclose(lines(one, draws("w")), by_hand(*expected(one.grid)), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("function", [np.log, np.sqrt, np.exp, np.reciprocal])
def test_functions_of_a_column(function):
    found = read(linear(np.ones(N), function(POSITIVE)), {"y": REAL, "e": POSITIVE})
    assert [one.x for one in found.axes] == ["e"]
    (one,) = found.axes
    np.testing.assert_allclose(lines(one, draws("w")), by_hand(1.0, function(one.grid)), rtol=1e-7)


def test_columns_that_follow_from_other_columns_are_tied():
    columns = {"x2": X**2, "x": X, "z": Z, "xz": X * Z}
    found = read(linear(X, X**2, Z, X * Z), columns)
    assert [one.x for one in found.axes] == ["x", "z"]
    one = axis(found, "x")
    assert one.held[0].name == "z"
    assert one.held[0].value == f"{Z.mean():.4g} (mean)"
    g, z = one.grid, Z.mean()
    np.testing.assert_allclose(lines(one, draws("w")), by_hand(g, g**2, z, g * z), rtol=1e-7)
    two = axis(found, "z")
    g, x = two.grid, X.mean()
    np.testing.assert_allclose(lines(two, draws("w")), by_hand(x, x**2, g, x * g), rtol=1e-7)


@pytest.mark.parametrize("as_data", [False, True])
@pytest.mark.parametrize("dot", [lambda m, w: pm.math.dot(m, w), lambda m, w: m @ w])
def test_design_matrix(as_data, dot):
    matrix = np.column_stack([np.ones(N), X, Z, X * Z])

    def build():
        design = pm.Data("X", matrix) if as_data else pt.as_tensor(matrix)
        pm.Bernoulli("y", p=pm.math.sigmoid(dot(design, free("w")[0])), observed=BINARY)

    found = read(build)
    assert [one.x for one in found.axes] == ["x", "z"]
    one = axis(found, "x")
    z = Z.mean()
    expected = special.expit(by_hand(1.0, one.grid, z, one.grid * z))
    np.testing.assert_allclose(lines(one, draws("w")), expected, rtol=1e-7)


def test_matrix_without_names():
    matrix = np.column_stack([np.ones(N), X, X**2, Z])

    def build():
        pm.Normal("y", pm.Data("M", matrix) @ free("w")[0], 1.0, observed=REAL)

    found = read(build, {})
    assert [one.x for one in found.axes] == ["M[1]", "M[3]"]
    one = found.axes[0]
    assert "M[1] is a column of M" in one.note
    g = one.grid
    np.testing.assert_allclose(lines(one, draws("w")), by_hand(1.0, g, g**2, Z.mean()), rtol=1e-7)


def test_matrix_columns_are_named_by_coordinates():
    with pm.Model(coords={"feature": ["height", "age"]}) as model:
        design = pm.Data("M", np.column_stack([X, Z]), dims=("row", "feature"))
        w = pm.Normal("w", dims="feature")
        pm.Normal("y", design @ w, 1.0, observed=REAL)
    found = read_graph(model, {})
    assert [one.x for one in found.axes] == ["height", "age"]


def test_data_standardised_inside_the_model_keeps_the_scale_of_the_fit():
    def build():
        a, b = free("a", "b")
        data = pm.Data("height", X)
        pm.Normal("y", a + b * (data - data.mean()) / data.std(), 1.0, observed=REAL)

    (one,) = read(build, {}).axes
    assert one.x == "height"
    np.testing.assert_allclose(lines(one, draws("a", "b")), eta((one.grid - X.mean()) / X.std()), rtol=1e-9)


def test_shape_functions_of_data_that_no_table_knows():
    def build():
        a, b = free("a", "b")
        pm.Normal("y", a + b * pm.math.sin(pm.Data("angle", X)), 1.0, observed=REAL)

    (one,) = read(build, {}).axes
    np.testing.assert_allclose(lines(one, draws("a", "b")), eta(np.sin(one.grid)), rtol=1e-9)


def test_whole_numbers_are_moved_in_fractions():
    whole = np.arange(N)

    def build():
        a, b = free("a", "b")
        pm.Normal("y", a + b * pm.Data("t", whole), 1.0, observed=REAL)

    (one,) = read(build, {}).axes
    assert len(one.grid) == 100
    np.testing.assert_allclose(lines(one, draws("a", "b")), eta(one.grid), rtol=1e-12)


def group_model(codes: np.ndarray) -> Callable[[], None]:
    def build():
        ag, b = free("ag", "b")
        pm.Normal("y", ag[codes] + b * X, 1.0, observed=REAL)

    return build


def test_group_index_is_an_axis_and_is_held_at_its_first_level():
    found = read(group_model(GROUP))
    assert [one.x for one in found.axes] == ["x", "town"]
    one = axis(found, "x")
    assert (one.held[0].name, one.held[0].value) == ("town", "ayr (first group)")
    expected = DRAWS["ag"][:, [0]] + column("b") * one.grid
    np.testing.assert_allclose(lines(one, draws("ag", "b")), expected)
    two = axis(found, "town")
    assert two.levels == ("ayr", "bonn", "cork")
    np.testing.assert_array_equal(two.grid, [0, 1, 2])
    np.testing.assert_array_equal(two.observed_x, GROUP)
    np.testing.assert_allclose(lines(two, draws("ag", "b")), DRAWS["ag"] + column("b") * X.mean())


def test_group_codes_in_order_of_appearance():
    codes = np.array([0, 1, 2, 2] * (N // 4))  # cork, ayr, bonn
    found = read(group_model(codes))
    assert axis(found, "town").levels == ("cork", "ayr", "bonn")


def test_group_codes_of_a_column_of_numbers():
    found = read(group_model(GROUP), {"x": X, "school": GROUP * 10 + 7})
    assert axis(found, "school").levels == ("7", "17", "27")


def test_group_with_coordinates_and_non_centred_effects():
    with pm.Model(coords={"town": ["A", "B", "C"], "row": np.arange(N)}) as model:
        idx = pm.Data("idx", GROUP, dims="row")
        a, s = pm.Normal("a"), pm.HalfNormal("s")
        z = pm.Normal("ag", dims="town")
        effect = pm.Deterministic("effect", a + s * z, dims="town")
        pm.Poisson(
            "y", pm.math.exp(effect[idx] + pm.Normal("b") * pm.Data("xx", X, dims="row")), observed=COUNTS
        )
    found = read_graph(model, {})
    assert [one.x for one in found.axes] == ["xx", "idx"]
    two = axis(found, "idx")
    assert two.levels == ("A", "B", "C")
    expected = np.exp(column("a") + column("s") * DRAWS["ag"] + column("b") * X.mean())
    np.testing.assert_allclose(lines(two, draws("a", "s", "ag", "b")), expected)


def test_varying_slopes():
    def build():
        ag, b = free("ag", "b")
        pm.Normal("y", b + ag[GROUP] * X, 1.0, observed=REAL)

    one = axis(read(build), "x")
    np.testing.assert_allclose(
        lines(one, draws("ag", "b")), column("b") + DRAWS["ag"][:, [0]] * one.grid, rtol=1e-12
    )


def test_zeros_and_ones_are_levels():
    flag = (Z > -1).astype(float)
    found = read(linear(np.ones(N), X, flag), {"x": X, "flag": flag})
    two = axis(found, "flag")
    assert two.levels == ("0", "1")
    np.testing.assert_allclose(lines(two, draws("w")), by_hand(1.0, X.mean(), np.array([0.0, 1.0])))
    assert axis(found, "x").held[0].value == "0 (reference)"


def test_product_of_two_dummies_follows_both():
    one_, two_ = (X > 5).astype(float), (Z > -1).astype(float)
    found = read(linear(one_, two_, one_ * two_), {"p": one_, "q": two_})
    assert [a.x for a in found.axes] == ["p", "q"]


EXPOSURES = {
    "offset": lambda m: pm.math.exp(m + np.log(POSITIVE)),
    "offset in the graph": lambda m: pm.math.exp(m + pm.math.log(pm.Data("e", POSITIVE))),
    "product": lambda m: POSITIVE * pm.math.exp(m),
}


@pytest.mark.parametrize("name", EXPOSURES)
def test_exposure_is_held_at_one(name):
    def build():
        pm.Poisson("y", EXPOSURES[name](mu()), observed=COUNTS)

    found = read(build, {"y": COUNTS, "x": X, "e": POSITIVE})
    (one,) = found.axes
    assert (one.x, one.held[0].name, one.held[0].value[:12]) == ("x", "e", "1 (exposure:")
    assert found.ylabel == "E[y / e | x]"
    np.testing.assert_allclose(found.observed_y, COUNTS / POSITIVE)
    np.testing.assert_allclose(lines(one, draws("a", "b")), np.exp(eta(one.grid)), rtol=1e-9)


def test_what_looks_like_an_exposure_but_is_not():
    def only():
        pm.Poisson("y", pm.math.exp(free("a")[0]) * POSITIVE, observed=COUNTS)

    def coefficient():
        a, b, c = free("a", "b", "c")
        pm.Poisson("y", pm.math.exp(a + b * X + c * np.log(POSITIVE)), observed=COUNTS)

    def gaussian():
        a, b = free("a", "b")
        pm.Normal("y", POSITIVE * (a + b * X), 1.0, observed=REAL)

    assert [one.x for one in read(only).axes] == ["e"]
    assert [one.x for one in read(coefficient).axes] == ["x", "e"]
    assert [one.x for one in read(gaussian).axes] == ["x", "e"]


def test_a_scale_that_depends_on_z_has_no_axis():
    def build():
        pm.Gamma("y", mu=pm.math.exp(mu()), sigma=pm.math.exp(free("c")[0] * Z), observed=AMOUNT)

    assert [one.x for one in read(build).axes] == ["x"]


def test_polluted_namespace():
    line = 1 + 2 * X
    found = read(
        linear(np.ones(N), X, np.log(POSITIVE)), {"y": REAL, "line": line, "x": X, "e": POSITIVE, "x_": X}
    )
    assert [one.x for one in found.axes] == ["x", "e"]


def test_nothing_is_named_after_the_response():
    def build():
        a, b = free("a", "b")
        pm.Normal("y", a + b * pt.as_tensor(REAL), 1.0, observed=REAL)

    (one,) = read(build, {"y": REAL}).axes
    assert one.x == "data 1"


def test_exact_match_beats_an_earlier_affine_one():
    found = read(linear(np.ones(N), STANDARD), {"x": X, "x_std": STANDARD})
    assert [one.x for one in found.axes] == ["x_std"]


def test_collinear_vectors_are_pointed_out():
    twin = X + 0.01 * Z
    found = read(linear(X, twin), {"x": X, "twin": twin})
    assert "twin is held still while x moves" in axis(found, "x").note


def test_links_through_named_deterministics():
    def build():
        p = pm.Deterministic("p", pm.math.sigmoid(pm.Deterministic("eta", mu())))
        pm.Bernoulli("y", p=p, observed=BINARY)

    (one,) = read(build).axes
    assert one.strata[0].mean.link == "logit"
    np.testing.assert_allclose(lines(one, draws("a", "b")), special.expit(eta(one.grid)))


def test_flat_priors_and_discrete_parameters():
    def build():
        a, b = pm.Flat("a"), pm.Flat("b")
        included = pm.Bernoulli("k", 0.2)
        pm.Normal("y", a + included * b * X, 1.0, observed=REAL)

    (one,) = read(build).axes
    data = draws("a", "b").assign(k=("sample", [0, 1, 1]))
    expected = column("a") + np.array([[0], [1], [1]]) * column("b") * one.grid
    np.testing.assert_allclose(lines(one, data), expected)


def test_few_rows_are_evaluated_in_chunks():
    x, y = np.array([1.0, 2.0, 4.0, 3.0, 7.0, 5.0, 9.0]), np.arange(7.0)

    def build():
        a, b = free("a", "b")
        pm.Normal("y", a + b * x, 1.0, observed=y)

    (one,) = read(build, {"x": x}).axes
    np.testing.assert_allclose(lines(one, draws("a", "b")), eta(one.grid))


def test_many_draws_are_evaluated_in_blocks(monkeypatch):
    monkeypatch.setattr("glm_magic.predictor.graph.leaves.BLOCK_ELEMENTS", 2 * N)
    (one,) = read(normal).axes
    np.testing.assert_allclose(lines(one, draws("a", "b", "s")), eta(one.grid))


def test_missing_responses():
    y = REAL.copy()
    y[3:6] = np.nan

    def build():
        pm.Normal("y", mu(), free("s")[0], observed=y)

    with pytest.warns(match="missing values"):
        found = read(build)
    (one,) = found.axes
    assert one.x == "x"
    np.testing.assert_array_equal(one.observed_x, X)
    np.testing.assert_array_equal(found.observed_y, y)
    assert any("3 rows have no response" in note for note in found.notes)
    np.testing.assert_allclose(lines(one, draws("a", "b", "s")), eta(one.grid))


def several():
    a, b, c = free("a", "b", "c")
    pm.Normal("fixed", 0.0, pm.HalfNormal("tau"), observed=AMOUNT)
    pm.Normal("first", a + b * X, 1.0, observed=REAL)
    pm.Normal("second", c * Z, 1.0, observed=REAL)


def test_several_observed_variables():
    found = read(several)
    assert [one.x for one in found.axes] == ["x"]
    assert any("also observes fixed, second" in note for note in found.notes)


def in_sample(build: Callable[[], None], columns: dict[str, Any] | None = None) -> Axis:
    (one,) = read(build, columns).axes
    assert one.x == "row"
    assert "pm.Data" in one.note
    return one


def test_eight_schools_has_in_sample_lines():
    y = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
    sd = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])

    def build():
        a, s = free("a", "s")
        pm.Normal("y", a + s * pm.Normal("t", 0, 1, shape=8), sd, observed=y)

    one = in_sample(build, {"sd": sd})
    t = RNG.normal(size=(S, 8))
    data = draws("a", "s").assign(t=(("sample", "t_dim_0"), t))
    np.testing.assert_allclose(lines(one, data), column("a") + column("s") * t)
    np.testing.assert_array_equal(one.observed_x, np.arange(8))
    assert "depends on more than" in one.note


def test_intercept_only_has_a_constant_line():
    def build():
        a, s = free("a", "s")
        pm.Normal("y", a, s, observed=REAL)

    one = in_sample(build)
    np.testing.assert_array_equal(lines(one, draws("a", "s")), np.repeat(column("a"), N, axis=1))
    assert "uses no predictor" in one.note


def test_rows_are_sorted_by_the_predictor_when_there_is_a_parameter_per_row():
    def build():
        a, b = free("a", "b")
        pm.Normal("y", a + b * X + 0.001 * pm.Normal("u", shape=N), 1.0, observed=REAL)

    one = in_sample(build)
    assert "sorted by x" in one.note
    u = RNG.normal(size=(S, N))
    order = np.argsort(X)
    data = draws("a", "b").assign(u=(("sample", "u_dim_0"), u))
    np.testing.assert_allclose(lines(one, data), (eta(X) + 0.001 * u)[:, order])
    np.testing.assert_array_equal(one.observed_x[order], np.arange(N))


def test_a_mean_that_uses_other_rows_is_not_moved():
    def build():
        a, b = free("a", "b")
        pm.Normal("y", a + pt.cumsum(b * X), 1.0, observed=REAL)

    one = in_sample(build)
    data = draws("a", "b")
    order = np.argsort(X)
    np.testing.assert_allclose(lines(one, data), (column("a") + column("b") * np.cumsum(X))[:, order])


def test_models_without_lines_say_why():
    def potential():
        a, b = free("a", "b")
        pm.Potential("p", -(a**2) - b**2)

    def custom():
        (a,) = free("a")
        pm.CustomDist("y", a, logp=lambda value, a: -((value - a) ** 2), observed=REAL)

    def custom_of_distributions():
        def doubled(a, size):
            return 2 * pm.Normal.dist(a, 1.0, size=size)

        pm.CustomDist("y", mu(), dist=doubled, observed=REAL)

    def two_dimensional():
        (a,) = free("a")
        pm.Normal("y", a, 1.0, observed=np.ones((4, 5)))

    def no_parameter():
        pm.Normal("y", 0.0, free("s")[0], observed=REAL)

    def covariance():
        gp = pm.gp.Marginal(cov_func=pm.gp.cov.ExpQuad(1, ls=pt.exp(free("a")[0])))
        gp.marginal_likelihood("y", X=X[:, np.newaxis], y=REAL, sigma=1.0)

    def undrawn():
        pm.Normal("y", pm.Normal.dist(0, 1, shape=N) + mu(), 1.0, observed=REAL)

    assert "no observed variable" in refuse(potential)
    assert refuse(custom) == (
        "PyMC does not know the mean of a CustomDist, and 'y' is one. Data, Trace and Summary are whole; "
        "for lines, write the likelihood with one of PyMC's own distributions"
    )
    assert "does not know the mean of a CustomDist" in refuse(custom_of_distributions)
    assert "2 dimensions" in refuse(two_dimensional)
    assert refuse(no_parameter) == (
        "the mean of 'y' is the same whatever the parameters are: they move its spread or its shape, as in a model of "
        "volatility. Data, Trace and Summary are whole"
    )
    assert "they are in the covariance, as in the marginal likelihood of a Gaussian" in refuse(covariance)
    assert "random variable" in refuse(undrawn)


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("AR", lambda: pm.AR("y", rho=free("a"), sigma=1.0, init_dist=pm.Normal.dist(0, 1), observed=REAL)),
        (
            "RandomWalk",
            lambda: pm.GaussianRandomWalk("y", mu=mu()[1:], init_dist=pm.Normal.dist(0, 1), observed=REAL),
        ),
        (
            "GARCH11",
            lambda: pm.GARCH11(
                "y", omega=free("s")[0], alpha_1=0.1, beta_1=0.1, initial_vol=1.0, observed=REAL
            ),
        ),
    ],
)
def test_a_series_has_no_lines_and_says_what_there_is(name, build):
    assert refuse(build) == (
        f"each value of 'y' depends on the values before it ({name}), so a row has no mean of its own. "
        "Data, Trace and Summary are whole"
    )


def test_a_mixture_of_constant_means_is_the_same_in_every_row():
    def build():
        w = pm.Dirichlet("v", np.ones(2))
        pm.NormalMixture("y", w=w, mu=pm.Normal("m", 0, 1, shape=2), sigma=1.0, observed=REAL)

    v, m = np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([[1.0, 2.0], [-1.0, 3.0]])
    found = lines(read(build).axes[0], posterior(v=v, m=m))
    np.testing.assert_allclose(found, np.repeat((v * m).sum(axis=1)[:, np.newaxis], N, axis=1))
