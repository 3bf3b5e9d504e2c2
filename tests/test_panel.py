"""The live panel: its traits are tested with the hosts (browser/); here, what it answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from glm_magic import glm
from glm_magic.errors import ModelError
from glm_magic.views.draws import MOST_NUMBERS
from glm_magic.views.panel import PanelView
from glm_magic.wire import Payload, decode


@pytest.fixture(scope="module")
def fit():
    """A fit whose draws are thinned for the browser."""
    rng = np.random.default_rng(8927)
    group = np.arange(400) % 80
    y = rng.normal(size=80)[group] + rng.normal(size=400)
    return glm("y ~ 1 + (1|g)", pd.DataFrame({"y": y, "g": [f"g{one}" for one in group]}), seed=8927)


@pytest.fixture
def panel(fit):
    """A panel, and what it has sent."""
    made = fit.panel()
    made.sent = []
    made.send = made.sent.append
    return made


def draws_of(panel):
    return decode(PanelView, Payload(schema=panel.schema, buffer=panel.buffer)).fits[0].draws


def test_all_draws_come_when_they_are_asked_for(fit, panel):
    before = draws_of(panel)
    assert before.every > 1
    assert before.values.size <= MOST_NUMBERS
    panel._handle_custom_msg({"ask": "draws", "id": 7}, [])
    after = draws_of(panel)
    assert panel.sent == [{"answer": 7, "refused": ""}]
    assert (after.every, after.left_out) == (1, ())
    sigma = np.ravel(fit.posterior["posterior/sigma"])
    assert np.allclose(after.column("sigma"), sigma, atol=1e-6)


def test_what_cannot_be_answered_is_refused_with_the_reason(fit, panel, monkeypatch):
    shipped = panel.buffer
    panel._handle_custom_msg({"ask": "the future", "id": 1}, [])
    panel._handle_custom_msg("hello", [])

    def broken(*_):
        raise MemoryError("no room")

    monkeypatch.setattr("glm_magic.fit.whole_view", broken)
    panel._handle_custom_msg({"ask": "draws", "id": 2}, [])
    assert [one["answer"] for one in panel.sent] == [1, 2]
    assert "'the future'" in panel.sent[0]["refused"]
    assert "no room" in panel.sent[1]["refused"]
    assert panel.buffer is shipped


def test_a_change_is_made_plain(panel):
    panel.what_if = {"priors": {"sigma": "HalfNormal(1)"}, "rows": range(3), "response": np.arange(2)}
    assert panel.what_if == {"priors": {"sigma": "HalfNormal(1)"}, "rows": [0, 1, 2], "response": [0.0, 1.0]}
    panel.what_if = {"rows": np.array([2, 0])}
    assert panel.what_if == {"rows": [0, 2]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prior": {"x": "Normal(0, 1)"}}, "what_if has no 'prior'"),
        ({"priors": "Normal(0, 1)"}, "priors of what_if are texts by name"),
        ({"rows": 3}, "rows of what_if are numbers, one after the other"),
        ({"rows": "12"}, "rows of what_if are numbers, one after the other"),
        ({"rows": [0.5]}, "rows of what_if are numbers"),
        ({"response": ["high"]}, "response of what_if are numbers"),
        ({"response": {5: 3.0}}, "response of what_if are numbers, one after the other"),
    ],
)
def test_a_change_that_is_none_is_refused(change, words, panel):
    with pytest.raises(ModelError, match=words):
        panel.what_if = change
    assert panel.what_if == {}
