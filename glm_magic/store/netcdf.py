"""A tree of datasets as the bytes of a NetCDF file."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import h5py  # type: ignore[import-untyped]  # it publishes no types
import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.store.door import UnsoundError

UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
CODES = {word: code for code, word in UNITS.items()}
SINCE = re.compile(rf"({'|'.join(UNITS.values())}) since 1970-01-01")
NOT_A_TIME = np.iinfo(np.int64).min


def to_netcdf(tree: xarray.DataTree) -> bytes:
    """Write a tree to memory: the HDF5 library does not survive a disk that fills up under it.

    Parameters
    ----------
    tree : xarray.DataTree

    Returns
    -------
    bytes
        The file; BytesIO gives it without a copy.

    Raises
    ------
    UnsoundError
        If NetCDF cannot hold it.
    """
    image = io.BytesIO()
    try:
        # The file and some room to grow. Were memory to end while HDF5 writes, its error would say nothing of it.
        bytearray(sum(node.to_dataset().nbytes for node in tree.subtree) * 5 // 4)
        tree.map_over_datasets(_storable).to_netcdf(image, engine="h5netcdf")
    except MemoryError as problem:
        raise UnsoundError("there is not enough memory for the file") from problem
    # The user may have put anything into the tree; xarray, h5netcdf and h5py each refuse in their own way.
    except Exception as problem:
        raise UnsoundError(f"NetCDF cannot hold what is in fit.posterior: {problem}") from problem
    return image.getvalue()


def _storable(dataset: xarray.Dataset) -> xarray.Dataset:
    """Replace what NetCDF does not have: objects that are not text, two-byte numbers, odd attributes."""
    made = {name: _storable_variable(variable) for name, variable in dataset.variables.items()}
    return xarray.Dataset(
        {name: made[name] for name in dataset.data_vars},
        coords={name: made[name] for name in dataset.coords},
        attrs=_storable_attributes(dataset.attrs),
    )


def _storable_variable(variable: xarray.Variable) -> xarray.Variable:
    values, attributes = np.asarray(variable.values), _storable_attributes(variable.attrs)
    match values.dtype.kind:
        case "O" | "U" | "T":
            texts = [_storable_text(str(item)) for item in values.ravel()]
            values = np.array(texts, dtype=str).reshape(values.shape)
        case "f" if values.dtype.itemsize == 2:
            values = values.astype(np.float32)
        case "M" | "m":
            values, times = _ticks(values)
            attributes |= times
    return xarray.Variable(variable.dims, values, attributes)


def _storable_text(text: str) -> str:
    """Replace what ends a text of HDF5, and what is no character."""
    return text.replace("\0", "␀").encode("utf-8", "backslashreplace").decode("utf-8")


def _storable_attributes(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in attributes.items():
        match value:
            case bool():
                kept[str(name)] = int(value)
            case str():
                kept[str(name)] = _storable_text(value)
            case int() | float() | np.integer() | np.floating():
                kept[str(name)] = value
    return kept


def _ticks(times: NDArray[Any]) -> tuple[NDArray[Any], dict[str, Any]]:
    """Write times as whole numbers of their own unit, with the attributes that say so in NetCDF.

    xarray's own choice of unit is not what was given to it: it reads microseconds back as
    nanoseconds, and the year 5000 not at all.
    """
    unit = np.datetime_data(times.dtype)[0]
    ticks = times.astype(np.int64)
    if times.dtype.kind == "m":
        attributes = {"units": UNITS[unit], "dtype": f"timedelta64[{unit}]"}
    else:
        attributes = {"units": f"{UNITS[unit]} since 1970-01-01", "calendar": "proleptic_gregorian"}
    missing: dict[str, Any] = {"_FillValue": NOT_A_TIME} if np.isnat(times).any() else {}
    return ticks, attributes | missing


def from_netcdf(content: bytes) -> xarray.DataTree:
    """Read a tree from the bytes of a NetCDF file.

    Parameters
    ----------
    content : bytes
        What follows the end of the file is ignored.

    Returns
    -------
    xarray.DataTree

    Raises
    ------
    UnsoundError
        If it is damaged, or no NetCDF file.
    """
    try:
        # Where HDF5 itself refuses, h5netcdf leaves half an object behind, which complains on its way out.
        with h5py.File(io.BytesIO(content), "r") as file:
            dict(file.attrs)
        with xarray.open_datatree(
            io.BytesIO(content), engine="h5netcdf", decode_times=False, decode_timedelta=False
        ) as opened:
            return opened.load().map_over_datasets(_restored)
    except MemoryError as problem:
        raise UnsoundError("there is not enough memory for what it claims to hold") from problem
    # A damaged byte surfaces wherever it is stumbled over, in HDF5, h5py, h5netcdf, NumPy or xarray.
    except Exception as problem:
        raise UnsoundError(f"it is damaged, or is no NetCDF file: {problem}") from problem


def _restored(dataset: xarray.Dataset) -> xarray.Dataset:
    """Make times of whole numbers again."""
    times = {name: _times(str(name), variable) for name, variable in dataset.variables.items()}
    return dataset.assign({name: variable for name, variable in times.items() if variable is not None})


def _times(name: str, variable: xarray.Variable) -> xarray.Variable | None:
    """Read times back; None for a variable that holds none."""
    units, calendar, dtype = (variable.attrs.get(key) for key in ("units", "calendar", "dtype"))
    since = SINCE.fullmatch(units) if isinstance(units, str) else None
    if since and calendar:
        dtype = f"datetime64[{CODES[since[1]]}]"
    elif isinstance(units, str) and calendar:
        # As xarray wrote them in files of version 1; whatever they were, these units hold them.
        coder = xarray.coders.CFDatetimeCoder(time_unit="us")
        return xarray.conventions.decode_cf_variable(name, variable, decode_times=coder)
    elif not (isinstance(dtype, str) and dtype.startswith("timedelta64")):
        return None
    ticks = variable.values
    if ticks.dtype.kind == "f":
        # xarray makes numbers with a missing value NaN.
        ticks = np.where(np.isnan(ticks), NOT_A_TIME, ticks)
    kept = {key: value for key, value in variable.attrs.items() if key not in ("units", "calendar", "dtype")}
    return xarray.Variable(variable.dims, ticks.astype(np.int64).astype(dtype), kept)
