"""Everything the panel shows: its tabs, the findings and a footer."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from glm_magic.diagnose import Finding
from glm_magic.diagnose.failed import failed_findings
from glm_magic.model import FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.stages import Failure
from glm_magic.views import Unavailable, failed_tab
from glm_magic.views.data import DataView
from glm_magic.views.draws import DrawsView
from glm_magic.views.engine import EngineView
from glm_magic.views.fan import FanView
from glm_magic.views.model import ModelView
from glm_magic.views.predictor import PredictorView
from glm_magic.views.prior import NO_FAN, PriorView
from glm_magic.views.summary import SummaryView
from glm_magic.views.trace import TraceView
from glm_magic.wire import Payload, encode

VERSION = 2
NO_DRAWS = Unavailable(unavailable="The draws of this fit are not here.")
NO_MODEL = Unavailable(
    unavailable="The model of a panel that an older version saved is not here: fit again to see it."
)
NO_ENGINE = Unavailable(
    unavailable="A panel that an older version saved cannot be sampled again: fit again to change it."
)
NO_PREDICTOR = Unavailable(
    unavailable="Predictors cannot be moved in a panel that an older version saved: fit again to move them."
)
NO_PRIOR = Unavailable(unavailable=f"{NO_FAN}: this fit was saved without its draws.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabs:
    """What Python makes for tabs, under their names in `traits.TABS`; each is drawn, or says why not.

    A tab that the browser draws from `FitView.draws` or `FitView.predictor` alone has no field here.
    """

    data: DataView | Unavailable
    trace: TraceView | Unavailable
    summary: SummaryView | Unavailable
    fan: FanView | Unavailable
    model: ModelView | Unavailable = NO_MODEL


@dataclass(frozen=True, slots=True, kw_only=True)
class FitView:
    """What the panel shows of a fit.

    Attributes
    ----------
    title : str
        The formula or the model's name.
    tabs : Tabs
    findings : tuple of Finding
        Worst first.
    footer : str
        Engine, chains and draws, seed and time, in one line.
    n_lines : int
        Fan lines shown at first.
    prob : float
        Probability of the intervals shown at first.
    incomplete : bool
        Whether the run was interrupted.
    modelled : str
        What is modelled, where the title alone does not say it: ``"P(outcome = alive)"``.
    draws : DrawsView or Unavailable
    predictor : PredictorView or Unavailable
        What evaluates the mean in the browser; where there is none, the fan has the curves that Python made.
    prior : PriorView or Unavailable
        Draws from the prior, for the predictor.
    show_truth : bool
        Whether true values are shown at first.
    engine : EngineView or Unavailable
        What the browser samples again when the user changes something, or why it does not.
    """

    title: str
    tabs: Tabs
    findings: tuple[Finding, ...]
    footer: str
    n_lines: int
    prob: float
    incomplete: bool
    modelled: str = ""
    draws: DrawsView | Unavailable = NO_DRAWS
    predictor: PredictorView | Unavailable = NO_PREDICTOR
    prior: PriorView | Unavailable = NO_PRIOR
    show_truth: bool = True
    engine: EngineView | Unavailable = NO_ENGINE


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """The panel: fits, and the version of the record, which readers check.

    Attributes
    ----------
    fits : tuple of FitView
        One.
    version : int
    """

    fits: tuple[FitView, ...]
    version: int = VERSION


def payload_of(view: FitView) -> Payload:
    """Encode a fit for the browser.

    Parameters
    ----------
    view : FitView

    Returns
    -------
    Payload
        Without the curves of the fan, where the browser makes them itself.
    """
    fan = view.tabs.fan
    if isinstance(fan, FanView) and isinstance(view.predictor, PredictorView):
        view = replace(view, tabs=replace(view.tabs, fan=replace(fan, axes=(), left_out=())))
    return encode(PanelView(fits=(view,)))


def bare_payload(view: FitView) -> Payload:
    """Encode a fit of which nothing else can be, with its findings.

    Parameters
    ----------
    view : FitView
        Of `bare_panel`.

    Returns
    -------
    Payload
    """
    return encode(PanelView(fits=(view,)))


def kept_payload(view: FitView) -> Payload:
    """Encode a fit for a file, which holds the draws beside it.

    Parameters
    ----------
    view : FitView

    Returns
    -------
    Payload
    """
    return encode(PanelView(fits=(replace(view, draws=NO_DRAWS),)))


def bare_panel(posterior: Posterior, findings: tuple[Finding, ...], prob: float, failure: Failure) -> FitView:
    """Show a fit of which no tab could be made: its findings, and why."""
    missing = failed_tab(failure)
    return FitView(
        title=posterior.title,
        tabs=Tabs(**{field.name: missing for field in fields(Tabs)}),
        findings=(*findings, *failed_findings([failure])),
        footer=posterior.engine,
        n_lines=0,
        prob=prob,
        incomplete=posterior.incomplete,
    )


def footer(model: Model, posterior: Posterior) -> str:
    """Say in one line what ran.

    Parameters
    ----------
    model : Model
    posterior : Posterior

    Returns
    -------
    str
        ``"gaussian, identity link · instant (agrees with PyMC) · 4 chains × 1,000 draws · seed 8927 · 0.1 s"``.
    """
    n_chains, n_draws = (posterior.draws.sizes[dim] for dim in ("chain", "draw"))
    chains = f"{n_chains} chain{'s' * (n_chains != 1)} × {n_draws:,} draws"
    engine = f"{posterior.engine} ({posterior.why})" if posterior.why else posterior.engine
    ran = [engine, chains, f"seed {posterior.seed}", f"{posterior.seconds:.1f} s"]
    match model.source:
        case FormulaSource(family=family, link=link):
            ran.insert(0, f"{family}, {link} link")
    return " · ".join(ran)
