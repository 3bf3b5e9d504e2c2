"""What can be told before an engine starts: cheaper than its own error, and clearer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import pymc as pm
from pymc.initial_point import make_initial_point_fn
from pymc.logprob.utils import ParameterValueError
from pytensor import function
from pytensor.compile.mode import Mode

from glm_magic.engines.starts import PLAIN, shrunk
from glm_magic.errors import EngineError, StartError
from glm_magic.model.as_written import AS_WRITTEN

_TITLES = {"auto": "The default engine", "instant": "The instant engine"}
JITTERED_STARTS = 100
"""Starts tried around the initial point where that one is not possible."""


def check_installed(engine: str) -> None:
    """Raise `EngineError` when an engine is not installed.

    Parameters
    ----------
    engine : str
        One of `glm_magic.request.ENGINES`.
    """
    modules = {"numpyro": ("numpyro", "jax"), "blackjax": ("blackjax", "jax")}
    own = {"auto": ("nutpie",), "instant": ("nutpie",)}
    missing = [name for name in (own | modules).get(engine, (engine,)) if find_spec(name) is None]
    if not missing:
        return
    extra = f"glm-magic[{engine}]" if engine in modules else engine
    raise EngineError(
        f"The engine {engine!r} is not installed ({' and '.join(missing)} not found)",
        remedy=f'Install it with: pip install "{extra}"',
    )


def check_variables(model: pm.Model, engine: str) -> None:
    """Raise `EngineError` when an engine cannot sample a model's kind of variables.

    Parameters
    ----------
    model : pymc.Model
        The model to sample.
    engine : str
        One of `glm_magic.request.ENGINES`.
    """
    if not model.free_RVs:
        raise EngineError(
            "The model has no free variables, so there is nothing to sample",
            remedy="Give at least one parameter a prior, such as Normal('b', 0, 1).",
        )
    if engine == "pymc":
        return  # It has steps for whole numbers too.
    discrete = discrete_variables(model)
    if discrete:
        imputed = any(name.endswith("_unobserved") for name in discrete)
        missing = " or drop the rows with missing values," if imputed else ""
        raise EngineError(
            f"{_TITLES.get(engine, engine)} cannot sample {_names(discrete)}: discrete variables have no gradient",
            remedy=f"Marginalise over it (for instance with pm.Mixture),{missing} "
            "or sample with PyMC's own steps: --engine pymc",
        )


def discrete_variables(model: pm.Model) -> list[str]:
    """Name the free variables that are whole numbers or booleans: they have no gradient."""
    return [str(rv.name) for rv in model.free_RVs if np.dtype(rv.dtype).kind in "biu"]


def check_start(model: pm.Model) -> None:
    """Raise `StartError` when the log density is not finite wherever sampling could start.

    Parameters
    ----------
    model : pymc.Model
        The model to sample.

    Notes
    -----
    The graph is evaluated as written, in Python: a few milliseconds, where compiling it
    takes seconds. As written it may overflow where the compiled graph does not, so that a
    failure counts only when the compiled graph confirms it, here and at jittered starts.
    """
    refused: list[Exception] = []
    try:
        densities = _densities(model, AS_WRITTEN)
        if any(_is_start(densities, point, refused) for point in starting_points(model)):
            return
        if len(refused) > JITTERED_STARTS:
            # What PyMC says of every start is clearer than a density that is not finite.
            raise _no_density(model, refused[0]) from refused[0]
    except StartError:
        raise
    except NotImplementedError:
        pass  # Some operations exist only after rewriting, such as those of pymc.dims.
    # Distributions and PyTensor raise many kinds here, of parameters or shapes that do not go together.
    except Exception as problem:
        raise _no_density(model, problem) from problem
    densities = _densities(model, None)
    if any(_finite(densities(point)) for point in starting_points(model)):
        return
    raise _impossible_start(model, densities(model.initial_point()))


def _no_density(model: pm.Model, problem: Exception) -> StartError:
    """Say why there is no log density, and name the variable whose own gives the same reason."""
    reason = _first_line(problem)
    culprit = next((rv.name for rv in model.basic_RVs if _own_problem(model, rv) == reason), None)
    of = "" if culprit is None else f"the distribution of {culprit!r} does not work: "
    return StartError(
        f"Sampling cannot start: {of}{reason}",
        remedy="Look at the parameters (a scale above 0, a lower bound below the upper one), and at the"
        " shapes, which must be those of the data.",
    )


def _own_problem(model: pm.Model, rv: Any) -> str:
    """Compute one variable's log density by itself, and give what it raises, or nothing."""
    value = model.rvs_to_values[rv]
    inputs = [value] if value in model.value_vars else []
    try:
        point = {} if not inputs else {value.name: model.initial_point()[value.name]}
        function(inputs, pm.logp(rv, value), mode=AS_WRITTEN)(**point)
    # The same kinds as in `check_start`; what is wrong is told, not hidden.
    except Exception as own:  # noqa: BLE001
        return _first_line(own)
    return ""


