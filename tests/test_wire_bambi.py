"""Bambi as a witness: its own ``predict`` gives what is stored for the browser, for every term, family and link."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytensor
import pytest
import xarray

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES
from scipy import stats
from scipy.special import gamma

from glm_magic._stack import to_native
from glm_magic.model.names import known_labels, label_of
from glm_magic.predictor.links import INVERSE

sys.path.insert(0, str(Path(__file__).parent / "wire"))  # pytest's importlib mode finds no neighbours
WRITER, STORED = importlib.import_module("write_predictors"), importlib.import_module("stored")
FRAME, N_ROWS, N_DRAWS = WRITER.FRAME, WRITER.N, WRITER.DRAWS
REPEATS = 500
"""Observations that Bambi draws at each draw of the parameters."""

pytestmark = STORED.BUILDING


@pytest.fixture(scope="module")
def stored():
    """The cases of the file, by name."""
    return {one.name: one for one in STORED.read(WRITER.PREDICTORS, WRITER.Cases).cases}


def witnessed():
    """Every model of the file, with each link that Bambi offers for the main parameter of its family."""
    for text, family, priors, link in WRITER.models():
        builtin = BUILTIN_FAMILIES[family or "gaussian"]
        main = builtin["likelihood"]["parent"]
        links = [link or builtin["link"][main]]
        if WRITER.FAMILIES.get(family) == text:
            links = [*dict.fromkeys([*links, *builtin["family"].SUPPORTED_LINKS[main]])]
        name = WRITER.name_of(text, family, link)
        for one in links:
            yield pytest.param(text, family, priors, one, name, id=f"{name} {one}")


BREAKS = pd.cut(FRAME["x"], 3, retbins=True)[1]
# Bambi's predict fails for these; it predicts for models of the same mean, which call some numbers by other names.
INSTEAD = {
    # Bambi takes one offset.
    "y ~ x + offset(np.log(e)) + offset(np.exp(w))": ("y ~ x + offset(np.log(e) + np.exp(w))", str),
    # formulae cuts new rows anew.
    "y ~ pd.cut(x, 3)*z": (
        "y ~ pd.cut(x, breaks)*z",
        lambda label: label.replace("cut(x, 3)", "cut(x, breaks)"),
    ),
    # Bambi wants a term to add up: its coefficient is zero.
    "grade ~ 1": ("grade ~ x", str),
}
WITHOUT = ("x",)
"""Coefficients that are zero where a model does not have them."""


@pytest.mark.parametrize(("text", "family", "priors", "link", "name"), [*witnessed()])
def test_bambi_predicts_what_is_in_the_file(text, family, priors, link, name, stored):
    """Every parameter at every question, and the mean that scipy gives of Bambi's parameters; their averages too."""
    case = stored[name]
    tables = case.predictor.tables
    instead, renamed = INSTEAD.get(text, (text, str))
    model = WRITER.built(instead, family, priors, link, {"breaks": BREAKS})
    # A parameter that is fixed at a number is in no draw.
    fixed = {name: np.full((N_DRAWS, 1), float(value)) for name, value in priors.items() if name == "psi"}
    asked = [one for one in case.questions if one.link == link]
    assert asked
    for question in asked:
        held = {one.name: one.start for one in tables.variables} | dict(question.held)
        found = fixed | predicted(model, case, held, question.groups, renamed)
        for parameter, own in zip(tables.parameters, expected_of(case, question), strict=True):
            agree(own, found[parameter.name], parameter.name)
        # Sums need not be probabilities, and have no distribution then; in `WRITER.PROBABILITIES` all are.
        p = found.get("p", np.zeros(1))
        if np.all((p >= 0) & (p <= 1)) or (text, family) in WRITER.PROBABILITIES:
            if question.mean is not None:
                agree(question.mean, mean_of(model.source.family, found), "mean")
        else:
            assert link == "identity"
    for average in case.averages:
        if average.mean is not None and average.link == link:
            found = fixed | predicted(model, case, dict(average.held), average.groups, renamed, rows=N_ROWS)
            agree(average.mean, mean_of(model.source.family, found).mean(axis=1), f"average {average.held}")


