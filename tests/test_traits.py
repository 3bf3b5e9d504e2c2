"""What a user can change is one table: the options, the panel and the browser take its names, defaults and bounds."""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields
from pathlib import Path

import pytest

from glm_magic.errors import HeaderError
from glm_magic.panel import Panel
from glm_magic.request import DEFAULTS
from glm_magic.request.options import BY_NAME, check_value
from glm_magic.traits import N_LINES, PROB, TABS, TRAITS, first_state
from glm_magic.views.panel import Tabs
from glm_magic.views.summary import PROBS

ROOT = Path(__file__).parents[1]
OF_THE_HOST = {"schema", "buffer", "slot"}
"""Traits of the panel that no user changes."""


TAB_WITHOUT_A_VIEW = "pairs"
"""It is drawn from the draws alone."""


def views() -> list[str]:
    return [field.name for field in fields(Tabs)]


def synced_by_the_panel() -> dict:
    return {
        name: trait
        for name, trait in Panel.class_traits(sync=True).items()
        if name in vars(Panel) and name not in OF_THE_HOST
    }


def test_the_panel_has_the_synced_traits_of_the_table_and_no_other():
    synced = {name: row for name, row in TRAITS.items() if row.synced}
    assert set(synced_by_the_panel()) == set(synced)
    for name, trait in synced_by_the_panel().items():
        assert trait.default() == synced[name].default
        if synced[name].type in {"int", "float"}:
            assert (trait.min, trait.max) == (synced[name].min, synced[name].max)
    assert tuple(Panel.tab.values) == tuple(TABS)
    assert set(first_state(n_lines=1, prob=0.5, show_truth=False)) == set(synced)


def test_every_trait_that_is_synced_is_documented():
    described = re.findall(r"^ *(\w+) : ", Panel.__doc__, re.MULTILINE)
    assert set(synced_by_the_panel()) <= set(described)


def test_every_view_has_a_tab_in_the_order_of_the_tabs():
    names = views()
    assert names == [name for name in TABS if name in names]
    assert TAB_WITHOUT_A_VIEW not in names


def test_defaults_and_bounds_hold_for_the_options():
    assert (DEFAULTS.prob, DEFAULTS.lines) == (PROB.default, N_LINES.default)
    for prob in (PROB.min, PROB.max):
        assert check_value("prob", prob, label="prob") == prob
        assert str(prob) in BY_NAME["prob"].must_be
    for prob in (math.nextafter(PROB.min, 0), math.nextafter(PROB.max, 1), math.nan):
        with pytest.raises(HeaderError, match="prob must be a number from"):
            check_value("prob", prob, label="prob")


def test_the_quantiles_that_are_shipped_hold_every_interval():
    for prob in (PROB.min, PROB.max):
        assert PROBS[0] <= (1 - prob) / 2
        assert (1 + prob) / 2 <= PROBS[-1]


def test_the_browser_reads_the_same_file():
    source = (ROOT / "js" / "src" / "state" / "traits.ts").read_text("utf-8")
    (imported,) = re.findall(r'^import \w+ from "([^"]+\.json)"', source, re.MULTILINE)
    read = (ROOT / "js" / "src" / "state" / imported).resolve()
    assert read == ROOT / "glm_magic" / "traits.json"
    assert set(json.loads(read.read_text("utf-8"))["traits"]) == set(TRAITS)


def test_the_guide_to_adding_a_view_names_what_is_there():
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = guide.partition("## Adding a view\n")[2].partition("\n## ")[0]
    named = {
        path.replace("<name>", name)
        for path in re.findall(r"`([\w./<>]+/[\w./<>]*)`", section)
        for name in (views() if path.startswith("glm_magic/") else TABS)
    }
    assert len(named) > 10
    assert {path for path in named if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize(("number", "nearest"), [(0.995, 0.99), (0.001, 0.01), (0.5, 0.5)])
def test_a_number_beyond_the_bounds_has_a_nearest_one_within(number, nearest):
    assert PROB.nearest(number) == nearest
    assert PROB.holds(number) == (number == nearest)


def test_nothing_that_is_no_number_is_within_bounds():
    assert not PROB.holds(math.nan)
