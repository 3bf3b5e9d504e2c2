"""The arguments of ``pm.sample(...)`` in a block: each is honoured, or noted."""

from __future__ import annotations

import inspect
from multiprocessing import get_context

import numpy as np
import pytest

from glm_magic.errors import BlockError
from glm_magic.request import Options
from glm_magic.request.arguments import (
    CHOOSE_PYMC,
    FOLLOW_PYMC,
    KNOWN,
    NOTED,
    NUTS_OF_PYMC,
    OPTION_OF,
    SETTINGS,
)
from glm_magic.request.block import read_block
from glm_magic.request.sampling import sample_options
from glm_magic.request.seeds import seed_of
from glm_magic.request.settings import Settings


def options_of(values: dict[str, object], given: str = "", **header: object) -> Options:
    """Read a call with these arguments, each written as its own name."""
    cell = read_block(f"idata = pm.sample({', '.join(f'{name}=_{name}' for name in values)})")
    return sample_options(cell.samples[0], values, frozenset(given.split()), Options(**header))  # type: ignore[arg-type]


def test_every_argument_of_pymc_is_known() -> None:
    import pymc

    documented = inspect.signature(pymc.sample).parameters
    named = {name for name, one in documented.items() if one.kind is not one.VAR_KEYWORD}
    assert named <= KNOWN
    steps = {getattr(one, "name", None) for one in vars(pymc).values() if hasattr(one, "competence")}
    assert "metropolis" in steps
    assert steps - {None, "nuts"} <= CHOOSE_PYMC
    # What PyMC takes as its default says nothing here.
    for name, silent in {**FOLLOW_PYMC, **{name: row[0] for name, row in NOTED.items()}}.items():
        if name in documented and documented[name].default is not inspect.Parameter.empty:
            assert documented[name].default == silent, name


def step() -> None:
    """Stand in for a step method."""


CONTEXT = get_context("spawn")
HONOURED = {
    # argument: (value, what the options become)
    "draws": (np.int64(5), {"draws": 5}),
    "tune": (7, {"tune": 7}),
    "chains": (2, {"chains": 2}),
    "cores": (1, {"cores": 1}),
    "random_seed": (3, {"seed": 3}),
    "target_accept": (0.9, {"target_accept": 0.9}),
    "nuts_sampler": ("pymc", {"engine": "pymc"}),
    "max_treedepth": (np.int64(12), {"settings": Settings(max_treedepth=12)}),
    "progressbar": (False, {"settings": Settings(progress=False)}),
    "quiet": (True, {"settings": Settings(progress=False)}),
    "var_names": (["m"], {"settings": Settings(var_names=("m",))}),
    "initvals": ({"m": 0.5}, {"settings": Settings(initvals={"m": 0.5})}),
    "idata_kwargs": (
        {"log_likelihood": True, "log_prior": ["m"], "coords": None},
        {"settings": Settings(groups={"log_likelihood": True, "log_prior": ["m"]})},
    ),
    "nuts": (
        {"target_accept": 0.95, "max_treedepth": 12},
        {"target_accept": 0.95, "settings": Settings(max_treedepth=12)},
    ),
    "nuts_sampler_kwargs": ({"maxdepth": 11}, {"settings": Settings(max_treedepth=11)}),
    "model": ("looked up when the block runs", {}),
}


@pytest.mark.parametrize("argument", HONOURED)
def test_an_argument_is_honoured(argument: str) -> None:
    value, expected = HONOURED[argument]
    options = options_of({argument: value}, lines=7)
    assert options == Options(**{"lines": 7, **expected})  # type: ignore[arg-type]
    assert type(options.draws) is int


@pytest.mark.parametrize("argument", [*sorted(CHOOSE_PYMC), *sorted(NUTS_OF_PYMC), "initvals"])
def test_an_argument_that_only_pymcs_sampler_takes_chooses_it(argument: str) -> None:
    options = options_of({argument: [{"m": 1}]})
    assert options.engine == "pymc"
    assert argument in options.settings.notes[0].message
    asked = options.settings.pymc
    assert asked == ({"nuts": {argument: [{"m": 1}]}} if argument in NUTS_OF_PYMC else {argument: [{"m": 1}]})
    assert options_of({argument: [{"m": 1}], "nuts_sampler": "pymc"}).settings.notes == ()
    with pytest.raises(BlockError, match="needs PyMC's own sampler, and nutpie is asked for"):
        options_of({argument: [{"m": 1}]}, given="engine", engine="nutpie")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("init", "adapt_diag"),
        ("n_init", 500),
        ("jitter_max_retries", 3),
        ("mp_ctx", CONTEXT),
        ("blas_cores", 2),
        ("backend", "numba"),
        ("compile_kwargs", {"mode": "NUMBA"}),
    ],
)
def test_an_argument_reaches_pymcs_sampler_or_is_noted(argument: str, value: object) -> None:
    assert argument in FOLLOW_PYMC
    options = options_of({argument: value})
    assert (options.engine, dict(options.settings.pymc)) == ("auto", {})
    assert options.settings.notes[0].message.startswith(f"{argument} has no effect")
    chosen = options_of({argument: value, "nuts_sampler": "pymc"})
    assert (dict(chosen.settings.pymc), chosen.settings.notes) == ({argument: value}, ())
    assert options_of({argument: FOLLOW_PYMC[argument]}).settings == Settings()


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("progressbar_theme", "a theme"),
        ("trace", "a backend"),
        ("discard_tuned_samples", False),
        ("keep_warning_stat", True),
        ("compute_convergence_checks", False),
        ("return_inferencedata", False),
    ],
)
def test_an_argument_without_meaning_here_is_noted(argument: str, value: object) -> None:
    (note,) = options_of({argument: value}).settings.notes
    assert note.message.startswith(f"{argument} has no effect: ")
    assert note.advice
    assert options_of({argument: NOTED[argument][0]}).settings == Settings()


