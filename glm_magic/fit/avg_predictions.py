"""fit.avg_predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from glm_magic.fit.effects import effects

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from glm_magic.fit import Fit


@overload
def avg_predictions(
    fit: Fit,
    new: Any = None,
    prob: float | None = None,
    *,
    by: str | Sequence[str] = ...,
    weights: str | None = ...,
    at: Mapping[str, Any] | None = ...,
    scale: Literal["response", "link"] = ...,
    groups: Literal["as given", "population"] = ...,
    sample_new_groups: bool = ...,
    above: float | None = ...,
    draws: Literal[False] = ...,
    seed: int | None = ...,
) -> pd.DataFrame: ...


@overload
def avg_predictions(
    fit: Fit,
    new: Any = None,
    prob: float | None = None,
    *,
    by: str | Sequence[str] = ...,
    weights: str | None = ...,
    at: Mapping[str, Any] | None = ...,
    scale: Literal["response", "link"] = ...,
    groups: Literal["as given", "population"] = ...,
    sample_new_groups: bool = ...,
    above: float | None = ...,
    draws: Literal[True],
    seed: int | None = ...,
) -> xarray.DataArray: ...


def avg_predictions(
    fit: Fit,
    new: Any = None,
    prob: float | None = None,
    *,
    by: str | Sequence[str] = (),
    weights: str | None = None,
    at: Mapping[str, Any] | None = None,
    scale: Literal["response", "link"] = "response",
    groups: Literal["as given", "population"] = "as given",
    sample_new_groups: bool = False,
    above: float | None = None,
    draws: bool = False,
    seed: int | None = None,
) -> pd.DataFrame | xarray.DataArray:
    """Average the mean of the response, or the linear predictor, over rows, within each draw.

    Parameters
    ----------
    new : frame, mapping of str to array or to one value, or "mean", optional
        The rows at which the mean is evaluated. The rows that were fitted when not given; ``"mean"`` is one row, with
        numbers at their mean, factors at the reference level and exposures at 1, as in the panel's Fan.
    prob : float, optional
        Probability of the equal-tailed interval; as in the panel when not given.
    by : str or list of str, optional
        Columns of the rows: there is an average for each of their levels, or one of all rows when not given.
    weights : str, optional
        A column of the rows that weighs them in the averages; all weigh the same when not given.
    at : mapping of str to value or to several, optional
        Predictors that are set to chosen values in every row: ``{"x": [0, 1]}``. With several values, each row
        stands in the answer once for each of them, and averages are told apart by them.
    scale : {"response", "link"}
        Of the mean of the response, or of the linear predictor.
    groups : {"as given", "population"}
        ``"as given"``: a grouping factor in the rows adds the effects of its levels. ``"population"``: none do.
    sample_new_groups : bool
        Whether a level that is not in the data is given effects, as in `Fit.predict`.
    above : float, optional
        ``p_above`` is the posterior probability of more than this; without it there is no such column.
    draws : bool
        Whether to give the draws themselves instead of a table.
    seed : int, optional
        Of new levels; the fit's own when not given.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A table with columns those of `at` and `by`, category where the response has some,
        median, sd, the interval's ends, p_above and mcse_p_above, which is the Monte Carlo standard error of
        p_above, and missing where all draws agree: how rare the contrary is cannot be seen from them. The name
        of the columns says what the numbers are.

        With ``draws=True`` a DataArray with dims chain, draw and effect, in the order of the table's rows.

    Warns
    -----
    Extrapolation
        If a chosen value lies outside the data; ``attrs["notes"]`` holds the same sentences.

    Raises
    ------
    ModelError
        For a hand-written model, and for an answer of more
        than 500 million draws (4 GB).
    DataError
        If there is no such predictor or level, or a predictor is missing in the rows.

    See Also
    --------
    Fit.predictions : The rows themselves.

    Notes
    -----
    Rows are averaged within each draw, and the averages of the draws are summarised. The average of the medians, or of
    the ends of the intervals, of single rows is another number, and no interval of the average.

    With ``at={"x": [0, 1]}`` the rows of the data are averaged with every x at 0, and again with every x at 1.

    References
    ----------
    Arel-Bundock, V., Greifer, N. & Heiss, A. (2024). How to interpret statistical models using marginaleffects for
    R and Python. Journal of Statistical Software 111(9), 1-32.

    Gelman, A. & Pardoe, I. (2007). Average predictive comparisons for models with nonlinearity, interactions, and
    variance components. Sociological Methodology 37, 23-51.

    Examples
    --------
    >>> fit.avg_predictions(by="g")  # doctest: +SKIP
    >>> fit.avg_predictions(at={"x": [0, 1]})  # doctest: +SKIP
    """
    from glm_magic.effects.predictions import predictions as question

    return effects(
        fit,
        "avg_predictions",
        question,
        new=new,
        prob=prob,
        by=by,
        weights=weights,
        at=at,
        scale=scale,
        groups=groups,
        sample_new_groups=sample_new_groups,
        above=above,
        draws=draws,
        seed=seed,
    )
