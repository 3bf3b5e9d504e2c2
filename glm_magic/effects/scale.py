"""The mean of the response, or its linear predictor, at each draw."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np

from glm_magic.effects import Scale
from glm_magic.errors import ModelError
from glm_magic.model import FormulaSource
from glm_magic.model.families import CIRCULAR, PER_CATEGORY
from glm_magic.predict import means_at
from glm_magic.predict.new_groups import Part
from glm_magic.predict.rows import Rows
from glm_magic.predict.summary import Drawn
from glm_magic.predictor import Link
from glm_magic.predictor.formula.design import linear, parent_of
from glm_magic.predictor.formula.expectation import parameters_over
from glm_magic.predictor.response import response_over
from glm_magic.predictor.words import modelled, scale_of


def check_scale(source: FormulaSource, scale: Scale) -> None:
    """Refuse a scale on which a family has no single number whose differences and averages are meaningful.

    Parameters
    ----------
    source : FormulaSource
    scale : {"response", "link"}

    Raises
    ------
    ModelError
    """
    if scale == "link" and source.family in PER_CATEGORY:
        raise ModelError(
            f"the linear predictors of family {source.family!r} are not one number for each category",
            remedy='Leave scale="link" out: the probability of each category is on the response scale.',
        )
    if scale == "response" and source.family in CIRCULAR:
        raise ModelError(
            "differences and averages of directions depend on where the circle is cut",
            remedy='Write scale="link", or see the mean directions themselves with fit.predict.',
        )


def words_of(source: FormulaSource, scale: Scale) -> str:
    """Say what is evaluated: ``"P(hit = 1)"``, ``"log odds of P(hit = 1)"``."""
    return modelled(source, {}) if scale == "response" else scale_of(source)


def drawn_at(source: FormulaSource, part: Part, rows: Rows, scale: Scale) -> list[Drawn]:
    """Evaluate the draws at some rows.

    Parameters
    ----------
    source : FormulaSource
    part : Part
    rows : Rows
        All rows, of which the part has some.
    scale : {"response", "link"}

    Returns
    -------
    list of Drawn
        One; or one for each category of the response.
    """
    if scale == "response":
        return means_at(source, part, rows)
    if source.link in get_args(Link) and not parent_of(source).hsgp_terms:
        mean = linear(source, part.frame, rows.factors)
        return [Drawn(draws=response_over(replace(mean, link="identity"), part.samples))]
    # Gaussian processes are evaluated by Bambi, which gives the parameter.
    parent = source.bambi.family.likelihood.parent
    values = parameters_over(source, part.frame, rows.factors)(part.samples)[parent]
    return [Drawn(draws=np.asarray(source.bambi.family.link[parent].link(values)))]
