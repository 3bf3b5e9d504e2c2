"""Each control of the panel, by its accessible name: in the page with the network cut, and in JupyterLab likewise.

The table of them is controls.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from acts import Act, Control
from controls import CONTROLS, REPEATED, SCROLLED
from kinds import fit_of
from looks import LOOKS, PATIENCE, frames, look, quiet, soon
from panels import TABS, UNFOLD, PanelOnPage
from playwright.sync_api import Error, expect

KINDS = tuple(dict.fromkeys(row.kind for row in CONTROLS))
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def rows_of(kind: str) -> list[Control]:
    return [row for row in CONTROLS if row.kind == kind]


def failures(
    panel: PanelOnPage, table: list[Control], again: Callable[[], object] | None = None
) -> list[str]:
    """Try the rows of a table, and say which failed; `again` opens the panel anew after one that did."""
    failed = []
    for row in table:
        try:
            attempt(panel, row)
        except (AssertionError, Error) as error:
            words = str(error).strip().splitlines()[0]
            failed.append(f"{row.tab or 'every tab'}: {row.role} {row.called!r}: {words}")
            if again is not None:
                again()
    return failed


def attempt(panel: PanelOnPage, row: Control) -> None:
    """Do what a row says, see what it says must change, and take it back."""
    if row.tab:
        panel.choose(row.tab)
        panel.front.scroll_into_view_if_needed()
    with ExitStack() as undone:  # what was done is taken back even where it did not do what it should
        prepare(panel, row, undone)
        quiet(panel, row.changes)
        before = look(panel, row.changes)
        said = panel.root.get_by_text(re.compile(row.says)).locator("visible=true")
        assert not row.says or said.count() == 0, f"{row.says!r} is said before"
        for at, act in enumerate(row.acts):
            if at > 0:  # the next row waits for what the last act changes
                quiet(panel, row.changes)
                before = look(panel, row.changes)
            do(panel, act, row.find(panel), undone)
            for change in row.changes:
                soon(lambda c=change, was=before: LOOKS[c](panel) != was[c], f"the {change} stays the same")
        if row.says:
            expect(said.first).to_be_visible(timeout=PATIENCE * 1000)


def prepare(panel: PanelOnPage, row: Control, undone: ExitStack) -> None:
    """Do what must be done before a control is there."""
    for step in row.first:
        for act in step.acts:
            do(panel, act, step.find(panel), undone)


def do(panel: PanelOnPage, act: Act, el: Any, undone: ExitStack) -> None:
    """Act, and leave to `undone` to take it back. What either brings is drawn then: a list may have other choices."""
    undone.callback(frames, panel)  # after the act is taken back: the last that is put there is called first
    undone.callback(act(panel, el))
    frames(panel)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages and files of the fits."""
    return tmp_path_factory.mktemp("controls")


@pytest.fixture
def open_page(quiet_page, folder):
    """Open the page of a kind of model with the network cut."""
    quiet_page.context.grant_permissions(CLIPBOARD)
    quiet_page.context.set_offline(True)
    quiet_page.set_default_timeout(10_000)

    def opened(kind: str) -> PanelOnPage:
        path = folder / f"{kind}.html"
        if not path.exists():
            fit_of(kind).to_html(path)
        quiet_page.goto(path.as_uri())
        return PanelOnPage(quiet_page.locator(".glm-panel"))

    return opened


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_changes_what_is_seen_in_a_page(kind, open_page):
    panel = open_page(kind)
    assert "\n".join(failures(panel, rows_of(kind), lambda: open_page(kind))) == ""


def let_it_be_offline(page):
    """Have JupyterLab say now that its server is away, and never again."""
    page.evaluate("() => { window.jupyterapp.serviceManager.sessions.refreshRunning().catch(() => {}); }")
    said = page.get_by_role("dialog").filter(has_text="Server Connection Error")
    said.get_by_role("checkbox").check()
    said.get_by_role("button", name="Close").click()