def _first_line(problem: Exception) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0] if lines else type(problem).__name__


def _densities(
    model: pm.Model, mode: Mode | None
) -> Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]:
    """Make a function from a point to the log densities of each variable, value by value."""
    factors = model.basic_RVs + model.potentials
    evaluate = model.compile_fn(inputs=model.value_vars, outs=model.logp(factors, sum=False), mode=mode)

    def densities(point: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        # Outside a distribution's support the arithmetic overflows on its way to -inf.
        with np.errstate(all="ignore"):
            values = evaluate(point)
        return {rv.name: np.asarray(value) for rv, value in zip(factors, values, strict=True)}

    return densities


def starting_points(model: pm.Model) -> Iterator[dict[str, np.ndarray]]:
    """Yield the initial point, then points jittered around it, as the engines jitter theirs.

    Parameters
    ----------
    model : pymc.Model

    Yields
    ------
    dict of str to ndarray
        By the names of the value variables.
    """
    centre = model.initial_point()
    yield centre
    jittered: Any = make_initial_point_fn(
        model=model, jitter_rvs=set(model.free_RVs), return_transformed=True
    )
    random = np.random.default_rng(0)
    for seed in range(JITTERED_STARTS):
        point = jittered(seed)
        if seed >= PLAIN:
            point = {name: shrunk(value, centre[name], random) for name, value in point.items()}
        yield point


def _is_start(
    densities: Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]],
    point: dict[str, np.ndarray],
    refused: list[Exception],
) -> bool:
    """Tell whether the density is finite at a point; what PyMC says of impossible parameters is added to `refused`."""
    try:
        return _finite(densities(point))
    except ParameterValueError as problem:
        refused.append(problem)
        return False


def _finite(densities: dict[str, np.ndarray]) -> bool:
    return all(bool(np.isfinite(value).all()) for value in densities.values())


def _impossible_start(model: pm.Model, densities: dict[str, np.ndarray]) -> StartError:
    """Name the variables whose log density is not finite, and what to do."""
    bad = {name: value for name, value in densities.items() if not np.isfinite(value).all()}
    parts = []
    for name, value in bad.items():
        wrong = value[~np.isfinite(value)] if value.ndim else value.reshape(1)
        what = "not a number" if np.isnan(wrong).all() else str(wrong[~np.isnan(wrong)][0])
        share = f" for {wrong.size:,} of {value.size:,} values" if value.size > 1 else ""
        parts.append(f"the log density of {name!r} is {what} at the start{share}")
    observed = {rv.name for rv in model.observed_RVs}
    if any(np.isnan(value).any() for value in bad.values()):
        advice = "Look for missing values in the data, and for log or square root of negative values."
    elif observed & set(bad):
        advice = (
            "Look for data outside the support of the distribution "
            "(a zero in a Gamma, a negative count, a proportion of exactly 0 or 1)."
        )
    else:
        advice = "Look for an initval or a bound that the prior makes impossible."
    text = "; ".join(parts) or "the log density is not finite at the start"
    return StartError(f"Sampling cannot start: {text}", remedy=advice)


def _names(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names)