def test_every_family_and_link_of_bambi_is_witnessed():
    """The link of the main parameter; no other can be chosen."""
    found = {(one.values[1] or "gaussian", one.values[3]) for one in witnessed()}
    for name, builtin in BUILTIN_FAMILIES.items():
        for link in builtin["family"].SUPPORTED_LINKS[builtin["likelihood"]["parent"]]:
            assert (name, link) in found


# Links of distribution functions are their quantiles.
LINKS = {
    "identity": lambda mu: mu,
    "log": np.log,
    "logit": stats.logistic.ppf,
    "probit": stats.norm.ppf,
    "cauchit": stats.cauchy.ppf,
    "cloglog": stats.gumbel_l.ppf,
    "loglog": stats.gumbel_r.ppf,
    "inverse": lambda mu: 1 / mu,
    "inverse_squared": lambda mu: mu**-2.0,
    "sqrt": np.sqrt,
    "softplus": lambda mu: np.log(np.expm1(mu)),
    "tan_2": lambda mu: np.tan(mu / 2),
}


@pytest.mark.parametrize("link", LINKS)
def test_the_link_of_a_parameter_in_the_file_is_its_linear_predictor(link, stored):
    """The Gaussian case stands for all links that the browser knows, of which Bambi has some."""
    asked = [one for one in stored["y ~ x [gaussian]"].questions if one.link == link]
    assert asked
    for question in asked:
        np.testing.assert_allclose(LINKS[link](question.parameters[0]), question.linear[0], rtol=1e-7)


def test_every_link_that_the_browser_inverts_is_known_here():
    assert {*LINKS} == {*INVERSE}


def expected_of(case, question):
    """What is stored of each parameter; of a Dirichlet distribution the shares are stored as its parameter."""
    first, *others = question.parameters
    if case.predictor.tables.family == "dirichlet_multinomial":
        first = np.exp(question.linear[0])
    return [first, *others]


def agree(found, expected, what):
    """Draws that differ by rounding alone: 1e-5 is asked for, and nothing is lost on the way."""
    found, expected = (np.asarray(one).reshape(N_DRAWS, -1) for one in (found, expected))
    assert np.all(np.isfinite(expected)), what
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=what)


def predicted(model, case, held, groups, renamed=str, *, rows=1, repeats=1, kind="response_params"):
    """What Bambi predicts of some rows of the data, in which variables are held: an array by name, draws first."""
    tables = case.predictor.tables
    draws = {one.label: case.draws.column(one.label) for one in case.draws.columns}
    if case.predictor.linear:
        draws = WRITER.draws_of(tables)
    terms = [term for one in tables.parameters for term in one.groups]
    # Bambi includes the effects of all groups, or of none; those that are not asked for are zero.
    for term in terms:
        if not {one.variable for one in term.by} <= {*groups}:
            every = {label for column in term.labels for group in column for label in group}
            draws |= {label: np.zeros(N_DRAWS) for label in every}
    # Nor does it know groups that the data do not have, whose effects are zero.
    by = [one for term in terms for one in term.by if one.variable in held]
    unseen = [one.variable for one in by if one.codes[held[one.variable]] < 0]
    assert not unseen or len(terms) == 1
    draws = {label: np.zeros(N_DRAWS) for label in WITHOUT} | draws
    draws = {renamed(label): np.repeat(values, repeats) for label, values in draws.items()}
    values = {name: value_at(tables.variable(name), at) for name, at in held.items()}
    frame = FRAME.iloc[:rows].assign(**values)
    frame = frame.astype({name: FRAME.dtypes[name] for name in values if FRAME.dtypes[name].kind not in "iu"})
    trees = model.source.bambi.predict(
        to_native(xarray.DataTree.from_dict({"posterior": posterior(model, draws)})),
        kind=kind,
        data=frame,
        inplace=False,
        include_group_specific=bool(groups) and not unseen,
        **({"random_seed": 4} if kind == "response" else {}),
    )
    found = trees["posterior" if kind == "response_params" else "posterior_predictive"]
    return {name: np.asarray(values)[0] for name, values in found.data_vars.items()}