@pytest.fixture(scope="module")
def shown(jupyterlab, window, folder, watched):
    """The panel of each kind of model in one notebook, the network cut once all are shown."""
    paths = {kind: folder / f"{kind}.nc" for kind in KINDS}
    for kind, path in paths.items():
        fit_of(kind).save(path)
    context = window(permissions=CLIPBOARD)
    page = context.new_page()
    with watched(page):
        cells = ["import glm_magic", *(f"glm_magic.load({str(path)!r})" for path in paths.values())]
        jupyterlab.open(page, jupyterlab.write("controls", cells))
        jupyterlab.run(page)
        assert jupyterlab.errors(page) == []
        roots = page.locator(".jp-NotebookPanel .glm-panel")
        expect(roots).to_have_count(len(KINDS))
        # What is not saved would be after two minutes, and JupyterLab would put up a dialog that it cannot.
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        context.set_offline(True)
        let_it_be_offline(page)
        page.set_default_timeout(10_000)
        yield {kind: PanelOnPage(roots.nth(i)) for i, kind in enumerate(KINDS)}
        context.set_offline(False)
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_changes_what_is_seen_in_jupyterlab(kind, shown):
    """Without `REPEATED`: what differs in JupyterLab is how a file is saved and a number is sent, not whose it is."""
    table = [row for row in rows_of(kind) if row not in REPEATED]
    assert "\n".join(failures(shown[kind], table)) == ""


# Roles of what is operated; whatever can have the focus is operated too, by keys.
OPERATED = {
    "button",
    "checkbox",
    "combobox",
    "listbox",
    "menuitem",
    "searchbox",
    "slider",
    "spinbutton",
    "tab",
}
PARTS = {"MenuListOption", "MenuListPopup", "option", "RootWebArea"}


def operated(session: Any):
    """All that can be operated in a page, by role and accessible name: from the browser's own tree of accessibility."""
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        role = node["role"]["value"]
        focusable = any(one["name"] == "focusable" for one in node.get("properties", ()))
        if not node["ignored"] and role not in PARTS and (focusable or role in OPERATED):
            yield role, node["name"]["value"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_control_is_without_a_row(kind, open_page, quiet_page):
    panel = open_page(kind)
    session = quiet_page.context.new_cdp_session(quiet_page)
    unknown = set()
    for tab in TABS:
        panel.choose(tab)
        for _ in states(panel, kind, tab):
            unknown |= {(tab, *one) for one in operated(session) if not is_known(tab, *one)}
    assert sorted(unknown) == []


def states(panel, kind, tab):
    """What a tab shows at first, unfolded, and after each choice out of each list, box and row of the table."""
    yield
    panel.root.evaluate(UNFOLD)
    panel.settle()
    yield
    # One menu has three rows, all with the same before them.
    for row in {row.first: row for row in rows_of(kind) if row.tab == tab and row.first}.values():
        with ExitStack() as undone:
            prepare(panel, row, undone)
            yield
    for box in panel.front.get_by_role("checkbox").all():
        box.click()
        frames(panel)
        yield
        box.click()
        frames(panel)
    like = set()
    for chosen in panel.front.locator("select:not([multiple])").all():
        name, before = chosen.get_attribute("aria-label"), chosen.evaluate("el => el.selectedIndex")
        offered = panel.front.get_by_role("combobox", name=name, exact=True)
        choices = offered.locator("option").all_inner_texts()
        # Lists of one row that offer the same, as those of eleven priors, bring the same controls.
        same = (frozenset(named(tab, "combobox", name) or [name]), *choices)
        if same in like:
            continue
        like.add(same)
        # A choice out of one list may give another list other choices, in the next frame.
        for at in range(min(6, len(choices))):
            if at != before:
                offered.select_option(index=at)
                frames(panel)
                yield
        offered.select_option(index=before)
        frames(panel)


def is_known(tab, role, name):
    return (role, name) in SCROLLED or named(tab, role, name) != set()


def named(tab, role, name):
    """Names in the table that a control's name follows."""
    return {
        row.name
        for row in CONTROLS
        if row.role == role and row.tab in (tab, "") and re.fullmatch(pattern(row.name), name)
    }


def pattern(name):
    return ".+".join(map(re.escape, name.split("{}")))


def test_a_control_that_is_new_would_be_found(open_page, quiet_page):
    panel = open_page("line")
    session = quiet_page.context.new_cdp_session(quiet_page)
    panel.front.evaluate("""front => front.insertAdjacentHTML("beforeend",
      '<input type="range" aria-label="New"><select aria-label="Newer"></select><span tabindex="0">newest</span>')""")
    found = {one for one in operated(session) if not is_known("Data", *one)}
    assert {("slider", "New"), ("combobox", "Newer")} <= found, found
    assert len(found) == 3
