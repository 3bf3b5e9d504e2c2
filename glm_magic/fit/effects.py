"""What the verbs about effects have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glm_magic.errors import ModelError
from glm_magic.interrupts import Answered, Listening
from glm_magic.turns import Turn

if TYPE_CHECKING:
    from glm_magic.effects import Asked
    from glm_magic.fit import Fit
    from glm_magic.model import Model
    from glm_magic.posterior import Posterior


def effects(
    fit: Fit,
    verb: str,
    question: Callable[[Model, Posterior, Asked], Any],
    *,
    by: str | Sequence[str] | None,
    at: Mapping[str, Any] | None,
    prob: float | None,
    seed: int | None,
    weights: str | None = None,
    **options: Any,
) -> Any:
    """Ask a question about effects.

    Parameters
    ----------
    fit : Fit
    verb : str
        The name of the method.
    question : callable
        Of `glm_magic.effects`.
    by : str, sequence of str or None
        None where rows are not averaged.
    at : mapping of str to value or to values, optional
    prob : float, optional
    seed : int, optional
    weights : str, optional
    **options
        The other fields of `glm_magic.effects.Asked`.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
    """
    from glm_magic.effects import Asked

    model = fit._predicting(verb)
    if weights is not None and not isinstance(weights, str):
        raise ModelError(
            f"weights must be the name of a column, not {weights!r:.60}",
            remedy="Add them to the rows as a column.",
        )
    asked = Asked(
        verb=verb,
        by=None if by is None else _names(by),
        at={} if at is None else at,
        weights=weights,
        prob=fit._prob if prob is None else prob,
        seed=fit._record.seed if seed is None else seed,
        **options,
    )
    with Listening(), Answered("before the effects were computed"), Turn():
        return question(model, fit._record, asked)


def _names(by: str | Sequence[str]) -> tuple[str, ...]:
    names: Any = (by,) if isinstance(by, str) else by
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise ModelError(
            f"by must be the name of a column, or several, not {by!r:.60}",
            remedy='Write by="g", or by=["g", "h"].',
        )
    return tuple(names)
