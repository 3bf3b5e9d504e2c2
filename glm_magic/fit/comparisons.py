"""fit.comparisons."""

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
def comparisons(
    fit: Fit,
    variables: str | Sequence[str] | Mapping[str, Any] | None = None,
    new: Any = None,
    prob: float | None = None,
    *,
    at: Mapping[str, Any] | None = ...,
    comparison: Literal["difference", "ratio", "lnratio"] = ...,
    scale: Literal["response", "link"] = ...,
    groups: Literal["as given", "population"] = ...,
    sample_new_groups: bool = ...,
    above: float | None = ...,
    draws: Literal[False] = ...,
    seed: int | None = ...,
) -> pd.DataFrame: ...
@overload
def comparisons(
    fit: Fit,
    variables: str | Sequence[str] | Mapping[str, Any] | None = None,
    new: Any = None,
    prob: float | None = None,
    *,
    at: Mapping[str, Any] | None = ...,
    comparison: Literal["difference", "ratio", "lnratio"] = ...,
    scale: Literal["response", "link"] = ...,
    groups: Literal["as given", "population"] = ...,
    sample_new_groups: bool = ...,
    above: float | None = ...,
    draws: Literal[True],
    seed: int | None = ...,
) -> xarray.DataArray: ...
def comparisons(
    fit: Fit,
    variables: str | Sequence[str] | Mapping[str, Any] | None = None,
    new: Any = None,
    prob: float | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    comparison: Literal["difference", "ratio", "lnratio"] = "difference",
    scale: Literal["response", "link"] = "response",
    groups: Literal["as given", "population"] = "as given",
    sample_new_groups: bool = False,
    above: float | None = None,
    draws: bool = False,
    seed: int | None = None,
) -> pd.DataFrame | xarray.DataArray:
    """Compare the mean of the response between values of a predictor, in each row.

    Parameters
    ----------
    variables : str, list of str, or mapping of str to contrast, optional
        The predictors that are moved, one at a time; every predictor when not given, without exposures and
        grouping factors. A contrast of a number is a step, such as 1, two values ``(from, to)``, ``"sd"`` (one
        standard deviation around the mean), ``"iqr"`` or ``"minmax"``; of a factor two levels ``(from, to)``,
        ``"reference"`` (each level against the reference), ``"pairwise"`` or ``"sequential"``. When not given, a
        number moves from where it stands by +1, one that is 0 or 1 from 0 to 1, and a factor from the reference.
    new : frame, mapping of str to array or to one value, or "mean", optional
        The rows in which the predictor is moved. The rows that were fitted when not given; ``"mean"`` is one row, with
        numbers at their mean, factors at the reference level and exposures at 1, as in the panel's Fan.
    prob : float, optional
        Probability of the equal-tailed interval; as in the panel when not given.
    at : mapping of str to value or to several, optional
        Predictors that are set to chosen values in every row: ``{"x": [0, 1]}``. With several values, each row
        stands in the answer once for each of them.
    comparison : {"difference", "ratio", "lnratio"}
        The mean after the move less that before; divided by it; or the logarithm of this ratio.
    scale : {"response", "link"}
        Of the mean of the response, or of the linear predictor.
    groups : {"as given", "population"}
        ``"as given"``: a grouping factor in the rows adds the effects of its levels. ``"population"``: none do.
    sample_new_groups : bool
        Whether a level that is not in the data is given effects, as in `Fit.predict`.
    above : float, optional
        ``p_above`` is the posterior probability of more than this: no difference when not given, 0, or 1 for a ratio.
    draws : bool
        Whether to give the draws themselves instead of a table.
    seed : int, optional
        Of new levels; the fit's own when not given.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A table with columns term, contrast, those of the rows, category where the response has some,
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
        For a hand-written model, for something that is no contrast, and for an answer of more
        than 500 million draws (4 GB).
    DataError
        If there is no such predictor or level, or a predictor is missing in the rows.

    See Also
    --------
    Fit.avg_comparisons : Averages over rows.

    Notes
    -----
    Contrasts, their defaults and the direction of a step are those of marginaleffects: +1 is forward, from x to x + 1.
    A step that leaves the range of the data is counted in ``attrs["notes"]``.

    References
    ----------
    Arel-Bundock, V., Greifer, N. & Heiss, A. (2024). How to interpret statistical models using marginaleffects for
    R and Python. Journal of Statistical Software 111(9), 1-32.

    Gelman, A. & Pardoe, I. (2007). Average predictive comparisons for models with nonlinearity, interactions, and
    variance components. Sociological Methodology 37, 23-51.

    Examples
    --------
    >>> fit.comparisons("x", "mean")  # doctest: +SKIP
    >>> fit.comparisons({"x": (50, 60), "g": "pairwise"}, "mean")  # doctest: +SKIP
    """
    from glm_magic.effects.comparisons import comparisons as question

    return effects(
        fit,
        "comparisons",
        partial(question, variables=variables, comparison=comparison),
        new=new,
        prob=prob,
        by=None,
        at=at,
        scale=scale,
        groups=groups,
        sample_new_groups=sample_new_groups,
        above=above,
        draws=draws,
        seed=seed,
    )
