"""Write ``tests/wire/sensitivity.json``: posteriors, and what arviz-stats makes of their sensitivity, for vitest.

``python tests/wire/write_sensitivity.py``. Each case is a normal mean with a normal prior, whose posterior is known:
what is drawn from it needs no sampler. The last is the line of ``laboratory.json``, whose densities are written here
by hand: write this file again after that one.
"""

from __future__ import annotations

import json
import logging
import runpy
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
from arviz_base import from_dict
from arviz_stats import psense, psense_summary
from arviz_stats.base import array_stats
from scipy import stats

from glm_magic.files import write
from glm_magic.views.panel import PanelView
from glm_magic.wire import Payload, decode

LABORATORY = Path(__file__).parent / "laboratory.json"
SENSITIVITY = Path(__file__).parent / "sensitivity.json"
N_CHAINS, N_DRAWS = 4, 150
DIGITS = 6
ALPHAS = (0.99, 1.01)

# By case: the prior's mean and standard deviation, and those of the data's mean.
CASES = {
    "the likelihood says more": (0.0, 10.0, 1.0, 0.2),
    "prior and data are in conflict": (0.0, 0.5, 4.0, 0.5),
    "the prior says more": (1.0, 0.1, 1.0, 3.0),
}


def case(prior_mean: float, prior_sd: float, mean: float, sd: float) -> dict[str, Any]:
    """Draw from the posterior of one case, and compute with arviz-stats what the browser must find."""
    rng = np.random.default_rng(11)
    precision = prior_sd**-2 + sd**-2
    centre = (prior_mean * prior_sd**-2 + mean * sd**-2) / precision
    noise = rng.normal(size=(N_CHAINS, N_DRAWS))
    for draw in range(1, N_DRAWS):  # chains that remember: fewer draws count as independent
        noise[:, draw] = 0.5 * noise[:, draw - 1] + np.sqrt(0.75) * noise[:, draw]
    mu = np.round(centre + noise / np.sqrt(precision), DIGITS)
    log_prior = np.round(stats.norm.logpdf(mu, prior_mean, prior_sd), DIGITS)
    log_likelihood = np.round(stats.norm.logpdf(mean, mu, sd), DIGITS)
    quantities = {"mu": mu, "exponential": np.round(np.exp(mu), DIGITS), "rounded": np.round(mu, 1)}
    posterior = from_dict(
        {
            "posterior": quantities,
            "log_prior": {"mu": log_prior},
            "log_likelihood": {"y": log_likelihood[..., np.newaxis]},
        }
    )
    logging.getLogger("arviz_stats").setLevel(logging.ERROR)  # it logs what it finds
    summary = psense_summary(posterior, round_to=12)
    return {
        "log_prior": log_prior.ravel().tolist(),
        "log_likelihood": log_likelihood.ravel().tolist(),
        "k": {"prior": largest_k(log_prior), "likelihood": largest_k(log_likelihood)},
        "quantities": {
            name: {
                "draws": values.ravel().tolist(),
                "prior": float(psense(posterior, var_names=name, group="prior")[name]),
                "likelihood": float(psense(posterior, var_names=name, group="likelihood")[name]),
                "diagnosis": summary.loc[name, "diagnosis"],
            }
            for name, values in quantities.items()
        },
    }


def largest_k(log_density: Any) -> float:
    """Give the larger Pareto k of both powers, with as many draws in the tail as `psense` takes."""
    draws = log_density.reshape(1, -1)
    efficiency = float(array_stats.ess(draws, method="tail", prob=0.05, relative=True))
    return max(float(array_stats.psislw(-(alpha - 1) * draws[0], r_eff=efficiency)[1]) for alpha in ALPHAS)


def line() -> dict[str, Any]:
    """Compute the sensitivity of the line of ``laboratory.json``, by its shipped draws and its rows."""
    panels = json.loads(LABORATORY.read_text("utf-8"))["fits"]
    (stored,) = [one for one in panels if one["name"] == "line"]
    (fit,) = decode(PanelView, Payload(schema=stored["schema"], buffer=b64decode(stored["buffer"]))).fits
    draws = fit.draws
    labels = [column.label for column in draws.columns]
    values = draws.values.astype(float) + draws.centre[:, None, None]
    numbers = dict(zip(labels, values, strict=True))
    data = runpy.run_path(str(LABORATORY.parent / "write_laboratory.py"))["data"]()
    x, y = data["x"].to_numpy(), data["y"].to_numpy()
    given = {
        one.name: {argument.name: float(argument.values[0]) for argument in one.arguments}
        for one in fit.tabs.model.priors
    }
    centred = numbers["Intercept"] + x.mean() * numbers["x"]
    slope, spread = given["x"], given["sigma"]
    log_prior = (
        stats.norm.logpdf(centred, given["Intercept"]["mu"], given["Intercept"]["sigma"])
        + stats.norm.logpdf(numbers["x"], slope["mu"], slope["sigma"])
        + stats.t.logpdf(numbers["sigma"], spread["nu"], scale=spread["sigma"])
    )
    mean = numbers["Intercept"][..., None] + numbers["x"][..., None] * x
    log_likelihood = stats.norm.logpdf(y, mean, numbers["sigma"][..., None])
    posterior = from_dict(
        {"posterior": numbers, "log_prior": {"all": log_prior}, "log_likelihood": {"y": log_likelihood}}
    )
    return {
        name: {
            part: float(psense(posterior, var_names=name, group=part)[name])
            for part in ("prior", "likelihood")
        }
        for name in labels
    }


def sensitivity() -> dict[str, Any]:
    """Give the content of `SENSITIVITY`."""
    return {"cases": {name: case(*numbers) for name, numbers in CASES.items()}, "line": line()}


if __name__ == "__main__":
    write(SENSITIVITY, (json.dumps(sensitivity(), allow_nan=False) + "\n").encode("utf-8"))
