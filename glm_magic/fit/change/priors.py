"""A new prior, as a line of a cell gives it: a family of the instant engine, and its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from glm_magic.code.priors import named, priors_of
from glm_magic.engines.instant.priors import PRIORS, Prior
from glm_magic.errors import ModelError, did_you_mean
from glm_magic.model import Model, NewPrior
from glm_magic.request.prior import Call
from glm_magic.request.prior_lines import read_prior

FAMILIES: Mapping[str, Prior] = {one.name: one for one in PRIORS}
SUPPORTS = {"real": "any number", "positive": "a positive number", "unit": "a number between 0 and 1"}
LARGEST = 1e150
"""Of an argument: its square is still a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A prior as it was read.

    Attributes
    ----------
    family : glm_magic.engines.instant.priors.Prior
    values : tuple of float
        Its arguments, in its order.
    """

    family: Prior
    values: tuple[float, ...]

    @property
    def record(self) -> NewPrior:
        """The same for PyMC."""
        names = (one.name for one in self.family.arguments)
        return NewPrior(family=self.family.name, arguments=dict(zip(names, self.values, strict=True)))


def read_new_prior(model: Model, name: str, text: str) -> tuple[str, Given]:
    """Read a new prior.

    Parameters
    ----------
    model : Model
    name : str
        As a line of a cell names it.
    text : str
        ``"Normal(0, 1)"``.

    Returns
    -------
    variable : str
        In PyMC.
    prior : Given

    Raises
    ------
    GlmError
        If there is no such prior, it cannot be changed, or the text is none that a refit knows.
    """
    prior = read_prior(name, text)
    known = named(model)
    variable = known.get(prior.target)
    if variable is None:
        fixed = next((one.fixed for one in priors_of(model) if one.target == prior.target), "")
        if fixed:
            raise ModelError(f"the prior of {prior.target} cannot be changed alone: {fixed}", remedy=OTHERS)
        raise ModelError(
            f"the model has no prior of {prior.target}", remedy=did_you_mean(prior.target, list(known))
        )
    call = prior.distribution
    if not isinstance(call, Call):
        raise ModelError(f"the prior of {prior.target} is a number: that fixes it", remedy=OTHERS)
    return variable, _numbers(prior.target, call)


OTHERS = "fit.update(priors=...) takes any prior."


def _numbers(name: str, call: Call) -> Given:
    """Read a family and its numbers."""
    family = FAMILIES.get(call.name)
    if family is None:
        raise ModelError(
            f"a refit knows no {call.name} prior, but {', '.join(FAMILIES)}", where=call.where, remedy=OTHERS
        )
    names = [one.name for one in family.arguments]
    given = dict(zip(names, call.args, strict=False)) | dict(call.kwargs)
    if (
        len(call.args) > len(names)
        or given.keys() != set(names)
        or len(given) != len(call.args) + len(call.kwargs)
    ):
        raise ModelError(
            f"{family.name} takes {' and '.join(names)}",
            where=call.where,
            remedy=f"Write {family.name}({', '.join(f'{one.start:g}' for one in family.arguments)}).",
        )
    for one in family.arguments:
        value = given[one.name]
        if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > LARGEST:
            raise ModelError(
                f"{one.name} of the prior of {name} is not a number of moderate size",
                where=call.where,
                remedy=OTHERS,
            )
        if one.domain == "positive" and value <= 0:
            raise ModelError(
                f"{one.name} of the prior of {name} is {value:g}, and has to be positive", where=call.where
            )
    return Given(family=family, values=tuple(float(given[one]) for one in names))  # type: ignore[arg-type]
