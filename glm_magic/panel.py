"""The live panel: traits, and nothing else."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from glm_magic.display import form
from glm_magic.display.pages import page
from glm_magic.document import STATIC, bundled, slot_html
from glm_magic.errors import ModelError
from glm_magic.traits import TABS, TRAITS, first_state
from glm_magic.views import Unavailable
from glm_magic.views.panel import FitView
from glm_magic.wire import Payload


def _synced(name: str) -> traitlets.TraitType[Any, Any]:
    """Make the traitlet of one row of the table."""
    row = TRAITS[name]
    kinds: dict[str, Callable[[], traitlets.TraitType[Any, Any]]] = {
        "tab": lambda: traitlets.Enum(tuple(TABS), row.default, help=row.help),
        "int": lambda: traitlets.Int(row.default, min=row.min, max=row.max, help=row.help),
        "float": lambda: traitlets.Float(row.default, min=row.min, max=row.max, help=row.help),
        "bool": lambda: traitlets.Bool(row.default, help=row.help),
        "text": lambda: traitlets.Unicode(row.default, help=row.help),
        "change": lambda: traitlets.Dict(row.default, help=row.help),
    }
    return kinds[row.type]().tag(sync=True)


class Panel(anywidget.AnyWidget):
    """A fit's panel, an ipywidget.

    Parameters
    ----------
    view : FitView
    payload : Payload
        The same view, encoded.
    whole : callable, optional
        Gives the view with all draws, encoded, when the browser asks for them, or the reason why not.

    Attributes
    ----------
    tab : {"data", "trace", "pairs", "summary", "effects", "fan", "model"}
        The tab in front.
    n_lines : int
        Fan lines shown, from 0 to the number shipped.
    x : str
        The predictor along which Data and Fan are drawn; empty for the first.
    colour : str
        The categorical column that colours the points; empty for none.
    prob : float
        Probability of the equal-tailed intervals, from 0.01 to 0.99.
    what_if : dict
        What was changed of the fit in the browser, as keywords: ``fit.refit(**panel.what_if)`` is the same in Python.
    show_truth : bool
        Whether true values are shown, where they are known.
    slot : str
        Which element of the page the panel fills; empty where the host gives it a view.

    Notes
    -----
    The traits are synced, so that ``jslink((slider, "value"), (panel, "n_lines"))`` works,
    in a static page too.
    """

    # Read when the class is made; a checkout without a bundle says so when a panel is shown.
    _esm = STATIC / "widget.js" if (STATIC / "widget.js").is_file() else "export default {}"
    _css = STATIC / "widget.css" if (STATIC / "widget.css").is_file() else ""

    # Large and never written by the browser: an echo would only cost time.
    schema = traitlets.Dict().tag(sync=True, echo_update=False)
    buffer = traitlets.Bytes().tag(sync=True, echo_update=False)
    tab = _synced("tab")
    n_lines = _synced("n_lines")
    x = _synced("x")
    colour = _synced("colour")
    prob = _synced("prob")
    what_if = _synced("what_if")
    show_truth = _synced("show_truth")
    slot = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self, view: FitView, payload: Payload, whole: Callable[[], Payload | Unavailable] | None = None
    ) -> None:
        bundled("widget.js")
        # Known to the browser from the start: it looks for the slot once, when the model arrives.
        state = first_state(n_lines=view.n_lines, prob=view.prob, show_truth=view.show_truth)
        super().__init__(schema=payload.schema, buffer=payload.buffer, slot=uuid4().hex, **state)
        self._view = view
        self._payload = payload
        self._whole = whole
        self.on_msg(self._answer)

    @traitlets.validate("what_if")
    def _keywords(self, proposal: Any) -> dict[str, Any]:
        """Make a change plain: the browser knows no ranges, arrays or columns."""
        return {name: _plain(name, value) for name, value in proposal.value.items()}

    def _answer(self, _panel: Panel, message: Any, _buffers: Any) -> None:
        """Answer a question of the browser (js/src/source.ts): with a new payload, or why there is none."""
        match message:
            case {"ask": "draws", "id": question} if self._whole is not None:
                answer = self._whole()
            case {"ask": what, "id": question}:
                answer = Unavailable(unavailable=f"This kernel cannot answer the question {what!r}.")
            case _:
                return
        if isinstance(answer, Payload):
            with self.hold_sync():
                self.schema, self.buffer = answer.schema, answer.buffer
        refused = answer.unavailable if isinstance(answer, Unavailable) else ""
        self.send({"answer": question, "refused": refused})

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Give the page in the panel's slot, or beside the widget's own view where the host has no slots."""
        beside: dict[str, Any] = {"text/plain": self._view.title}
        match form():
            case "slot" as chosen:
                html = slot_html(self.slot, page(chosen, self._view, self._payload))
                return {**beside, "text/html": html}, {}
            case "shared" as chosen:
                return {**beside, "text/html": page(chosen, self._view, self._payload)}, {}
            case _:
                bundle = super()._repr_mimebundle_(**kwargs)
                data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
                html = page("widget", self._view, self._payload)
                return {**(data or {}), **beside, "text/html": html}, metadata


def _plain(name: str, value: Any) -> Any:
    """Write a keyword of `Fit.refit` as JSON has it; whether the model can have it is said in the panel."""
    match name, value:
        case "priors", Mapping():
            return {str(one): str(text) for one, text in value.items()}
        case "priors", _:
            raise ModelError(
                "priors of what_if are texts by name", remedy='Write {"priors": {"x": "Normal(0, 1)"}}.'
            )
        case (("rows" | "response"), Iterable()) if not isinstance(value, str | Mapping):
            try:
                return sorted(map(operator.index, value)) if name == "rows" else list(map(float, value))
            except (TypeError, ValueError) as problem:
                raise ModelError(f"{name} of what_if are numbers", remedy=_NUMBERS[name]) from problem
        case (("rows" | "response"), _):
            raise ModelError(f"{name} of what_if are numbers, one after the other", remedy=_NUMBERS[name])
        case _:
            raise ModelError(
                f"what_if has no {name!r}", remedy="It has keywords of fit.refit: priors, rows and response."
            )


_NUMBERS = {
    "rows": 'Give the positions of those to keep: {"rows": range(20)}.',
    "response": "Give the response of every row.",
}
