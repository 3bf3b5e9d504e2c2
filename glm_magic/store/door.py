"""What a file must hold to be a fit.

The same rules are asked of a fit before it is written, so that what was saved can be loaded, and
of a file before it becomes a `Fit`, so that nothing fails later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np
import xarray

from glm_magic.errors import FileError
from glm_magic.model.names import label_of
from glm_magic.posterior import Posterior
from glm_magic.store.version1 import upgraded
from glm_magic.traits import PROB
from glm_magic.views.panel import VERSION as PAYLOAD_VERSION
from glm_magic.views.panel import FitView, PanelView
from glm_magic.views.sound import contradiction
from glm_magic.views.summary import SummaryView
from glm_magic.wire import Payload, decode, encode

if TYPE_CHECKING:
    from glm_magic.store.request import Remembered

PANEL = "glm_magic"
FORMAT = "glm-magic fit"
# 1 had no checksum, 2 no request, 3 the first version of the payload. A new version of that is a new one of the file.
VERSION = 4
T = TypeVar("T")


class UnsoundError(Exception):
    """A file is no fit, or a fit cannot be a file; the message is a clause that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a `Posterior` holds besides its tree, as the file keeps it."""

    title: str
    engine: str
    seed: int
    requested: int
    incomplete: bool
    seconds: float
    group_terms: dict[str, str]
    circular: frozenset[str]
    why: str = ""
    fallback: str = ""
    # Files of version 0.1.0 have none.
    notes: tuple[str, ...] = ()
    lost: tuple[int, ...] = ()
    begun_again: bool = False
    # Nor does any older file have draws that could not be named.
    finished: bool = True
    # Nor variables that are not shown.
    internal: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a file holds.

    Attributes
    ----------
    posterior : Posterior
    view : FitView
    remembered : Remembered or None
        What the fit was asked for; None in files of versions 1 and 2.
    """

    posterior: Posterior
    view: FitView
    remembered: Remembered | None = None


def packed(posterior: Posterior, payload: Payload) -> xarray.DataTree:
    """Lay a fit out as the tree that its file holds.

    Parameters
    ----------
    posterior : Posterior
    payload : Payload

    Returns
    -------
    xarray.DataTree

    Raises
    ------
    UnsoundError
        If it could not be read back.
    """
    _check_draws(posterior.tree, _view(payload))
    record = Record(**{known.name: getattr(posterior, known.name) for known in fields(Record)})
    panel = xarray.Dataset(
        {"buffer": ("byte", np.frombuffer(payload.buffer, dtype=np.uint8))},
        attrs={"schema": json.dumps(payload.schema, allow_nan=False)},
    )
    tree = posterior.tree.copy()
    tree[PANEL] = xarray.DataTree(panel)
    tree.attrs = {"format": FORMAT, "version": VERSION, "fit": json.dumps(encode(record).schema)}
    return tree


def version_of(tree: xarray.DataTree) -> int | None:
    """Read the version of a saved fit; None for another file.

    Parameters
    ----------
    tree : xarray.DataTree

    Returns
    -------
    int or None

    Raises
    ------
    UnsoundError
        If there is no such version.
    """
    if tree.attrs.get("format") != FORMAT:
        return None
    version = tree.attrs.get("version")
    if isinstance(version, bool) or not isinstance(version, Integral) or version < 1:
        raise UnsoundError(f"its version is {version!r}")
    return int(version)


def unpacked(tree: xarray.DataTree) -> Saved:
    """Read a fit off the tree of its file.

    Parameters
    ----------
    tree : xarray.DataTree

    Returns
    -------
    Saved

    Raises
    ------
    UnsoundError
        If something is missing, is not what it should be, or does not fit the rest.
    """
    if PANEL not in tree.children:
        raise UnsoundError("it holds no panel")
    panel = tree[PANEL].to_dataset()
    buffer = panel.variables.get("buffer")
    if buffer is None or buffer.ndim != 1 or buffer.dtype != np.uint8:
        raise UnsoundError("the panel has no bytes")
    schema = json_of(panel.attrs.get("schema"), "the panel")
    view = _with_a_known_interval(_view(Payload(schema=schema, buffer=buffer.values.tobytes())))
    record = decoded(Record, Payload(schema=json_of(tree.attrs.get("fit"), "the fit"), buffer=b""))
    if record.seed < 0:
        raise UnsoundError(f"its seed is {record.seed}")
    groups = tree.copy()
    del groups[PANEL]
    groups.attrs = {}
    _check_draws(groups, view)
    own = {known.name: getattr(record, known.name) for known in fields(Record)}
    return Saved(view=view, posterior=Posterior(tree=groups, **own))