def value_at(variable, at):
    """The value of the data at a position: numbers may have levels, whose names are texts."""
    if not variable.levels:
        return variable.grid[at]
    return next(one for one in FRAME[variable.name].unique() if str(one) == variable.levels[at])


def posterior(model, draws):
    """Write draws by label as a posterior of one chain."""
    labels = known_labels(model)
    n_draws = len(next(iter(draws.values())))
    computed = [one.name for one in model.source.centered]
    data, coords = {}, {"chain": [0], "draw": np.arange(n_draws)}
    for name in (*computed, *(one for one in model.variables if one not in model.internal)):
        own = labels[label_of(name)]
        if not set(own) <= draws.keys():
            continue
        dims = model.pymc.named_vars_to_dims.get(name) or ()
        shape = [len(model.pymc.coords[dim]) for dim in dims]
        values = np.stack([draws[label] for label in own], axis=1).reshape(1, n_draws, *shape)
        data[name] = (("chain", "draw", *dims), values)
        coords |= {dim: list(model.pymc.coords[dim]) for dim in dims}
    return xarray.Dataset(data, coords=coords)


def above_zero(own):
    """The mean of counts that are above zero."""
    return own.mean() / own.sf(0)


# What the curve is of: a mean, as scipy has it; a location, a quantile.
CURVES = {
    "gaussian": lambda q: stats.norm(q["mu"], q["sigma"]).mean(),
    "t": lambda q: stats.t(q["nu"], q["mu"], q["sigma"]).median(),
    "laplace": lambda q: stats.laplace(q["mu"], q["b"]).median(),
    "asymmetriclaplace": lambda q: stats.laplace_asymmetric(q["kappa"], q["mu"], 1 / q["b"]).ppf(
        q["kappa"] ** 2 / (1 + q["kappa"] ** 2)
    ),
    "exgaussian": lambda q: stats.exponnorm(q["nu"] / q["sigma"], q["mu"], q["sigma"]).mean(),
    "lognormal": lambda q: stats.lognorm(q["sigma"], scale=np.exp(q["mu"])).mean(),
    "bernoulli": lambda q: stats.bernoulli(q["p"]).mean(),
    "binomial": lambda q: stats.binom(8, q["p"]).mean() / 8,
    "beta": lambda q: stats.beta(q["mu"] * q["kappa"], (1 - q["mu"]) * q["kappa"]).mean(),
    "beta_binomial": lambda q: (
        stats.betabinom(8, q["mu"] * q["kappa"], (1 - q["mu"]) * q["kappa"]).mean() / 8
    ),
    "poisson": lambda q: stats.poisson(q["mu"]).mean(),
    "negativebinomial": lambda q: negative_binomial(q).mean(),
    "gamma": lambda q: stats.gamma(q["alpha"], scale=q["mu"] / q["alpha"]).mean(),
    "exponential": lambda q: stats.expon(scale=q["mu"]).mean(),
    "weibull": lambda q: stats.weibull_min(q["alpha"], scale=q["mu"] / gamma(1 + 1 / q["alpha"])).mean(),
    "wald": lambda q: stats.invgauss(q["mu"] / q["lam"], scale=q["lam"]).mean(),
    "zero_inflated_poisson": lambda q: q["psi"] * stats.poisson(q["mu"]).mean(),
    "zero_inflated_negativebinomial": lambda q: q["psi"] * negative_binomial(q).mean(),
    "zero_inflated_binomial": lambda q: q["psi"] * stats.binom(8, q["p"]).mean() / 8,
    "hurdle_poisson": lambda q: q["psi"] * above_zero(stats.poisson(q["mu"])),
    "hurdle_negativebinomial": lambda q: q["psi"] * above_zero(negative_binomial(q)),
    "hurdle_gamma": lambda q: q["psi"] * stats.gamma(q["alpha"], scale=q["mu"] / q["alpha"]).mean(),
    "hurdle_lognormal": lambda q: q["psi"] * stats.lognorm(q["sigma"], scale=np.exp(q["mu"])).mean(),
    "categorical": lambda q: q["p"],
    "cumulative": lambda q: q["p"],
    "sratio": lambda q: q["p"],
    "multinomial": lambda q: q["p"],
    "dirichlet_multinomial": lambda q: np.apply_along_axis(
        lambda one: stats.dirichlet(one).mean(), -1, q["a"]
    ),
}


