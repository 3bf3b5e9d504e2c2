"""The posterior: one xarray.DataTree, and what made it.

Groups of the tree: ``posterior`` (chain, draw, ...), ``sample_stats`` (chain, draw) in one vocabulary
whichever engine drew, and ``observed_data``. All free variables are there, named as in the PyMC model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.engines import Draws
from glm_magic.engines.instant import Program
from glm_magic.idata import observed_data
from glm_magic.model import BlockSource, FormulaSource, Model
from glm_magic.model.centering import with_intercepts
from glm_magic.model.names import label_of, variable_of

UNFOLDED = 12  # A hand-written vector longer than this is folded under its name, like a group's levels.


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Draws, and how they were made.

    Attributes
    ----------
    tree : xarray.DataTree
    title : str
        The formula, or the model's name.
    engine : str
    seed : int
    requested : int
        Draws asked for, per chain.
    incomplete : bool
        Whether the user interrupted the run.
    seconds : float
        From model to draws, compiling included.
    group_terms : dict of str to str
        Variables of group-specific levels, and the term each is folded under.
    circular : frozenset of str
        Variables that are angles, in radians.
    why : str
        Why this engine drew, as a clause; empty when the user asked for it.
    fallback : str
        What went wrong with the engine that should have drawn; empty when nothing did.
    lost : tuple of int
        Positions of chains that never came near the others.
    begun_again : bool
        Whether these are other chains in their place.
    internal : frozenset of str
        Variables of the parameterisation, which PyMC's functions need and nobody is shown.
    notes : tuple of str
        What else the engine has to say.
    finished : bool
        Whether the variables are those that the user is told about; see `unfinished`.
    program : Program or None
        As `Draws.program`.
    """

    tree: xarray.DataTree
    title: str
    engine: str
    seed: int
    requested: int
    incomplete: bool
    seconds: float
    group_terms: dict[str, str]
    circular: frozenset[str]
    internal: frozenset[str] = frozenset()
    why: str = ""
    fallback: str = ""
    lost: tuple[int, ...] = ()
    begun_again: bool = False
    notes: tuple[str, ...] = ()
    finished: bool = True
    program: Program | None = None

    @property
    def draws(self) -> xarray.Dataset:
        """The draws that are shown: every variable has dims chain, draw, ..."""
        return self.tree["posterior"].to_dataset().drop_vars(list(self.internal), errors="ignore")

    @property
    def statistics(self) -> xarray.Dataset:
        """The sampler's own statistics, in the vocabulary of `engines.draws`."""
        return self.tree["sample_stats"].to_dataset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One number of the posterior.

    Attributes
    ----------
    label : str
        As the user writes it: ``"x"``, ``"g[b]"``, ``"1|school[7]"``.
    variable : str
        Its variable in the posterior.
    index : tuple of int
        Its place in the variable's own dimensions.
    term : str or None
        What it is folded under, if it is.
    circular : bool
        Whether it is an angle.
    draws : ndarray, shape (n_chains, n_draws)
        Angles within pi of their mean direction.
    """

    label: str
    variable: str
    index: tuple[int, ...]
    term: str | None
    circular: bool
    draws: NDArray[np.float64]


def finish(model: Model, draws: Draws) -> Posterior:
    """Turn an engine's draws into the posterior that the user is told about.

    Parameters
    ----------
    model : Model
    draws : Draws
        Of `model.pymc`'s variables, in PyMC's names.

    Returns
    -------
    Posterior
        With the intercepts where the predictors are zero, besides those that were sampled.
    """
    kept = draws.posterior[[name for name in model.variables if name in draws.posterior]]
    match model.source:
        case FormulaSource() as source:
            whole = with_intercepts(kept, source.centered)
            posterior = whole[list(_reading_order(whole, source, model))]
        case BlockSource():
            posterior = kept
    told = {"engine_reason": draws.why, "engine_check": draws.check, "engine_fallback": draws.fallback}
    attributes = {"engine": draws.engine, "seed": draws.seed, "created_by": "glm-magic"}
    attributes |= {name: text for name, text in told.items() if text}
    groups = {"posterior": posterior.assign_attrs(attributes), "sample_stats": draws.sample_stats}
    observed = observed_data(model.pymc)
    if observed.data_vars:
        groups["observed_data"] = observed
    return _record(
        model,
        draws,
        groups,
        group_terms=dict(model.group_terms),
        circular=model.circular,
        internal=model.internal,
    )


def unfinished(model: Model, draws: Draws) -> Posterior:
    """Keep an engine's draws as they are, where `finish` fails.

    Parameters
    ----------
    model : Model
    draws : Draws

    Returns
    -------
    Posterior
        Under PyMC's names; Bambi's intercepts hold at the mean of the predictors.
    """
    drawn = {"posterior": draws.posterior, "sample_stats": draws.sample_stats}
    return _record(model, draws, drawn, group_terms={}, circular=frozenset(), finished=False)


def _record(model: Model, draws: Draws, groups: Mapping[str, xarray.Dataset], **options: Any) -> Posterior:
    """Tell how the draws were made."""
    return Posterior(
        tree=xarray.DataTree.from_dict(groups),
        title=model.title,
        engine=draws.engine,
        seed=draws.seed,
        requested=draws.requested,
        incomplete=draws.incomplete,
        seconds=draws.seconds_compiling + draws.seconds_sampling,
        why=draws.why,
        fallback=draws.fallback,
        lost=draws.lost,
        begun_again=draws.begun_again,
        notes=draws.notes,
        program=draws.program,
        **options,
    )


def _reading_order(draws: xarray.Dataset, source: FormulaSource, model: Model) -> Iterator[str]:
    """Order variables as a regression table is read: coefficients, parameters, groups; last the internal ones."""
    group_terms = model.group_terms
    names = [str(name) for name in draws.data_vars]
    coefficients = [
        variable_of(source, parameter, term)
        for parameter, component in bambi_parameters(source.bambi).items()
        for term in component.terms
    ]
    first = [name for name in coefficients if name in names and name not in group_terms]
    constants = [name for name in bambi_marginal_parameters(source.bambi) if name in names]
    placed = {*first, *constants, *group_terms, *model.internal}
    rest = [name for name in names if name not in placed]
    yield from first
    yield from constants
    yield from rest
    yield from (name for name in group_terms if name in names)
    yield from (name for name in names if name in model.internal)


def stacked(draws: xarray.Dataset) -> xarray.Dataset:
    """Join chains and draws in one dimension ``sample``, chain by chain.

    Parameters
    ----------
    draws : xarray.Dataset
        Dims ``(chain, draw, ...)``.

    Returns
    -------
    xarray.Dataset
        Dims ``(sample, ...)``.
    """
    # What `Dataset.stack` does, without the index of chains and draws, which takes most of its time, and
    # which cannot tell the length of a variable without numbers.
    size = draws.sizes["chain"] * draws.sizes["draw"]
    joined = {}
    for name, variable in draws.data_vars.variables.items():
        own = variable.transpose("chain", "draw", ...)
        joined[name] = (("sample", *own.dims[2:]), own.values.reshape(size, *own.shape[2:]))
    labels = {name: one for name, one in draws.coords.items() if not {"chain", "draw"} & {*one.dims}}
    return xarray.Dataset(joined, coords=labels)


def scalars(posterior: Posterior) -> list[Scalar]:
    """List every number of the posterior, in reading order.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    list of Scalar
    """
    return [one for name in posterior.draws.data_vars for one in numbers_of(posterior, str(name))]


def numbers_of(posterior: Posterior, name: str) -> list[Scalar]:
    """List every number of one variable.

    Parameters
    ----------
    posterior : Posterior
    name : str

    Returns
    -------
    list of Scalar
    """
    array = posterior.tree["posterior"].dataset[name].transpose("chain", "draw", ...)
    own = array.dims[2:]
    size = int(np.prod(array.shape[2:], dtype=int))
    term = posterior.group_terms.get(name, label_of(name) if size > UNFOLDED else None)
    circular = name in posterior.circular
    labels = [
        [str(label) for label in array[dim].values] if dim in array.coords else range(array.sizes[dim])
        for dim in own
    ]
    # Number by number in memory, for each is read many times.
    numbers = np.ascontiguousarray(array.transpose(*own, "chain", "draw").values, dtype=float)
    found: list[Scalar] = []
    for index in np.ndindex(*array.shape[2:]):
        place = ", ".join(str(labels[axis][i]) for axis, i in enumerate(index))
        draws = numbers[index]
        found.append(
            Scalar(
                label=label_of(name) + (f"[{place}]" if own else ""),
                variable=name,
                index=index,
                term=term,
                circular=circular,
                draws=_unwrapped(draws) if circular else draws,
            )
        )
    return found


def _unwrapped(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Write angles as neighbours of their mean direction, so that intervals and densities are whole."""
    centre = np.angle(np.exp(1j * angles).mean())
    return np.asarray(centre + np.angle(np.exp(1j * (angles - centre))))
