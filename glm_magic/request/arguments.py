"""The arguments of `pymc.sample`, and who takes each of them.

Every argument is honoured or, where it has no meaning here, noted:

- an option: an option of ``%%glm`` under PyMC's name
- a setting: what the sampler and the bound draws should be beyond the options
- PyMC's own: what only PyMC's sampler understands. Some choose it, as in PyMC 6 (``step``, ``callback``);
  the others reach it when it draws, and are noted when it does not
"""

from __future__ import annotations

from collections.abc import Mapping

from glm_magic.errors import BlockError, Where, nearest

OPTION_OF: Mapping[str, str] = {
    "draws": "draws",
    "tune": "tune",
    "chains": "chains",
    "cores": "cores",
    "random_seed": "seed",
    "target_accept": "target_accept",
    "nuts_sampler": "engine",
}
"""PyMC's keyword to the field of `Options`."""

CHOOSE_PYMC = frozenset(
    [
        "step",
        "callback",
        "hmc",
        "slice",
        "metropolis",
        "binary_metropolis",
        "binary_gibbs_metropolis",
        "categorical_gibbs_metropolis",
        "DEMetropolis",
        "DEMetropolisZ",
    ]
)
"""They change what draws, and only PyMC's own sampler takes them."""

FOLLOW_PYMC: Mapping[str, object] = {
    "init": "auto",
    "n_init": 200_000,
    "jitter_max_retries": 10,
    "mp_ctx": None,
    "blas_cores": "auto",
    "backend": None,
    "compile_kwargs": None,
}
"""They reach PyMC's own sampler when it draws; with the value that is PyMC's default they say nothing."""

NOTED: Mapping[str, tuple[object, str, str]] = {
    # keyword: (the value with nothing to say, message, advice)
    "progressbar_theme": (None, "the progress is glm-magic's own", "progressbar=False hides it"),
    "trace": (None, "the draws are kept in memory", "Write them to a file with fit.save or idata.to_netcdf"),
    "discard_tuned_samples": (True, "draws of warm-up are not kept", "pm.sample outside %%glm gives them"),
    "keep_warning_stat": (False, "warnings of the sampler are findings", "Read them in the panel"),
    "compute_convergence_checks": (True, "the chains are checked all the same", "Read on as you please"),
    "return_inferencedata": (
        True,
        "the draws are bound as they are by default, with groups",
        'Write idata.posterior["x"] instead of trace["x"]',
    ),
}
"""They have no meaning here."""

SETTINGS = frozenset(
    ["progressbar", "quiet", "var_names", "initvals", "idata_kwargs", "nuts", "nuts_sampler_kwargs", "model"]
)
"""They become `Settings`; `model` is looked up when the block runs."""

NUTS_OF_PYMC = frozenset(
    ["early_max_treedepth", "step_scale", "Emax", "gamma", "k", "t0", "adapt_step_size", "potential",
     "scaling", "is_cov", "step_rand", "path_length", "dtype"]
)  # fmt: skip
"""Arguments of PyMC's NUTS that no other engine has."""

NUTS_OF_NUTPIE = frozenset(
    ["adaptation", "low_rank_modified_mass_matrix", "transform_adapt", "init_mean", "initial_step", "mindepth",
     "mass_matrix_eigval_cutoff", "mass_matrix_gamma", "mass_matrix_switch_freq", "max_energy_error",
     "early_window_switch_freq", "window_switch_freq", "step_size_adam_learning_rate", "step_size_adapt_method",
     "step_size_jitter", "train_on_orbit", "use_grad_based_mass_matrix", "check_turning"]
)  # fmt: skip
"""Settings of nutpie's NUTS; with another engine chosen, that engine decides what it takes."""

COMPILING = frozenset(["backend", "gradient_backend", "freeze_model"])
"""How nutpie would compile; here it compiles in one way."""

GROUPS = ("log_likelihood", "log_prior")
"""What ``idata_kwargs`` may ask for that is computed here."""

LABELS = ("coords", "dims")
"""What of ``idata_kwargs`` names the dimensions of the bound draws."""

OTHER_IDATA_KWARGS = (
    "prior", "posterior_predictive", "sample_dims", "model", "save_warmup", "include_transformed",
)  # fmt: skip
KNOWN = frozenset([*OPTION_OF, *CHOOSE_PYMC, *FOLLOW_PYMC, *NOTED, *SETTINGS, *NUTS_OF_PYMC, "max_treedepth"])

_RENAMED = {
    "start": "initvals",
    "njobs": "cores",
    "seed": "random_seed",
    "nuts_kwargs": "nuts",
    "warmup": "tune",
}


def check_arguments(places: Mapping[str, Where]) -> None:
    """Refuse arguments that `pymc.sample` does not have, before anything runs.

    Parameters
    ----------
    places : mapping of str to Where
        The values of the arguments that are written by name.

    Raises
    ------
    BlockError
        For the first of them.
    """
    for argument, where in places.items():
        if argument not in KNOWN:
            raise unknown_argument(argument, where)


def unknown_argument(argument: str, where: Where) -> BlockError:
    """Say that there is no such argument, and which was meant."""
    renamed = _RENAMED.get(argument)
    suggestion = nearest(argument, KNOWN) if renamed is None else f"Did you mean {renamed!r}?"
    return BlockError(
        f"sample(...) takes no argument {argument}",
        where=where,
        remedy=suggestion or f"Leave it out; known here: {', '.join(OPTION_OF)}.",
    )
