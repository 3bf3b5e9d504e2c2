"""nutpie's trace as arrays: chains of Arrow columns in, one array per variable out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow
import xarray
from numpy.typing import NDArray

from glm_magic.engines.draws import rectangle
from glm_magic.errors import Interrupted
from glm_magic.model.names import dims_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What nutpie drew, without tuning.

    Attributes
    ----------
    variables : mapping of str to ndarray, shape (n_chains, n_draws, ...)
        As nutpie names them.
    statistics : xarray.Dataset
        Those with one value per draw, dims ``(chain, draw)``, as nutpie names them.
    incomplete : bool
        Whether draws are missing that were asked for.
    lost : tuple of int
        Positions of chains that never came near the others.
    begun_again : bool
        Whether these are other chains in their place, which did.
    """

    variables: Mapping[str, NDArray[Any]]
    statistics: xarray.Dataset
    incomplete: bool
    lost: tuple[int, ...] = ()
    begun_again: bool = False

    def dataset(self, dims: Mapping[str, Sequence[str | None]], labels: Mapping[str, Any]) -> xarray.Dataset:
        """Give the variables as a Dataset.

        Parameters
        ----------
        dims : mapping of str to sequence of str
            Of each variable in the model; nutpie's own are cut at commas. A variable without dims has
            ``name_dim_0``, as ArviZ names them.
        labels : mapping of str to sequence
            Coordinates by dim; a dim without any is counted.

        Returns
        -------
        xarray.Dataset
            Dims ``(chain, draw, ...)``.
        """
        coords: dict[str, Any] = {name: self.statistics.coords[name].values for name in ("chain", "draw")}
        data: dict[str, Any] = {}
        for name, values in self.variables.items():
            own = dims_of(name, dims.get(name), values.ndim - 2)
            data[name] = (("chain", "draw", *own), values)
            coords |= {
                dim: labels.get(dim, np.arange(length))
                for dim, length in zip(own, values.shape[2:], strict=True)
            }
        return xarray.Dataset(data, coords=coords)


def collected(raw: Any, chains: int, draws: int) -> Trace:
    """Read a trace, cut to chains of one length after an interruption.

    Parameters
    ----------
    raw : nutpie._lib.PyTrace
        With ``return_raw_trace=True``, nutpie gives this.
    chains, draws : int
        What was asked for; draws of each chain, tuning not counted.

    Returns
    -------
    Trace

    Raises
    ------
    Interrupted
        No draw was kept.
    """
    drawn, statistics = raw.get_arrow_trace()
    tuned = [int(batch.column("tuning").to_numpy().sum()) for batch in statistics]
    lengths = [batch.num_rows - tuning for batch, tuning in zip(statistics, tuned, strict=True)]
    kept, n_draws = rectangle(lengths)
    if n_draws == 0:
        raise Interrupted("before any draw was kept")

    def read(batches: Sequence[Any], wanted: Callable[[Any], bool]) -> dict[str, NDArray[Any]]:
        fields = [field for field in batches[0].schema if wanted(field)]
        parts = {chain: batches[chain].slice(tuned[chain], n_draws) for chain in kept}
        return {field.name: _column([parts[chain] for chain in kept], field) for field in fields}

    plain = read(statistics, _one_number)
    return Trace(
        variables=read(drawn, _any),
        statistics=xarray.Dataset(
            {name: (("chain", "draw"), values) for name, values in plain.items()},
            coords={"chain": np.array(kept), "draw": np.arange(n_draws)},
        ),
        incomplete=len(kept) < chains or n_draws < draws,
    )


def _any(_field: Any) -> bool:
    return True


def _one_number(field: Any) -> bool:
    """Whether a column is a statistic with one value for each draw.

    Others are about elements of the point or about events, or say which draw it is.
    """
    of_more = {"dims", "shape", "event_dim"} & set(field.metadata_str)
    return not of_more and field.name not in ("chain", "draw", "tuning")


def _column(batches: Sequence[Any], field: Any) -> NDArray[Any]:
    """Read one column of all chains."""
    shape = [int(length) for length in field.metadata_str.get("shape", "").split(",") if length]
    chains = []
    for batch in batches:
        values = pyarrow.array(batch.column(field.name))
        # A list per draw: its numbers lie one after the other.
        flat = values.flatten() if shape else values
        chains.append(flat.to_numpy(zero_copy_only=False).reshape(len(values), *shape))
    return np.stack(chains)
