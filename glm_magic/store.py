"""A fit in one NetCDF file: the posterior's groups, and the panel's payload."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray

from glm_magic.errors import FileError
from glm_magic.posterior import Posterior
from glm_magic.wire import Payload

FORMAT = "glm-magic fit"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a file holds."""

    posterior: Posterior
    payload: Payload


def save(path: Path, posterior: Posterior, payload: Payload) -> None:
    """Write a fit, atomically: the file is whole or is not touched.

    Parameters
    ----------
    path : Path
    posterior : Posterior
    payload : Payload

    Raises
    ------
    FileError
        If the file cannot be written there.
    """
    record = {
        "title": posterior.title,
        "engine": posterior.engine,
        "seed": posterior.seed,
        "requested": posterior.requested,
        "incomplete": posterior.incomplete,
        "seconds": posterior.seconds,
        "group_terms": posterior.group_terms,
        "circular": sorted(posterior.circular),
        "why": posterior.why,
        "fallback": posterior.fallback,
        "notes": posterior.notes,
    }
    panel = xarray.Dataset(
        {"buffer": ("byte", np.frombuffer(payload.buffer, dtype=np.uint8))},
        attrs={"schema": json.dumps(payload.schema)},
    )
    tree = posterior.tree.copy()
    tree["glm_magic"] = xarray.DataTree(panel)
    tree.attrs = {"format": FORMAT, "version": VERSION, "fit": json.dumps(record)}
    temporary = None
    try:
        # In the same folder, so that the rename is one step of one file system.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        _storable(tree).to_netcdf(temporary, engine="h5netcdf")
        _like_a_new_file(temporary)
        temporary.replace(path)
    except OSError as problem:
        raise FileError(f"cannot write {str(path)!r}: {problem.strerror or problem}") from problem
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _storable(tree: xarray.DataTree) -> xarray.DataTree:
    """NetCDF has no booleans as attributes and no object arrays that are not text."""

    def plain(dataset: xarray.Dataset) -> xarray.Dataset:
        made = dataset.copy()
        for name, values in dataset.variables.items():
            if values.dtype == object:
                made[name] = (
                    values.dims,
                    np.array([str(item) for item in values.values.ravel()], dtype=str).reshape(values.shape),
                )
        return made.assign_attrs(
            {key: value for key, value in dataset.attrs.items() if isinstance(value, str | int | float)}
        )

    return tree.map_over_datasets(plain)


def _like_a_new_file(path: Path) -> None:
    """Give a temporary file, which only its owner may read, the mode of a new file."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def load(path: Path) -> Saved:
    """Read a fit.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Saved

    Raises
    ------
    FileError
        If there is no such file, or it is damaged, or it is not a saved fit.
    """
    if not path.is_file():
        raise FileError(f"no file {str(path)!r}")
    try:
        with xarray.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    # h5py reports a damaged file as OSError, KeyError or RuntimeError by where it is hurt.
    except (OSError, KeyError, RuntimeError, ValueError) as problem:
        raise FileError(f"{str(path)!r} is damaged, or is no NetCDF file: {problem}") from problem
    if tree.attrs.get("format") != FORMAT:
        raise FileError(
            f"{str(path)!r} is not a saved fit",
            remedy="Write one with fit.save(path); arviz reads other NetCDF files.",
        )
    if int(tree.attrs["version"]) > VERSION:
        raise FileError(
            f"{str(path)!r} was saved by a newer glm-magic", remedy="pip install --upgrade glm-magic"
        )
    try:
        return _saved(tree)
    except (KeyError, TypeError, ValueError) as problem:
        raise FileError(f"{str(path)!r} is damaged: {problem!r}") from problem


def _saved(tree: xarray.DataTree) -> Saved:
    record = json.loads(tree.attrs["fit"])
    panel = tree["glm_magic"].to_dataset()
    payload = Payload(
        schema=json.loads(panel.attrs["schema"]), buffer=panel["buffer"].values.astype(np.uint8).tobytes()
    )
    groups = {name: child.to_dataset() for name, child in tree.children.items() if name != "glm_magic"}
    posterior = Posterior(
        tree=xarray.DataTree.from_dict(groups),
        **{
            **record,
            "circular": frozenset(record["circular"]),
            # Files of version 0.1.0 have none.
            "notes": tuple(record.get("notes", ())),
        },
    )
    return Saved(posterior=posterior, payload=payload)
