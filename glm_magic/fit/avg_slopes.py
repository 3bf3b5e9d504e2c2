"""fit.avg_slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, overload

from glm_magic.fit.effects import effects

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from glm_magic.fit import Fit


@overload
def avg_slopes(
    fit: Fit,
    variables: str | Sequence[str] | None = None,
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
def avg_slopes(
    fit: Fit,
    variables: str | Sequence[str] | None = None,
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


def avg_slopes(
    fit: Fit,
    variables: str | Sequence[str] | None = None,
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
    """Give the slope of the mean of the response along a predictor, averaged over rows within each draw.

    Parameters
    ----------
    variables : str or list of str, optional
        The predictors; every number among them when not given, without exposures, grouping factors and numbers
        that are 0 or 1, which `Fit.comparisons` compares.
    new : frame, mapping of str to array or to one value, or "mean", optional
        The rows at which the mean is differentiated. The rows that were fitted when not given; ``"mean"`` is one
        row, with numbers at their mean, factors at the reference level and exposures at 1, as in the panel's Fan.
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
        ``p_above`` is the posterior probability of more than this, 0 when not given.
    draws : bool
        Whether to give the draws themselves instead of a table.
    seed : int, optional
        Of new levels; the fit's own when not given.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A table with columns term, contrast, those of `at` and `by`, category where the response has some,
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
        For a hand-written model, for a factor, which has no slope, and for an answer of more
        than 500 million draws (4 GB).
    DataError
        If there is no such predictor or level, or a predictor is missing in the rows.

    See Also
    --------
    Fit.slopes : The rows themselves.
    Fit.avg_comparisons : Between values that are further apart, and between the levels of a factor.

    Notes
    -----
    Rows are averaged within each draw, and the averages of the draws are summarised. The average of the medians, or of
    the ends of the intervals, of single rows is another number, and no interval of the average.

    A slope is a central difference over a step of 6e-6 of the range of the predictor in the data, the cube root of the
    rounding error, at which the errors of truncation and of rounding are of one size (Nocedal & Wright 2006, Numerical
    Optimization, 2nd edition, section 8.1). Where the mean has a jump or a kink there is no slope.

    References
    ----------
    Arel-Bundock, V., Greifer, N. & Heiss, A. (2024). How to interpret statistical models using marginaleffects for
    R and Python. Journal of Statistical Software 111(9), 1-32.

    Gelman, A. & Pardoe, I. (2007). Average predictive comparisons for models with nonlinearity, interactions, and
    variance components. Sociological Methodology 37, 23-51.

    Examples
    --------
    >>> fit.avg_slopes("x", by="g")  # doctest: +SKIP
    """
    from glm_magic.effects.slopes import slopes as question

    return effects(
        fit,
        "avg_slopes",
        partial(question, variables=variables),
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