def negative_binomial(q):
    return stats.nbinom(q["alpha"], q["alpha"] / (q["alpha"] + q["mu"]))


def mean_of(family, parameters):
    """The mean of the response at each draw and row: scipy's, of Bambi's parameters."""
    # A parameter without a formula has no rows.
    own = {name: values[:, None] if values.ndim == 1 else values for name, values in parameters.items()}
    return CURVES[family](own)


SIMULATED = [(text, family) for family, text in WRITER.FAMILIES.items() if family in BUILTIN_FAMILIES]
# Where means say little, or are not what the curve is of: how many observations are below the curve. The mean of a
# lognormal variable is sigma / 2 standard deviations above that of its logarithm.
BELOW = {
    "t": lambda q: np.full(N_DRAWS, 0.5),
    "laplace": lambda q: np.full(N_DRAWS, 0.5),
    "asymmetriclaplace": lambda q: q["kappa"] ** 2 / (1 + q["kappa"] ** 2),
    "lognormal": lambda q: stats.norm.cdf(q["sigma"] / 2),
    # Zeros bring it down to psi times as much.
    "hurdle_lognormal": lambda q: (
        1 - q["psi"] * stats.norm.sf(q["sigma"] / 2 + np.log(q["psi"]) / q["sigma"])
    ),
}


@pytest.mark.parametrize(("text", "family"), SIMULATED)
def test_the_observations_that_bambi_draws_have_the_mean_in_the_file(text, family, stored):
    """Within four Monte Carlo standard errors, at each draw of the parameters."""
    case = stored[WRITER.name_of(text, family)]
    model = WRITER.built(text, family, {})
    question = case.questions[1]
    # Nothing is compiled, which would take longer than all draws.
    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        held = {one.name: one.start for one in case.predictor.tables.variables} | dict(question.held)
        found = predicted(model, case, held, question.groups, repeats=REPEATS, kind="response")
    ((_, drawn),) = found.items()
    drawn = drawn.reshape(N_DRAWS, REPEATS, -1)
    parameters = {
        one.name: own for one, own in zip(case.predictor.tables.parameters, question.parameters, strict=True)
    }
    mean = question.mean
    if case.predictor.tables.categories and drawn.shape[2] == 1:
        drawn = drawn == np.arange(mean.shape[1])
    elif family == "vonmises":
        # The mean direction: around it, sines are 0 on average.
        drawn, mean = np.sin(drawn - parameters["mu"][:, None, None]), np.zeros(N_DRAWS)
    elif family in BELOW:
        drawn, mean = drawn <= mean[:, None, None], BELOW[family](parameters)
    elif "(" in text.split("~")[0]:
        drawn = drawn / (drawn.sum(axis=2, keepdims=True) if drawn.shape[2] > 1 else 8)
    error = drawn.std(axis=1) / np.sqrt(REPEATS)
    assert np.all(np.abs(drawn.mean(axis=1) - mean.reshape(N_DRAWS, -1)) <= 4 * error)
