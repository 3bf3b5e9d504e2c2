"""What would help, as a line that can be copied."""

from __future__ import annotations

from collections.abc import Mapping

from glm_magic.diagnose import Remedy
from glm_magic.request import Options
from glm_magic.request.again import Asked, change_of, line_with, priors_with

# Stan's advice on divergences: raise the target acceptance rate towards 1, step by step.
TARGETS = (0.95, 0.99, 0.999)


def remedy(asked: Asked, settings: Mapping[str, object]) -> Remedy | None:
    """Offer a change of settings.

    Parameters
    ----------
    asked : Asked
        How the fit was asked for.
    settings : mapping of str to object
        Fields of `Options` with the values that would help.

    Returns
    -------
    Remedy or None
        None where the fit has these settings already.
    """
    new = {name: value for name, value in settings.items() if getattr(asked.options, name) != value}
    return Remedy(change=change_of(asked, new), line=line_with(asked, new)) if new else None


def prior_remedy(asked: Asked, priors: Mapping[str, str]) -> Remedy | None:
    """Offer priors, by target; None without one."""
    if not priors:
        return None
    change, line = priors_with(asked, priors)
    return Remedy(change=change, line=line)


def next_target(options: Options) -> float:
    """Choose the next target acceptance rate to try; the engines begin at 0.8 or 0.9."""
    return next((target for target in TARGETS if target > (options.target_accept or 0.8)), TARGETS[-1])


def longer(options: Options) -> dict[str, object]:
    """Twice the draws after twice the warm-up."""
    return {"draws": 2 * options.draws, "tune": 2 * max(options.tune, 500)}


def other_engine(options: Options, engine: str) -> dict[str, object]:
    """Another sampler after nutpie's, or a slower and longer run of PyMC's own."""
    slow = {"target_accept": max(0.99, options.target_accept or 0.0)}
    if engine in ("instant", "nutpie"):
        return {"engine": "pymc", **slow}
    return {"tune": max(4000, 2 * options.tune), **slow}
