"""fit.predict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from glm_magic.errors import ModelError
from glm_magic.interrupts import Answered, Listening
from glm_magic.request.options import check_value
from glm_magic.turns import Turn

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from glm_magic.fit import Fit


@overload
def predict(
    fit: Fit,
    new: Any = None,
    prob: float | None = None,
    *,
    kind: Literal["mean", "response", "parameters"] = ...,
    groups: Literal["as given", "population"] = ...,
    sample_new_groups: bool = ...,
    draws: Literal[False] = ...,
    seed: int | None = ...,
) -> pd.DataFrame: ...
@overload
def predict(
    fit: Fit,
    new: Any = None,
    prob: float | None = None,
    *,
    kind: Literal["mean", "response", "parameters"] = ...,
    groups: Literal["as given", "population"] = ...,
    sample_new_groups: bool = ...,
    draws: Literal[True],
    seed: int | None = ...,
) -> xarray.DataArray | xarray.Dataset: ...
def predict(
    fit: Fit,
    new: Any = None,
    prob: float | None = None,
    *,
    kind: Literal["mean", "response", "parameters"] = "mean",
    groups: Literal["as given", "population"] = "as given",
    sample_new_groups: bool = False,
    draws: bool = False,
    seed: int | None = None,
) -> pd.DataFrame | xarray.DataArray | xarray.Dataset:
    """Predict the response at new values of the predictors, or at the rows of the data.

    Parameters
    ----------
    new : frame, or mapping of str to array or to one value, optional
        A column for each predictor of the formula; one value is for all rows. The rows that were fitted,
        in their order, when not given.
    prob : float, optional
        Probability of the equal-tailed interval; as in the panel when not given.
    kind : {"mean", "response", "parameters"}
        The mean of the response; new observations, one for each draw; or every parameter of the family,
        such as mu and sigma.
    groups : {"as given", "population"}
        ``"as given"``: a grouping factor that is given adds the effects of its levels, and one that is left
        out stays at the population. ``"population"``: no effects of groups.
    sample_new_groups : bool
        Whether a level that is not in the data is given effects. They are drawn from the group
        distribution, at each draw of its standard deviation, as brms does with
        ``sample_new_levels="gaussian"``: within a draw a new level has the same effects in all of its rows.
        Without this, a new level is an error.
    draws : bool
        Whether to give the draws themselves instead of a table.
    seed : int, optional
        Of new observations and new levels; the fit's own when not given.

    Returns
    -------
    pandas.DataFrame, xarray.DataArray or xarray.Dataset
        A table with the rows, and mean, sd and the interval's ends; for a response with categories a row per
        category, for parameters a row per parameter. The name of the columns says what they are, ``"P(outcome
        = alive), for an average school"``. New observations of a response with categories have the
        probability of each.

        With ``draws=True`` a DataArray with dims chain, draw, ``__obs__`` and, for a number per category,
        category; for parameters a Dataset, in which what is the same in every row has no ``__obs__``.
        Observed categories are whole numbers, as in ``observed_data``; ``attrs["levels"]`` names them.

    Warns
    -----
    Extrapolation
        If a value lies outside the data; ``attrs["notes"]`` holds the same sentences.

    Raises
    ------
    ModelError
        For a hand-written model, and for more than 500 million draws (4 GB) with ``draws=True``.
    DataError
        If a predictor is missing, or a level is unknown.

    Notes
    -----
    The mean has the exposure that is given, and is a proportion where there are trials. New observations have
    as many trials as the new rows say: of ``p(y, n)`` in a column ``n``, of ``c(a, b)`` as many as their sum. Those of
    ``truncated(y, low)`` and ``constrained(...)`` lie within the bounds, where brms draws them too; a bound that is a
    column is one of the new rows. A censored response is drawn as it is before censoring, as in brms;
    ``fit.posterior_predictive()`` draws the rows of the data as they were recorded. Weights change nothing here. The
    mean and the parameters are those before truncation, as in Bambi; in brms the mean is that within the bounds.

    An interval of ``kind="mean"`` is about the mean, that of ``kind="response"`` about a new observation.
    Thresholds of ordinal families belong to no row; they are in ``fit.summary()``.

    References
    ----------
    Bürkner, P.-C. (2017). brms: An R package for Bayesian multilevel models using Stan. Journal of
    Statistical Software 80(1). ``sample_new_levels`` is described under ``prepare_predictions``.
    """
    from glm_magic.predict import predict as evaluate

    model = fit._predicting("predict")
    if seed is not None:
        check_value("seed", seed, label="seed", error=ModelError)
    with Listening(), Answered("before the predictions were computed"), Turn():
        return evaluate(
            model,
            fit._record,
            new,
            fit._prob if prob is None else prob,
            kind=kind,
            groups=groups,
            sample_new_groups=sample_new_groups,
            draws=draws,
            seed=seed,
        )
