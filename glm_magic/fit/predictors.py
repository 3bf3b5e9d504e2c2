"""What the panel draws lines along: made of a model and its draws, when they are fresh and when they come back."""

from __future__ import annotations

from dataclasses import replace

from glm_magic.model import BlockSource, FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.predictor import NoPredictor, Predictor, predictors_of
from glm_magic.predictor.formula.axes import read_formula
from glm_magic.predictor.graph import read_graph
from glm_magic.stages import Stages
from glm_magic.views import failed_tab


def predictor_of(model: Model, posterior: Posterior, stages: Stages) -> Predictor | NoPredictor:
    """Read what the lines of the Fan tab need.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    stages : Stages
        Of this fit; hears what fails here.

    Returns
    -------
    Predictor or NoPredictor
    """

    def read() -> Predictor | NoPredictor:
        match model.source:
            case FormulaSource() if not posterior.finished:
                # Bambi's intercepts hold at the mean of the predictors: lines would be in the wrong place.
                return NoPredictor(reason="The posterior could not be made, so there are no lines of it.")
            case FormulaSource():
                return read_formula(model, stages.attempt)
            case BlockSource(vectors=vectors):
                return read_graph(model.pymc, vectors)

    return stages.attempt(
        "the Fan tab", read, lambda failure: NoPredictor(reason=failed_tab(failure).unavailable)
    )


def with_predictors(model: Model, predictor: Predictor | NoPredictor) -> Model:
    """Give a model the predictors that were found in its graph, where it does not name any.

    Parameters
    ----------
    model : Model
    predictor : Predictor or NoPredictor

    Returns
    -------
    Model
    """
    return replace(model, predictors=model.predictors or predictors_of(predictor))
