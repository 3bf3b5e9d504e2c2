"""A fit in one NetCDF file: the posterior's groups, the panel's payload, the request, and a checksum.

- `netcdf`: a tree of datasets to the bytes of a file, and back
- `door`: whether what a file holds is a fit
- `request`: options, formula and data, from which the model is made again
- `columns`, `constants`: the data and the values that a formula names, as numbers and text

The file is a plain NetCDF file, which xarray and ArviZ open. Behind its last byte is a line with
the SHA-256 of all bytes before it; HDF5 ignores what follows its own end. A damaged byte is
noticed before the HDF5 library sees it, whatever it belongs to. A change by another program is
noticed too: HDF5 cuts the line off when it writes to the file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from os import PathLike

import xarray

from glm_magic import files
from glm_magic.errors import FileError
from glm_magic.posterior import Posterior
from glm_magic.store.door import PANEL, VERSION, Saved, UnsoundError, packed, unpacked, version_of
from glm_magic.store.netcdf import from_netcdf, to_netcdf
from glm_magic.store.request import REQUEST, Remembered, packed_request, unpacked_request
from glm_magic.wire import Payload

SEAL = b"\nglm-magic sha256 %s\n"
SEALED = re.compile(rb"\nglm-magic sha256 ([0-9a-f]{64})\n")
SEAL_LENGTH = len(SEAL % (b"0" * 64))


def save(
    path: str | PathLike[str], posterior: Posterior, payload: Payload, remembered: Remembered | None = None
) -> None:
    """Write a fit; the file is whole or not touched.

    Parameters
    ----------
    path : str or path-like
    posterior : Posterior
    payload : Payload
    remembered : Remembered, optional
        What the fit was asked for.

    Raises
    ------
    FileError
        If the file cannot be written there.
    """
    place = files.named(path)
    files.write(place, *_image(posterior, payload, remembered, str(place)))


def to_bytes(posterior: Posterior, payload: Payload, remembered: Remembered | None = None) -> bytes:
    """Give what `save` would write.

    Parameters
    ----------
    posterior : Posterior
    payload : Payload
    remembered : Remembered, optional

    Returns
    -------
    bytes

    Raises
    ------
    FileError
        If NetCDF cannot hold the fit.
    """
    return b"".join(_image(posterior, payload, remembered, "the fit"))


def _image(
    posterior: Posterior, payload: Payload, remembered: Remembered | None, name: str
) -> tuple[bytes, bytes]:
    """Write a fit to memory: the file, and the checksum that ends it."""
    try:
        tree = packed(posterior, payload)
        if remembered is not None:
            tree[f"{PANEL}/{REQUEST}"] = xarray.DataTree(packed_request(remembered))
        image = to_netcdf(tree)
    except UnsoundError as problem:
        raise FileError(f"cannot write {name!r}: {problem}") from problem
    return image, SEAL % hashlib.sha256(image).hexdigest().encode("ascii")


def load(path: str | PathLike[str]) -> Saved:
    """Read a fit.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Saved

    Raises
    ------
    FileError
        If there is no such file, it is damaged or was changed, or it is not a saved fit.
    """
    place = files.named(path)
    return from_bytes(files.read(place), str(place))


def from_bytes(content: bytes, name: str) -> Saved:
    """Read a fit from the bytes of a file.

    Parameters
    ----------
    content : bytes
    name : str
        What to call the file in messages.

    Returns
    -------
    Saved

    Raises
    ------
    FileError
        If it is damaged or was changed, or it is not a saved fit.
    """
    try:
        sealed = is_sealed(content)
        tree = from_netcdf(content)
        version = version_of(tree)
        if version is None:
            raise FileError(
                f"{name!r} is not a saved fit",
                remedy="Write one with fit.save(path); arviz reads other NetCDF files.",
            )
        if version > VERSION:
            raise FileError(
                f"{name!r} was saved by a newer glm-magic", remedy="pip install --upgrade glm-magic"
            )
        if version > 1 and not sealed:
            raise UnsoundError("another program has changed it, for its checksum is gone")
        saved = unpacked(tree)
        if REQUEST not in tree[PANEL].children:
            return saved
        return replace(
            saved, remembered=unpacked_request(tree[PANEL].children[REQUEST].to_dataset(inherit=False))
        )
    except UnsoundError as problem:
        raise FileError(
            f"{name!r} is damaged, or is no saved fit: {problem}",
            remedy="Take a copy that is whole, or fit and save again.",
        ) from problem


def is_sealed(content: bytes) -> bool:
    """Tell whether a file ends in its checksum; those of version 1 do not.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    bool

    Raises
    ------
    UnsoundError
        If it ends in another checksum than its own.
    """
    seal = SEALED.fullmatch(content, max(0, len(content) - SEAL_LENGTH))
    if seal is None:
        return False
    with memoryview(content)[: seal.start()] as body:
        if hashlib.sha256(body).hexdigest().encode("ascii") != seal[1]:
            raise UnsoundError("its checksum is not that of its content")
    return True
