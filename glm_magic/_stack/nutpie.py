"""What nutpie 0.16.8 and nutpie 0.16.11 take and report differently."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

Heard = Callable[[list[tuple[int, int, int]]], None]
"""Receives (draws finished, draws in total, divergences) of each chain, in chain order."""


def nutpie_start(compiled: Any, hear: Heard, *, rate_ms: int = 100, **settings: Any) -> Any:
    """Start nutpie in the background and listen to its progress.

    Parameters
    ----------
    compiled : nutpie.compile_pymc.CompiledPyMCModel
        A compiled model.
    hear : callable
        Called from nutpie's thread, about every `rate_ms` milliseconds.
    rate_ms : int
        Milliseconds between calls.
    **settings
        Passed to `nutpie.sample`.

    Returns
    -------
    object
        nutpie's handle, with ``wait(timeout=)``, ``abort()`` and ``cancel()``.
    """
    import nutpie

    # nutpie's own bar is off: it would print to the cell next to ours.
    common = {"progress_bar": False, "blocking": False, "progress_rate": rate_ms, **settings}
    if "progress_callback" in inspect.signature(nutpie.sample).parameters:

        def tell(chains: Iterable[Any]) -> None:
            hear([(one.finished_draws, one.total_draws, one.divergences) for one in chains])

        return nutpie.sample(compiled, progress_callback=tell, **common)
    return nutpie.sample(TemplateProgress(compiled, hear, rate_ms), **common)


def nutpie_mass(kind: str) -> dict[str, Any]:
    """Give the setting of `nutpie.sample` for a mass matrix ``"low_rank"``, or ``"draw_diag"``, of draws alone."""
    import nutpie

    if "adaptation" in inspect.signature(nutpie.sample).parameters:
        return {"adaptation": kind}
    draws_alone = kind == "draw_diag"
    return {"use_grad_based_mass_matrix": False} if draws_alone else {"low_rank_modified_mass_matrix": True}


_TEMPLATE = (
    "{% for chain in chains %}"
    "{{ chain.finished_draws }} {{ chain.total_draws }} {{ chain.divergences }};"
    "{% endfor %}"
)


class TemplateProgress:
    """A compiled model whose sampler reports progress, for a nutpie without a callback.

    nutpie 0.16.8 reports only through the text of its notebook display: a template that
    it fills in and hands to a callback. It builds the sampler by asking the compiled
    model, which is where this stand-in puts a template of plain numbers.
    """

    def __init__(self, compiled: Any, hear: Heard, rate_ms: int) -> None:
        self._compiled = compiled
        self._hear = hear
        self._rate_ms = rate_ms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)

    def _tell(self, filled: str) -> None:
        rows = [row.split() for row in filled.split(";") if row.strip()]
        self._hear([(int(done), int(total), int(bad)) for done, total, bad in rows])

    def _make_sampler(self, settings: Any, init_mean: Any, cores: int, progress: Any, *rest: Any) -> Any:
        from nutpie import _lib

        if hasattr(_lib.ProgressType, "template_callback"):
            progress = _lib.ProgressType.template_callback(self._rate_ms, _TEMPLATE, cores, self._tell)
        return self._compiled._make_sampler(settings, init_mean, cores, progress, *rest)


def nutpie_data_names(compiled: Any) -> set[str]:
    """List the shared variables that a compiled model reads, by the names that its ``with_data`` takes."""
    # Old versions know them by name, new ones by variable.
    keys = getattr(compiled, "shared_var_keys", None)
    return set(compiled.shared_data) if keys is None else {variable.name for variable in keys}


def nutpie_model(**parts: Any) -> Any:
    """Make a model for nutpie from function pointers.

    Parameters
    ----------
    **parts
        Fields of `nutpie.compile_pymc.CompiledPyMCModel` that all versions have.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
        Fields that only newer versions have are empty.
    """
    from dataclasses import MISSING, fields

    from nutpie.compile_pymc import CompiledPyMCModel

    empty: dict[str, Any] = {"shared_var_keys": {}, "reparameterized_names": []}
    needed = {field.name for field in fields(CompiledPyMCModel) if field.default is MISSING}
    return CompiledPyMCModel(**parts, **{name: empty[name] for name in needed - set(parts)})
