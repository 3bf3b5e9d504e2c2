"""Every finding on a fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glm_magic.diagnose import Finding
from glm_magic.diagnose.convergence import convergence_findings
from glm_magic.diagnose.data import data_findings
from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.sampler import argument_findings, sampler_findings
from glm_magic.model import Model
from glm_magic.posterior import Posterior
from glm_magic.request.again import Asked
from glm_magic.request.settings import Note
from glm_magic.stages import Attempt


def all_findings(
    model: Model,
    posterior: Posterior,
    estimates: Sequence[Estimate],
    asked: Asked,
    notes: Sequence[Note],
    attempt: Attempt,
) -> tuple[Finding, ...]:
    """Apply every rule; one that fails costs its own findings.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    estimates : sequence of Estimate
    asked : Asked
        How the fit was asked for.
    notes : sequence of Note
        On the arguments of ``pm.sample(...)``.
    attempt : Attempt
        How each rule is run.

    Returns
    -------
    tuple of Finding
        In the order of the rules.
    """
    n_chains = posterior.draws.sizes["chain"]
    groups: dict[str, Callable[[], list[Finding]]] = {
        "the findings on the sampler": lambda: sampler_findings(posterior, asked, attempt),
        "the findings on convergence": lambda: convergence_findings(
            estimates, n_chains, posterior.engine, asked, attempt
        ),
        "the findings on the data": lambda: data_findings(model, asked, attempt),
        "the findings on the arguments": lambda: argument_findings(notes),
    }
    return tuple(one for name, group in groups.items() for one in attempt(name, group, lambda _: []))
