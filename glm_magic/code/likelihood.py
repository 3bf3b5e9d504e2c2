"""The distribution of the response, and the inverse links of its parameters.

As Bambi writes them (``transform_backend_kwargs`` of its families), in the words of its documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from glm_magic.code.sheet import unwritten

INVERSE: Mapping[str, str] = {
    "identity": "{}",
    "log": "pm.math.exp({})",
    "inverse": "1 / {}",
    "inverse_squared": "1 / pm.math.sqrt({})",
    "logit": "pm.math.sigmoid({})",
    "probit": "pm.math.invprobit({})",
    "cloglog": "1 - pm.math.exp(-pm.math.exp({}))",
    "softmax": "pm.math.softmax({}, axis=-1)",
}
Arguments = dict[str, str]
_Form = Callable[[Mapping[str, str]], Arguments]


def _shapes(q: Mapping[str, str]) -> Arguments:
    return {"alpha": f"{q['mu']} * {q['kappa']}", "beta": f"(1 - {q['mu']}) * {q['kappa']}"}


def _from_shape(q: Mapping[str, str]) -> Arguments:
    return {
        **{name: one for name, one in q.items() if name != "alpha"},
        "sigma": f"{q['mu']} / {q['alpha']}**0.5",
    }


def _as_given(q: Mapping[str, str]) -> Arguments:
    return dict(q)


FORMS: Mapping[str, _Form] = {
    "asymmetriclaplace": _as_given,
    "bernoulli": _as_given,
    "beta": _shapes,
    "beta_binomial": lambda q: {"n": q["n"], **_shapes(q)},
    "binomial": _as_given,
    "categorical": _as_given,
    "cumulative": _as_given,
    "dirichlet_multinomial": _as_given,
    "exgaussian": _as_given,
    "exponential": lambda q: {"lam": f"1 / {q['mu']}"},
    "gamma": _from_shape,
    "gaussian": _as_given,
    "hurdle_gamma": _from_shape,
    "hurdle_lognormal": _as_given,
    "hurdle_negativebinomial": _as_given,
    "hurdle_poisson": _as_given,
    "laplace": _as_given,
    "lognormal": _as_given,
    "multinomial": _as_given,
    "negativebinomial": _as_given,
    "poisson": _as_given,
    "sratio": _as_given,
    "t": _as_given,
    "vonmises": _as_given,
    "wald": _as_given,
    "weibull": lambda q: {"alpha": q["alpha"], "beta": f"{q['mu']} / pt.gamma(1 + 1 / {q['alpha']})"},
    "zero_inflated_binomial": _as_given,
    "zero_inflated_negativebinomial": _as_given,
    "zero_inflated_poisson": _as_given,
}
"""From the parameters of a family to the arguments of PyMC's distribution."""
PYMC = {"Cumulative": "Categorical", "StoppingRatio": "Categorical"}
"""Bambi's names of distributions that PyMC calls otherwise."""


def inverse_of(link: str, eta: str) -> str:
    """Write the inverse of a link.

    Parameters
    ----------
    link : str
    eta : str
        The linear predictor.

    Returns
    -------
    str

    Raises
    ------
    ModelError
        If the link is not one of Bambi's.
    """
    if link not in INVERSE:
        raise unwritten(f"the link {link!r}", "it is not one of Bambi's own")
    return INVERSE[link].format(eta)


def distribution_of(family: str, name: str, parameters: Mapping[str, str]) -> tuple[str, Arguments]:
    """Write PyMC's distribution of a response.

    Parameters
    ----------
    family : str
    name : str
        The distribution, as Bambi names it.
    parameters : mapping of str to str
        Of the family; trials are ``n``.

    Returns
    -------
    str, dict of str to str
        PyMC's name, and its arguments.

    Raises
    ------
    ModelError
        If the family is not known here.
    """
    if family not in FORMS:
        raise unwritten(f"the family {family!r}", "it is not known here")
    return PYMC.get(name, name), FORMS[family](parameters)
