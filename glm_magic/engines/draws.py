"""What every engine returns, in one vocabulary whichever engine drew it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray

if TYPE_CHECKING:
    import pymc as pm

    from glm_magic.engines.instant.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """The draws of one fit.

    Attributes
    ----------
    posterior : xarray.Dataset
        The model's own variables, dims ``(chain, draw, ...)``, on the model's own scale.
    sample_stats : xarray.Dataset
        Sampler statistics, dims ``(chain, draw)``: ``diverging`` and
        ``reached_max_treedepth`` (bool), ``tree_depth`` and ``n_steps`` (int),
        ``acceptance_rate`` (0 to 1), ``energy``, ``lp`` and ``step_size`` (float).
        An engine that does not give one leaves it out.
    engine : str
        The engine that drew them.
    seed : int
        The seed that repeats them.
    seconds_compiling, seconds_sampling : float
        Wall-clock seconds. Engines that do both in one call count all as sampling.
    incomplete : bool
        Whether the user stopped the fit before every chain was done.
    requested : int
        Draws asked for per chain, tuning not counted.
    why : str
        Why this engine drew, as a clause; empty when the user asked for it.
    check : str
        What came of comparing a precompiled density with PyMC's; empty for other engines.
    fallback : str
        What went wrong with the engine that should have drawn; empty when nothing did.
    lost : tuple of int
        Positions of chains that never came near the others.
    begun_again : bool
        Whether these are other chains in their place, which did.
    notes : tuple of str
        What else the engine has to say: that its kernels could not be kept on disk.
    program : Program or None
        What the instant engine sampled, row by row; None where it is large, and for other engines.
    """

    posterior: xarray.Dataset
    sample_stats: xarray.Dataset
    engine: str
    seed: int
    seconds_compiling: float
    seconds_sampling: float
    incomplete: bool
    requested: int
    why: str = ""
    check: str = ""
    fallback: str = ""
    lost: tuple[int, ...] = ()
    begun_again: bool = False
    notes: tuple[str, ...] = ()
    program: Program | None = None


# Our name, then the names that the engines give it: PyMC's own first, then nutpie's.
_STATISTICS: dict[str, tuple[tuple[str, ...], type]] = {
    "diverging": (("diverging",), bool),
    "tree_depth": (("tree_depth", "depth"), int),
    "reached_max_treedepth": (("reached_max_treedepth", "maxdepth_reached"), bool),
    "acceptance_rate": (("acceptance_rate", "mean_tree_accept"), float),
    "energy": (("energy",), float),
    "lp": (("lp", "logp"), float),
    "step_size": (("step_size",), float),
    "n_steps": (("n_steps",), int),
}

MAX_TREE_DEPTH = 10
"""The default of all four engines, which this package does not change."""


def statistics(given: xarray.Dataset) -> xarray.Dataset:
    """Rename an engine's sampler statistics to one vocabulary.

    Parameters
    ----------
    given : xarray.Dataset
        Statistics as the engine names them, dims ``(chain, draw, ...)``.

    Returns
    -------
    xarray.Dataset
        The statistics that `Draws` lists and the engine gave, dims ``(chain, draw)``.
    """
    dims = ("chain", "draw")
    found: dict[str, np.ndarray] = {}
    for ours, (theirs, kind) in _STATISTICS.items():
        for name in theirs:
            # A step made of several samplers may give one value for each: those have a third
            # dimension and no single meaning.
            if name in given and set(given[name].dims) == set(dims):
                found[ours] = given[name].transpose(*dims).values.astype(kind)
                break
    if "tree_depth" in found and "reached_max_treedepth" not in found:
        # numpyro and blackjax do not say it, but their trees end at this depth.
        found["reached_max_treedepth"] = found["tree_depth"] >= MAX_TREE_DEPTH
    return xarray.Dataset(
        {name: (dims, values) for name, values in found.items()},
        coords={dim: given.coords[dim] for dim in dims if dim in given.coords},
        attrs=given.attrs,
    )


def own_variables(given: xarray.Dataset, model: pm.Model, variables: Collection[str]) -> xarray.Dataset:
    """Keep the model's own variables, as PyMC itself would return them.

    Parameters
    ----------
    given : xarray.Dataset
        What an engine returned, dims ``(chain, draw, ...)``.
    model : pymc.Model
        The model that was sampled.
    variables : collection of str
        Names of those to keep.

    Returns
    -------
    xarray.Dataset
        Free variables and deterministics in the model's order, without the
        unconstrained twins (``sigma_log__``) that nutpie 0.16.8 adds, and with whole
        numbers where the model has whole numbers.
    """
    kept, changed = [], {}
    for variable in model.unobserved_RVs:
        name = variable.name
        if name not in given or name not in variables:
            continue
        kept.append(name)
        values = given.variables[name]
        # nutpie stores everything as float; a 0/1 deterministic should stay what it was.
        if np.dtype(variable.dtype).kind in "biu" and values.dtype.kind == "f":
            changed[name] = values.astype(variable.dtype)
    return given[kept].assign(changed) if changed else given[kept]


def rectangle(lengths: Sequence[int]) -> tuple[list[int], int]:
    """Choose the chains and the number of draws that keep most of an interrupted fit.

    Parameters
    ----------
    lengths : sequence of int
        Draws kept by each chain, tuning not counted; they differ after an interruption.

    Returns
    -------
    chains : list of int
        Positions of the chains to keep, in order.
    draws : int
        Draws of the shortest of them.

    Notes
    -----
    PyMC's own rule: chains times draws is as large as it can be, so that a chain that had
    not begun does not cost the draws of those that had. Ties go to more chains.
    """
    order = sorted(range(len(lengths)), key=lambda chain: -lengths[chain])
    sizes = [(count * lengths[chain], count) for count, chain in enumerate(order, start=1)]
    _, count = max(sizes, default=(0, 0))
    chosen = sorted(order[:count])
    return chosen, min((lengths[chain] for chain in chosen), default=0)
