"""The page is one file that allows itself nothing, whatever the labels hold."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from glm_magic import document, glm
from glm_magic.diagnose import Finding
from glm_magic.errors import FileError
from glm_magic.panel import Panel
from glm_magic.text import as_text
from glm_magic.traits import PROB
from glm_magic.views.panel import payload_of

HOSTILE = """</script><script>alert(1)</script><img src=x onerror="alert('2')">\n\u2028 ☃ & "'"""


def hostile(view):
    """The same view with a hostile title, labels and findings."""
    summary = view.tabs.summary
    rows = tuple(replace(row, label=HOSTILE + row.label) for row in summary.rows)
    finding = Finding(rule="r", severity="warning", message=HOSTILE, advice=HOSTILE)
    tabs = replace(view.tabs, summary=replace(summary, rows=rows))
    return replace(view, title=HOSTILE, tabs=tabs, findings=(finding,), footer=HOSTILE)


class Elements(HTMLParser):
    """Counts elements, keeps scripts and attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.attributes, self.inside = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data


def written(view):
    return document.page_html(view, payload_of(view))


def test_the_policy_names_the_one_script_and_the_one_style_by_hash(line_fit):
    text = written(line_fit.view)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    # Chains are sampled in workers made of the page's own script; nothing else may be one.
    assert [part for part in policy.split("; ") if "blob:" in part] == ["worker-src blob:"]
    for tag in ("script>", "style>"):
        body = text.split(f"<{tag}")[1].split(f"</{tag}")[0]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_page_asks_for_nothing(line_fit):
    elements = Elements(written(line_fit.view))
    assert not {"link", "img", "iframe", "object", "base"} & set(elements.tags)
    assert not [value for name, value in elements.attributes if name in ("src", "href")]


def test_the_payload_is_in_the_page(line_fit):
    payload, _ = Elements(written(line_fit.view)).scripts
    state = json.loads(payload)
    assert base64.b64decode(state["buffer"]) == payload_of(line_fit.view).buffer
    assert (state["n_lines"], state["prob"], state["tab"]) == (100, 0.89, "data")


@pytest.mark.parametrize(
    "write", [written, document.table_html, lambda view: document.frame_html(view, payload_of(view))]
)
def test_hostile_labels_stay_text(line_fit, write):
    harmless, harmful = Elements(write(line_fit.view)), Elements(write(hostile(line_fit.view)))
    assert "img" not in harmful.tags
    assert harmful.tags.count("script") == harmless.tags.count("script")
    assert not [name for name, _ in harmful.attributes if name.startswith("on")]


def test_hostile_labels_are_still_there_to_read(line_fit):
    state = json.loads(Elements(written(hostile(line_fit.view))).scripts[0])
    assert state["schema"]["fits"][0]["title"] == HOSTILE


def test_the_frame_is_sandboxed_may_save_plots_and_needs_no_style_attribute(line_fit):
    attributes = dict(Elements(document.frame_html(line_fit.view, payload_of(line_fit.view))).attributes)
    assert attributes["sandbox"] == "allow-scripts allow-downloads"
    assert "style" not in attributes
    assert attributes["srcdoc"].startswith("<!doctype html>")


def test_a_whole_page_has_one_main_and_asks_for_one_title(line_fit):
    elements = Elements(written(line_fit.view))
    assert elements.tags.count("main") == 1
    assert dict(elements.attributes)["data-glm-heading"] == "1"
    assert dict(elements.attributes)["lang"] == "en"


@pytest.mark.parametrize("carries", [True, False])
def test_a_frame_leaves_main_and_title_to_the_page_around_it(line_fit, carries):
    payload = payload_of(line_fit.view)
    for text in (
        dict(Elements(document.frame_html(line_fit.view, payload)).attributes)["srcdoc"],
        document.shared_html(line_fit.view, payload, carries=carries),
    ):
        assert "<main" not in text
        assert "data-glm-heading=" not in text


def test_no_zero_is_negative(line_fit):
    summary = line_fit.view.tabs.summary
    rows = (replace(summary.rows[0], mean=-1e-9), *summary.rows[1:])
    view = replace(line_fit.view, tabs=replace(line_fit.view.tabs, summary=replace(summary, rows=rows)))
    assert "<td>0.000</td>" in document.table_html(view)
    assert as_text(view).splitlines()[3].split()[1] == "0.000"


def test_sizes_stay_in_their_budget():
    """Of the first example, with the draws that a fit has where nothing is asked for."""
    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, 200)
    fit = glm("y ~ x", {"x": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=200)}, seed=8927)
    for name in ("widget.js", "page.js"):
        assert len(document.bundled(name)) <= 180_000
    assert len(written(fit.view)) <= 450_000


@pytest.mark.parametrize("prob", [PROB.min, 0.5, PROB.max])
def test_a_panel_opens_with_every_probability_that_a_fit_may_have(line_fit, prob):
    view = replace(line_fit.view, prob=prob)
    assert Panel(view, payload_of(view)).prob == prob


def test_without_a_bundle_the_error_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(document, "STATIC", tmp_path)
    with pytest.raises(FileError, match="bundle is missing"):
        document.bundled("widget.js")


def test_the_text_has_title_findings_table_and_footer(line_fit):
    text = as_text(hostile(line_fit.view))
    assert text.startswith("</script>")
    assert "[warning]" in text
    lines = as_text(line_fit.view).splitlines()
    assert lines[0] == "y ~ x"
    assert lines[2].split() == ["mean", "sd", "5.5%", "94.5%", "ESS", "bulk", "ESS", "tail", "R-hat"]
    assert [line.split()[0] for line in lines[3:6]] == ["Intercept", "x", "sigma"]
    assert len({len(line) for line in lines[2:6]}) == 1
    assert lines[-1] == "gaussian, identity link · nutpie · 4 chains × 500 draws · seed 8927 · 0.1 s"
