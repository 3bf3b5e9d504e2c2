"""The ``sample(...)`` call of a PyMC block: which of its arguments are honoured."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import replace

from glm_magic.errors import BlockError, Where, did_you_mean
from glm_magic.request import Options, SampleCall
from glm_magic.request.options import BY_NAME, check_value
from glm_magic.request.python import place

SAMPLE_ARGUMENTS: Mapping[str, str] = {
    "draws": "draws",
    "tune": "tune",
    "chains": "chains",
    "cores": "cores",
    "random_seed": "seed",
    "target_accept": "target_accept",
    "nuts_sampler": "engine",
}
"""PyMC's keyword to the field of `Options`."""

IGNORED_ARGUMENTS = frozenset(
    [
        "progressbar",
        "progressbar_theme",
        "quiet",
        "compute_convergence_checks",
        "keep_warning_stat",
        "blas_cores",
        "mp_ctx",
        "model",
    ]
)
"""They concern display, PyMC's own warnings or processes; `model` is checked in `read_block`."""

REQUIRED_VALUES: Mapping[str, object] = {"return_inferencedata": True, "discard_tuned_samples": True}
"""Accepted with the value that %%glm gives anyway."""

_REMEDIES = {
    "init": "Leave it out: the engine chooses where to start.",
    "initvals": "Leave it out: the engine chooses where to start.",
    "step": "Leave it out: every model is sampled with NUTS.",
    "idata_kwargs": "Leave it out, and call pm.compute_log_likelihood(idata) after the sampling.",
    "nuts": "Write target_accept=0.95 by itself.",
    "nuts_sampler_kwargs": "Write draws, tune, chains or target_accept by themselves.",
}
_LARGEST_DRAWN = 2**30


def sample_options(
    call: SampleCall, evaluated: Mapping[str, object], given: Collection[str], defaults: Options
) -> Options:
    """Put the arguments of ``sample(...)`` over the options of the header.

    Parameters
    ----------
    call : SampleCall
    evaluated : mapping of str to object
        The values of its arguments. None counts as not written, as in PyMC.
    given : collection of str
        Options that the header gives.
    defaults : Options
        The header's options.

    Returns
    -------
    Options

    Raises
    ------
    BlockError
        When an argument is not honoured here, breaks a rule, or stands in the header too.
    """
    values: dict[str, object] = {}
    for argument, value in evaluated.items():
        where = place(call.where.text, call.arguments[argument]) if argument in call.arguments else call.where
        if value is None or argument in IGNORED_ARGUMENTS:
            continue
        if argument in REQUIRED_VALUES:
            _require(argument, value, where)
            continue
        field = SAMPLE_ARGUMENTS.get(argument)
        if field is None:
            raise _not_honoured(argument, where)
        if field in given:
            raise _given_twice(argument, field, value, getattr(defaults, field), where)
        plain = _seed(value) if field == "seed" else value
        values[field] = check_value(field, plain, label=argument, where=where, error=BlockError)
    return replace(defaults, **values)  # type: ignore[arg-type]


def check_arguments(call: SampleCall) -> None:
    """Refuse arguments that %%glm does not honour, before anything runs.

    Raises
    ------
    BlockError
        For the first of them.
    """
    for argument, node in call.arguments.items():
        if isinstance(node, ast.Constant) and node.value is None:
            continue
        if argument not in {*SAMPLE_ARGUMENTS, *IGNORED_ARGUMENTS, *REQUIRED_VALUES}:
            raise _not_honoured(argument, place(call.where.text, node))


def _require(argument: str, value: object, where: Where) -> None:
    needed = REQUIRED_VALUES[argument]
    if value is not needed:
        raise BlockError(
            f"{argument}={value!r} does not work inside %%glm", where=where, remedy="Leave the argument out."
        )


def _not_honoured(argument: str, where: Where) -> BlockError:
    known = [*SAMPLE_ARGUMENTS, *IGNORED_ARGUMENTS, *REQUIRED_VALUES]
    suggestion = did_you_mean(argument, known)
    if argument in _REMEDIES or not suggestion.startswith("Did"):
        suggestion = _REMEDIES.get(argument, f"Leave it out; known here: {', '.join(SAMPLE_ARGUMENTS)}.")
    message = f"sample(...) inside %%glm takes no argument {argument}"
    return BlockError(message, where=where, remedy=suggestion)


def _given_twice(argument: str, field: str, value: object, in_header: object, where: Where) -> BlockError:
    flag = BY_NAME[field].flags[-1]
    return BlockError(
        f"{field} is given twice: {value!r} in sample(...) and {in_header!r} in the header",
        where=where,
        remedy=f"Take {argument} out of sample(...), or {flag} out of the header.",
    )


def _seed(value: object) -> object:
    """Draw a seed from a NumPy generator, as PyMC does; anything else stays."""
    for method in ("integers", "randint"):
        if hasattr(value, method):
            return getattr(value, method)(_LARGEST_DRAWN)
    return value