def json_of(text: object, what: str) -> dict[str, Any]:
    """Read an object off an attribute of the file.

    Parameters
    ----------
    text : object
        The attribute.
    what : str
        What it records.

    Returns
    -------
    dict

    Raises
    ------
    UnsoundError
        If it is no JSON.
    """

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"JSON has no {constant}")

    try:
        # xarray gives an attribute the type that the file says it has.
        found = json.loads(text, parse_constant=refuse) if isinstance(text, str) else None
    except (ValueError, RecursionError) as problem:
        raise UnsoundError(f"the record of {what} is no JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise UnsoundError(f"the record of {what} is missing")
    return found


def decoded(kind: type[T], payload: Payload) -> T:
    """Read a record, each field against its annotation.

    Parameters
    ----------
    kind : type
    payload : Payload

    Returns
    -------
    object
        Of type `kind`.

    Raises
    ------
    UnsoundError
        If it is no such record.
    """
    try:
        return decode(kind, payload)
    except FileError as problem:
        raise UnsoundError(problem.message) from problem


def _view(payload: Payload) -> FitView:
    panel = decoded(PanelView, Payload(schema=upgraded(payload.schema), buffer=payload.buffer))
    if panel.version != PAYLOAD_VERSION or len(panel.fits) != 1:
        raise UnsoundError(f"the panel is version {panel.version} and has {len(panel.fits)} fits")
    (view,) = panel.fits
    wrong = contradiction(view)
    if wrong:
        raise UnsoundError(f"the panel contradicts itself: {wrong}")
    return view


def _with_a_known_interval(view: FitView) -> FitView:
    """Bring the interval of an older file into the range of probabilities, and say so where it is printed."""
    if PROB.holds(view.prob):
        return view
    prob = PROB.nearest(view.prob)
    note = f"The file asks for intervals of probability {view.prob:g}; the nearest that can be shown is {prob:g}."
    summary = view.tabs.summary
    if isinstance(summary, SummaryView):
        summary = replace(summary, notes=(*summary.notes, note))
    return replace(view, prob=prob, tabs=replace(view.tabs, summary=summary))


def _check_draws(tree: xarray.DataTree, view: FitView) -> None:
    """Check that the draws are draws, and those that the panel shows."""
    for group in ("posterior", "sample_stats"):
        if group not in tree.children:
            raise UnsoundError(f"the group {group!r} is missing")
    posterior, statistics = tree["posterior"].to_dataset(), tree["sample_stats"].to_dataset()
    if not posterior.data_vars:
        raise UnsoundError("the posterior has no variables")
    for name, draws in posterior.data_vars.items():
        # A variable may have no numbers, as one per level of nothing; it has draws nevertheless.
        if not draws.sizes.get("chain") or not draws.sizes.get("draw"):
            raise UnsoundError(f"{name!r} has no chains or no draws")
        if draws.dtype.kind not in "biuf":
            raise UnsoundError(f"the draws of {name!r} are not numbers")
    for name, statistic in statistics.data_vars.items():
        for dim in ("chain", "draw"):
            if statistic.sizes.get(dim, posterior.sizes[dim]) != posterior.sizes[dim]:
                raise UnsoundError(f"{name!r} has another number of {dim}s than the posterior")
    _check_names(posterior, view)


def _check_names(posterior: xarray.Dataset, view: FitView) -> None:
    """Check that each row of the summary is of a variable that has draws."""
    if not isinstance(view.tabs.summary, SummaryView):
        return
    labels = [label_of(str(name)) for name in posterior.data_vars]
    for row in view.tabs.summary.rows:
        if not any(row.label == label or row.label.startswith(f"{label}[") for label in labels):
            raise UnsoundError(f"the panel shows {row.label!r}, of which there are no draws")