def test_the_tables_hold_every_argument() -> None:
    tested = {*HONOURED, *CHOOSE_PYMC, *NUTS_OF_PYMC, *FOLLOW_PYMC, *NOTED}
    assert tested == KNOWN
    assert {*OPTION_OF, *SETTINGS} <= KNOWN


def test_none_counts_as_not_written() -> None:
    assert options_of(dict.fromkeys(KNOWN)) == Options()


def test_settings_of_an_engine_go_to_the_engine() -> None:
    asked = {"low_rank_modified_mass_matrix": True, "backend": "numba"}
    for engine in ("nutpie", "auto"):
        options = options_of({"nuts_sampler_kwargs": asked, "nuts_sampler": engine})
        assert options.engine == "nutpie"
        assert options.settings.engine == {"low_rank_modified_mass_matrix": True}
        assert "backend has no effect" in options.settings.notes[0].message
    numpyro = options_of({"nuts": {"dense_mass": True}, "nuts_sampler": "numpyro"})
    assert numpyro.settings.engine == {"dense_mass": True}


SEEDS = {
    "a whole number": 3,
    "of NumPy": np.int32(3),
    "an array without dims": np.array(3),
    "larger than most engines take": 2**40,
    "a list": [1, 2, 3, 4],
    "one of another length": (1, 2),
    "an array": np.array([1, 2, 3, 4]),
    "a generator": np.random.default_rng(1),
    "a bit generator": np.random.PCG64(1),
    "a legacy state": np.random.RandomState(1),
    "a sequence": np.random.SeedSequence(1),
}


@pytest.mark.parametrize("kind", SEEDS)
def test_a_seed_of_any_kind_is_one_number_and_repeats(kind: str) -> None:
    first, again = (options_of({"random_seed": SEEDS[kind]}).seed for _ in range(2))
    assert isinstance(first, int)
    assert 0 <= first < 2**32
    # A generator is not used up, as PyMC does not.
    assert first == again


def test_different_seeds_differ() -> None:
    seeds = {seed_of(seed) for seed in ([1, 2], [2, 1], [1], 2**40, 2**41, [12], 1)}
    assert len(seeds) == 7


@pytest.mark.parametrize(
    ("values", "header", "message"),
    [
        ({"draws": 3000}, {"draws": 500}, "draws is given twice: 3000 in sample(...) and 500 in the header"),
        ({"draws": 500}, {"draws": 500}, "draws is given twice"),
        ({"nuts_sampler": "pymc"}, {"engine": "nutpie"}, "engine is given twice"),
        ({"nuts": {"target_accept": 0.9}}, {"target_accept": 0.8}, "target_accept is given twice"),
        ({"nuts": {"target_accept": 0.9}, "target_accept": 0.9}, {}, "target_accept is given twice"),
        ({"nuts": {"max_treedepth": 9}, "max_treedepth": 9}, {}, "max_treedepth is given twice"),
        ({"nuts": {"gamma": 9}, "nuts_sampler_kwargs": {"gamma": 9}}, {}, "gamma is given twice"),
        ({"tune": -1}, {}, "tune must be a whole number of at least 0, not -1"),
        ({"random_seed": -1}, {}, "random_seed must be a whole number"),
        ({"random_seed": [1, -2]}, {}, "random_seed must be a whole number"),
        ({"random_seed": "a"}, {}, "random_seed must be a whole number"),
        ({"random_seed": True}, {}, "random_seed must be a whole number"),
        ({"nuts_sampler": "stan"}, {}, "nuts_sampler must be one of"),
        ({"max_treedepth": 0}, {}, "max_treedepth must be a whole number of at least 1"),
        ({"nuts": 3}, {}, "nuts must be a dict"),
        ({"nuts": {"target_acept": 0.9}}, {}, "no setting 'target_acept'"),
        ({"idata_kwargs": {"log_likelyhood": True}}, {}, "idata_kwargs has no 'log_likelyhood'"),
        ({"idata_kwargs": {"dims": 3}}, {}, "dims must be a dict"),
        ({"initvals": 3}, {}, "initvals must be a dict or a list of dicts"),
        ({"var_names": 3}, {}, "var_names must be names"),
    ],
)
def test_a_wrong_argument_is_an_error(
    values: dict[str, object], header: dict[str, object], message: str
) -> None:
    with pytest.raises(BlockError) as caught:
        options_of(values, given=" ".join(header), **header)
    assert message in caught.value.message
    assert caught.value.remedy
    assert caught.value.where is not None
    assert caught.value.where.words() in {f"_{name}" for name in values} | {
        f"pm.sample({', '.join(f'{name}=_{name}' for name in values)})"
    }


def test_what_stands_behind_stars_is_checked_when_it_is_known() -> None:
    cell = read_block("idata = pm.sample(**settings)")
    with pytest.raises(BlockError, match="no argument drows"):
        sample_options(cell.samples[0], {"drows": 3}, (), Options())
