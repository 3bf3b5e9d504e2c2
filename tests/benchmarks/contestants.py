"""Who is measured: a cell of glm-magic, and what a user of Bambi and ArviZ writes instead."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a contestant drew.

    Attributes
    ----------
    posterior, sample_stats : xarray.Dataset
    sampling : float
        Seconds in the sampler.
    page : int
        Bytes of what the cell emits, where it emits a page.
    tree : xarray.DataTree or arviz.InferenceData or None
        What ArviZ's functions are called with.
    """

    posterior: Any
    sample_stats: Any
    sampling: float
    page: int = 0
    tree: Any = None


def glm_magic(case: Case, data: pd.DataFrame, draws: int, seed: int) -> Sample:
    """From the formula to what the panel is sent: data, trace, summary, fan and findings."""
    from glm_magic import glm
    from glm_magic.document import page_html
    from glm_magic.engines import nutpie
    from glm_magic.views.panel import payload_of

    family = None if case.family == "gaussian" else case.family
    with timed(nutpie, "run") as spent:
        fit = glm(case.formula, data, family=family, link=case.link, seed=seed, draws=draws, tune=draws)
    payload = payload_of(fit.view)
    tree = fit.posterior
    return Sample(
        posterior=tree["posterior"],
        sample_stats=tree["sample_stats"],
        sampling=sum(spent),
        page=len(page_html(fit.view, payload)),
    )


def bambi_nutpie(case: Case, data: pd.DataFrame, draws: int, seed: int) -> Sample:
    """Only the fit."""
    import nutpie

    with timed(nutpie, "sample") as spent:
        result = _fit(case, data, draws, seed, inference_method="nutpie")
    return Sample(
        posterior=result["posterior"], sample_stats=result["sample_stats"], sampling=sum(spent), tree=result
    )


@contextmanager
def timed(module: ModuleType, name: str) -> Iterator[list[float]]:
    """Note how long each call of a function takes."""
    spent, function = [], getattr(module, name)

    def call(*arguments: Any, **options: Any) -> Any:
        begin = time.perf_counter()
        result = function(*arguments, **options)
        spent.append(time.perf_counter() - begin)
        return result

    setattr(module, name, call)
    try:
        yield spent
    finally:
        setattr(module, name, function)


def bambi_default(case: Case, data: pd.DataFrame, draws: int, seed: int) -> Sample:
    """The fit with the sampler that Bambi takes by itself, and the figures."""
    result = _fit(case, data, draws, seed)
    _figures(case, data, result, draws)
    seconds = float(result["posterior"].attrs.get("sampling_time", np.nan))
    return Sample(posterior=result["posterior"], sample_stats=result["sample_stats"], sampling=seconds)


def bambi_nutpie_figures(case: Case, data: pd.DataFrame, draws: int, seed: int) -> Sample:
    """The fit with nutpie, and the figures."""
    sample = bambi_nutpie(case, data, draws, seed)
    _figures(case, data, sample.tree, draws)
    return sample


def _figures(case: Case, data: pd.DataFrame, result: Any, draws: int) -> None:
    """Draw what the panel shows: ArviZ's summary and trace, and for a line 100 lines of the posterior."""
    import arviz
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    arviz.summary(result)
    arviz.plot_trace(result)
    plt.savefig(io.BytesIO())
    if case.formula == "y ~ x":
        posterior = result["posterior"]
        figure, axes = plt.subplots()
        axes.plot(data["x"], data["y"], ".")
        some = np.random.default_rng(1).integers(0, draws, 100)
        for draw in some:
            one = {name: float(posterior[name].values[0, draw]) for name in ("Intercept", "x")}
            axes.plot(data["x"], one["Intercept"] + one["x"] * data["x"], color="C1", alpha=0.1)
        figure.savefig(io.BytesIO())
    plt.close("all")


def _fit(case: Case, data: pd.DataFrame, draws: int, seed: int, **options: Any) -> Any:
    import bambi

    model = bambi.Model(case.formula, data, family=case.family, link=case.link)
    return model.fit(draws=draws, tune=draws, chains=4, random_seed=seed, progressbar=False, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """Who is measured.

    Attributes
    ----------
    imports : tuple of str
        What a notebook has imported before the first fit.
    run : callable
        From a case, its data, draws (and tuning steps) of each chain, and a seed to a `Sample`.
    """

    imports: tuple[str, ...]
    run: Callable[[Case, pd.DataFrame, int, int], Sample]


CONTESTANTS = {
    "glm-magic": Contestant(imports=("glm_magic.api", "glm_magic.wire"), run=glm_magic),
    "Bambi + nutpie": Contestant(imports=("bambi", "nutpie"), run=bambi_nutpie),
    "Bambi + nutpie, figures": Contestant(
        imports=("bambi", "nutpie", "arviz", "matplotlib.pyplot"), run=bambi_nutpie_figures
    ),
    "Bambi": Contestant(imports=("bambi", "arviz", "matplotlib.pyplot"), run=bambi_default),
}
