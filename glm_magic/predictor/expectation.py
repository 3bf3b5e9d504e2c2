"""E[y | parameters] for every Bambi family, and the words for it.

Where the family's main parameter is the mean (or the location) and its predictor is affine
in the draws, the browser gets design rows; everywhere else Bambi's own ``predict`` gives the
parameters and the closed forms below the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters, bambi_response_term, to_native
from glm_magic.model import FormulaSource
from glm_magic.model.names import posterior_name
from glm_magic.predictor import Curves, Linear, Link

Parameters = Mapping[str, NDArray[np.float64]]
Mean = Callable[[Parameters], NDArray[np.float64]]


def _zero_truncated_negative_binomial(q: Parameters) -> NDArray[np.float64]:
    """Divide mu by P(count > 0): Cameron & Trivedi 2013, Regression Analysis of Count Data, 4.3."""
    none = np.exp(q["alpha"] * (np.log(q["alpha"]) - np.log(q["alpha"] + q["mu"])))
    mean: NDArray[np.float64] = q["mu"] / (1 - none)
    return mean


# E[y | parameters] where it is not the main parameter itself, in PyMC's parameterisation (its
# API reference, "Mixture" and "Continuous"): psi is the probability of the count part.
MEANS: dict[str, Mean] = {
    "zero_inflated_poisson": lambda q: q["psi"] * q["mu"],
    "zero_inflated_negativebinomial": lambda q: q["psi"] * q["mu"],
    "zero_inflated_binomial": lambda q: q["psi"] * q["p"],
    "hurdle_poisson": lambda q: q["psi"] * q["mu"] / -np.expm1(-q["mu"]),
    "hurdle_negativebinomial": lambda q: q["psi"] * _zero_truncated_negative_binomial(q),
    "hurdle_gamma": lambda q: q["psi"] * q["mu"],
    "hurdle_lognormal": lambda q: q["psi"] * np.exp(q["mu"] + q["sigma"] ** 2 / 2),
    "lognormal": lambda q: np.exp(q["mu"] + q["sigma"] ** 2 / 2),
    "dirichlet_multinomial": lambda q: q["a"] / q["a"].sum(axis=-1, keepdims=True),
}
LOCATIONS = frozenset({"t", "laplace"})
PER_CATEGORY = frozenset({"categorical", "cumulative", "sratio", "multinomial", "dirichlet_multinomial"})


def ylabel(source: FormulaSource) -> str:
    """Say what a line of the fan is.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    str
        ``"E[y | x]"`` and its kin.
    """
    term = bambi_response_term(source.bambi)
    name = str(term.name)
    if source.family in PER_CATEGORY:
        return f"P({name} = category | x)"
    if source.family == "bernoulli":
        return f"P({name} = {term.success} | x)"
    if source.family in LOCATIONS:
        return f"location of {name} | x"
    if source.family == "asymmetriclaplace":
        return f"quantile of {name} | x, at kappa²/(1 + kappa²)"
    if source.family == "vonmises":
        return f"mean direction of {name} | x"
    if term.is_censored:
        return f"E[latent {name} | x]"
    if term.is_truncated:
        return f"location of {name} | x, before truncation"
    return f"E[{name} | x]"


def means_over(source: FormulaSource, frame: pd.DataFrame) -> list[tuple[str, Linear | Curves]]:
    """Give the mean of the response at each row, as a function of the draws.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows; a column for every variable on the right of every formula.

    Returns
    -------
    list of (str, Linear or Curves)
        One pair; or one per category of the response, named by it.
    """
    if source.family in PER_CATEGORY:
        levels = [str(level) for level in bambi_response_term(source.bambi).levels]
        return [(level, Curves(evaluate=_Expectation(source, frame, k))) for k, level in enumerate(levels)]
    if is_affine(source):
        return [("", linear(source, frame))]
    return [("", Curves(evaluate=_Expectation(source, frame, None)))]


def is_affine(source: FormulaSource) -> bool:
    """Tell whether design rows and draws are all that the mean needs."""
    parent = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]
    special = source.family in MEANS or source.family == "vonmises" or bool(parent.hsgp_terms)
    return not special and source.link in get_args(Link)


def linear(source: FormulaSource, frame: pd.DataFrame) -> Linear:
    """Evaluate the design rows of the population-level terms.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows.

    Returns
    -------
    Linear
    """
    parent = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]
    rows: list[NDArray[np.float64]] = []
    coefficients: list[tuple[str, tuple[int, ...]]] = []
    offset = np.zeros(len(frame))
    common = parent.design.common
    # Without a common term there is no design to evaluate.
    slices = {} if common is None else common.slices
    design = np.asarray(common.evaluate_new_data(frame).design_matrix, dtype=float) if slices else offset
    for name, part in slices.items():
        block = design[:, part]
        if common.terms[name].kind == "offset":
            offset = offset + block.sum(axis=1)
            continue
        variable = posterior_name(name)
        scalar = not source.bambi.backend.model.named_vars_to_dims.get(parent.terms[name].alias or name)
        coefficients += [(variable, () if scalar else (index,)) for index in range(block.shape[1])]
        rows.append(block)
    return Linear(
        coefficients=tuple(coefficients),
        rows=np.hstack(rows) if rows else np.zeros((len(frame), 0)),
        offset=offset,
        link=cast(Link, source.link),
    )


class _Expectation:
    """The mean at fixed rows, through Bambi's ``predict`` and the closed forms.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows.
    category : int or None
        Which category's probability, for families with one mean per category.
    """

    def __init__(self, source: FormulaSource, frame: pd.DataFrame, category: int | None) -> None:
        self.source = source
        self.frame = frame
        self.category = category

    def __call__(self, posterior: xarray.Dataset) -> NDArray[np.float64]:
        """Evaluate over draws: shape (n_samples, n_grid)."""
        parameters = self.parameters(posterior)
        parent = self.source.bambi.family.likelihood.parent
        mean_of: Mean = MEANS.get(self.source.family, lambda q: q[parent])
        mean: NDArray[np.float64] = mean_of(parameters)
        return mean if self.category is None else mean[..., self.category]

    def parameters(self, posterior: xarray.Dataset) -> dict[str, NDArray[np.float64]]:
        """Predict every parameter of the family: shape (n_samples, n_grid[, n_categories])."""
        model = self.source.bambi
        aliased = _with_aliases(posterior, self.source.aliases).expand_dims("chain").rename(sample="draw")
        aliased = aliased.transpose("chain", "draw", ...)
        tree = xarray.DataTree.from_dict({"posterior": aliased})
        predicted = model.predict(
            to_native(tree),
            kind="response_params",
            data=self.frame,
            inplace=False,
            include_group_specific=False,
        )
        values: dict[str, NDArray[np.float64]] = {}
        for name in model.family.likelihood.params:
            if name in predicted["posterior"]:
                array = np.asarray(predicted["posterior"][name])[0]
                values[name] = array if array.ndim > 1 else array[:, np.newaxis]
        return values


def _with_aliases(posterior: xarray.Dataset, aliases: Mapping[str, str]) -> xarray.Dataset:
    """Give variables and dims the safe names again that Bambi's model knows."""
    renamed: dict[Any, Any] = {}
    for safe, own in aliases.items():
        shown = posterior_name(own)
        for name in (*posterior.variables, *posterior.dims):
            if str(name) == shown or str(name).startswith((f"{shown}_", f"{shown}__")):
                renamed[name] = safe + str(name)[len(shown) :]
    return posterior.rename(renamed)
