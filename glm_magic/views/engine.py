"""What the browser samples again: the program, where its chains begin, and what PyMC says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.said import Said, said
from glm_magic.engines.instant import Program, unconstrained, witness
from glm_magic.engines.instant.edit import TRIALS
from glm_magic.engines.instant.program import MOST_NUMBERS, Constant, Factor
from glm_magic.model import Model
from glm_magic.posterior import Posterior
from glm_magic.views import Unavailable
from glm_magic.views.data import DataView, used_rows
from glm_magic.views.draws import DrawsView
from glm_magic.views.sums import Sum, column_sums, coordinate_sums
from glm_magic.wire import EXACT

Floats = NDArray[np.float64]

POINTS = 3
"""At which the page compares itself with PyMC."""
MOST_VARIED = 200_000
"""Numbers of the draws from which variances are computed."""
NOT_INSTANT = "not instant: "


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """What the page samples.

    Attributes
    ----------
    program : Program
        Before it is compressed, so that its rows are those of the Data tab.
    columns : tuple of Sum
        Each column of the shipped draws by the constrained coordinates.
    coordinates : tuple of Sum or None
        Each constrained coordinate by the columns of the shipped draws; None where these do not determine it.
    starts : ndarray, shape (n_chains, n_dim)
        Where chains begin, unconstrained.
    steps : ndarray, shape (n_chains,)
        Step sizes.
    mass : ndarray, shape (n_dim,)
        Variances of the unconstrained draws.
    points : ndarray, shape (n_points, n_dim)
        Unconstrained points at which the page compares itself with PyMC.
    values : ndarray, shape (n_points,)
        PyMC's log density there.
    gradients : ndarray, shape (n_points, n_dim)
        PyMC's gradient there.
    saying : tuple of Said
        What is wrong with draws, and how it is said.
    """

    program: Program = field(metadata=EXACT)
    columns: tuple[Sum, ...]
    coordinates: tuple[Sum, ...] | None
    starts: NDArray[np.float64] = field(metadata=EXACT)
    steps: NDArray[np.float64] = field(metadata=EXACT)
    mass: NDArray[np.float64] = field(metadata=EXACT)
    points: NDArray[np.float64] = field(metadata=EXACT)
    values: NDArray[np.float64] = field(metadata=EXACT)
    gradients: NDArray[np.float64] = field(metadata=EXACT)
    saying: tuple[Said, ...]


def engine_view(
    model: Model,
    posterior: Posterior,
    data: DataView | Unavailable,
    draws: DrawsView | Unavailable,
    estimates: Sequence[Estimate],
) -> EngineView | Unavailable:
    """Collect what it takes to sample a fit again.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    data : DataView or Unavailable
    draws : DrawsView or Unavailable
    estimates : sequence of Estimate

    Returns
    -------
    EngineView or Unavailable
    """
    if isinstance(draws, Unavailable):
        return draws
    program = _program(model, posterior, data)
    if isinstance(program, Unavailable):
        return program
    constrained = constrained_draws(program, posterior)
    scalars = {one.scalar.label: one.scalar for one in estimates}
    columns = column_sums(
        model.pymc,
        program,
        constrained.reshape(-1, program.n_dim),
        [scalars[one.label] for one in draws.columns],
    )
    if isinstance(columns, str):
        return Unavailable(
            unavailable=f"{columns} is computed from the parameters, neither as a sum nor as a scaled effect, "
            "so the page cannot sample it again."
        )
    moved = unconstrained_draws(program, constrained)
    starts = last_points(moved)
    if starts is None:
        return Unavailable(unavailable="A chain has no draw within the bounds of the parameters.")
    points = _points(starts, moved)
    values, gradients = witness.witness(model.pymc, program, points)
    if not (np.isfinite(values).all() and np.isfinite(gradients).all()):
        return Unavailable(
            unavailable="PyMC's log density is not finite at the draws, so the page cannot compare itself."
        )
    return EngineView(
        program=program,
        columns=columns,
        coordinates=coordinate_sums(columns, program.n_dim),
        starts=starts,
        steps=posterior.statistics["step_size"].values[:, -1].astype(np.float64),
        mass=variances(moved),
        points=points,
        values=values,
        gradients=gradients,
        saying=said(len(starts)),
    )


def _program(model: Model, posterior: Posterior, data: DataView | Unavailable) -> Program | Unavailable:
    """Give the program, if its rows are those of the Data tab."""
    if posterior.engine != "instant":
        return Unavailable(unavailable=_not_instant(posterior))
    program = posterior.program
    if program is None:
        return Unavailable(
            unavailable=f"The page samples models of up to {MOST_NUMBERS:,} numbers, and this one has more."
        )
    if isinstance(data, Unavailable) or model.response is None:
        return Unavailable(
            unavailable="The rows of the response are not here, so the page cannot sample it again."
        )
    if data.n_shown < data.n_rows:
        return Unavailable(
            unavailable=f"{data.n_shown:,} of {data.n_rows:,} rows are here, and the page samples again only with all."
        )
    if len(program.likelihoods) != 1:
        count = len(program.likelihoods)
        return Unavailable(
            unavailable=f"The model has {count} observed variables, and the page samples models of one."
        )
    lacking = [one.name for one in program.variables if one.name not in posterior.tree["posterior"]]
    if lacking:
        return Unavailable(
            unavailable=f"The draws of {lacking[0]} were not kept, so the page cannot begin at them."
        )
    if not _same_rows(program.likelihoods[0], model.response.values[used_rows(model)]):
        return Unavailable(unavailable="The rows of the Data tab are not those of the likelihood.")
    return program


def _not_instant(posterior: Posterior) -> str:
    if posterior.why.startswith(NOT_INSTANT):
        return f"The page cannot sample this model again: {posterior.why.removeprefix(NOT_INSTANT)}."
    return f"The page samples fits of the instant engine again, and {posterior.engine} made this one."


def _same_rows(likelihood: Factor, response: Floats) -> bool:
    value, *others = likelihood.slots
    if likelihood.rows != len(response) or not isinstance(value, Constant):
        return False
    shown = [value.values]
    # Data shows proportions of a formula's trials.
    if likelihood.distribution in TRIALS and isinstance(others[0], Constant):
        with np.errstate(all="ignore"):
            shown.append(value.values / others[0].values)
    return any(np.array_equal(np.broadcast_to(one, len(response)), response) for one in shown)


def constrained_draws(program: Program, posterior: Posterior) -> Floats:
    """Give the draws of the free variables, shape (n_chains, n_draws, n_dim)."""
    drawn = posterior.tree["posterior"].dataset
    parts = [drawn[one.name].transpose("chain", "draw", ...).values for one in program.variables]
    return np.concatenate([part.reshape(*part.shape[:2], -1) for part in parts], axis=2).astype(np.float64)


def unconstrained_draws(program: Program, constrained: Floats) -> Floats:
    """Take draws to the sampler's scale; both have shape (n_chains, n_draws, n_dim)."""
    parts = [
        unconstrained(one, constrained[:, :, one.start : one.start + one.size]) for one in program.variables
    ]
    return np.concatenate(parts, axis=2)


def last_points(moved: Floats) -> Floats | None:
    """Give the last draw of each chain that is no bound; None where a chain has none."""
    places = [np.flatnonzero(np.isfinite(chain).all(axis=1)) for chain in moved]
    if not all(len(place) for place in places):
        return None
    return np.array([chain[place[-1]] for chain, place in zip(moved, places, strict=True)])


def variances(moved: Floats) -> Floats:
    """Give the variance of each unconstrained coordinate; 1 where the draws have none."""
    step = max(1, moved.size // MOST_VARIED)
    with np.errstate(all="ignore"):
        found = moved[:, ::step].reshape(-1, moved.shape[2]).var(axis=0)
    return np.where(np.isfinite(found) & (found > 0), found, 1.0)


def _points(starts: Floats, moved: Floats) -> Floats:
    """Choose points of different chains; of few chains, other draws besides."""
    others = moved[:, :: max(1, moved.shape[1] // POINTS)].reshape(-1, moved.shape[2])
    every = np.concatenate([starts[:POINTS], others[np.isfinite(others).all(axis=1)]])
    return np.unique(every[:POINTS], axis=0) if len(starts) < POINTS else every[:POINTS]
