"""How a control is found and changed, and how that is taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from looks import lights, soon
from panels import PanelOnPage

Undo = Callable[[], None]
Act = Callable[[PanelOnPage, Any], Undo]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A control, found by its role and its accessible name, and what is done to it.

    `{}` in a name stands for a name out of the model, `of`. `first_of` is for names that several controls share.
    """

    role: str
    name: str
    acts: tuple[Act, ...]
    of: str = ""
    first_of: bool = False

    @property
    def called(self) -> str:
        return self.name.format(self.of)

    def find(self, panel: PanelOnPage) -> Any:
        return found(panel, self.role, self.called, first_of=self.first_of)


@dataclass(frozen=True, kw_only=True)
class Control(Step):
    """A row of the table: a control of a kind of model and a tab, and what each of its acts must change.

    Attributes
    ----------
    kind, tab : str
        Where it is; the tab is empty for what stands above all of them.
    changes : tuple of str
        Names out of `LOOKS`, each of which must be another after each act.
    says : str
        A pattern of words that are to be seen after the last act, and before the first were not.
    first : tuple of Step
        What must be done before it is there.
    """

    kind: str
    tab: str
    changes: tuple[str, ...]
    says: str = ""
    first: tuple[Step, ...] = ()


def found(panel: PanelOnPage, role: str, name: str, *, first_of: bool = False) -> Any:
    """A control by role and accessible name, in the tab in front or above the tabs: what is hidden has no role.

    Playwright knows no role of a summary, whose name is its text.
    """
    if role == "DisclosureTriangle":
        own = panel.root.locator("summary:visible").filter(has_text=re.compile(f"^{re.escape(name)}$"))
    else:
        own = panel.root.get_by_role(role, name=name, exact=True)
    return own.first if first_of else own


def option(label: str) -> Act:
    """Choose out of a list."""

    def act(_: PanelOnPage, el: Any) -> Undo:
        before = el.evaluate("el => el.selectedIndex")
        el.select_option(label=label)
        return lambda: el.select_option(index=before)

    return act


def options(*labels: str) -> Act:
    """Choose several out of a list."""

    def act(_: PanelOnPage, el: Any) -> Undo:
        el.select_option(label=list(labels))
        return lambda: el.select_option([])

    return act


def slide(*keys: str) -> Act:
    """Move a slider by keys."""

    def act(_: PanelOnPage, el: Any) -> Undo:
        before = el.input_value()
        for key in keys:
            el.press(key)
        assert el.input_value() != before, "the slider has not moved"
        return lambda: el.fill(before)

    return act


def write(text: str, *, ends: str = "Enter") -> Act:
    """Write into a field."""

    def act(_: PanelOnPage, el: Any) -> Undo:
        before = el.input_value()

        def put(value: str) -> None:
            el.fill(value)
            el.press(ends)

        put(text)
        return lambda: put(before)

    return act


def tick(_: PanelOnPage, el: Any) -> Undo:
    """Check a box, or uncheck it."""
    before = el.is_checked()
    el.set_checked(not before)
    return lambda: el.set_checked(before)


def click(_: PanelOnPage, el: Any) -> Undo:
    """Click on what another click takes back."""
    el.click()
    return el.click


def press(_: PanelOnPage, el: Any) -> Undo:
    """Click on what cannot be taken back."""
    el.click()
    return lambda: None


def click_and(role: str, name: str) -> Act:
    """Click on what another control takes back."""

    def act(panel: PanelOnPage, el: Any) -> Undo:
        el.click()
        return found(panel, role, name).click

    return act


def and_reset(*acts: Act) -> Act:
    """Change the data, and let all changes go."""

    def act(panel: PanelOnPage, el: Any) -> Undo:
        for one in acts:
            one(panel, el)
        reset = found(panel, "button", "Reset")
        return lambda: reset.count() == 0 or reset.click()

    return act


def focus(_: PanelOnPage, el: Any) -> Undo:
    """Go there: the buttons of a row are for the row where a reader is."""
    el.focus()
    return lambda: None


def unfold_menu(panel: PanelOnPage, el: Any) -> Undo:
    """Open a menu, which closes by Escape or by a choice out of it."""
    el.click()
    menu = panel.root.get_by_role("menu")
    return lambda: menu.count() == 0 or menu.get_by_role("menuitem").first.press("Escape")


def download(ending: str) -> Act:
    """Choose a kind of file, and get it."""

    def act(panel: PanelOnPage, el: Any) -> Undo:
        with panel.root.page.expect_download() as saved:
            el.click()
        assert saved.value.suggested_filename.endswith(ending), saved.value.suggested_filename
        assert saved.value.path().stat().st_size > 30, "the file is empty"
        return lambda: None

    return act


def copy(begins: str) -> Act:
    """Put words on the clipboard."""

    def act(panel: PanelOnPage, el: Any) -> Undo:
        el.click()
        read = "async begins => (await navigator.clipboard.readText()).startsWith(begins)"
        soon(lambda: panel.root.page.evaluate(read, begins), "the clipboard has other words")
        return lambda: None

    return act


def keys(*pressed: str) -> Act:
    """Press keys where draws are pointed at. Escape lets everything go again."""

    def act(_: PanelOnPage, el: Any) -> Undo:
        el.focus()
        for key in pressed:
            el.press(key)
        return lambda: el.press("Escape")

    return act


def point(*, pin: bool = False, plot: int = 0) -> Act:
    """Point at a draw in a plot, and click on it to pin it."""

    def act(panel: PanelOnPage, el: Any) -> Undo:
        figure = el.get_by_role("img").nth(plot)
        figure.scroll_into_view_if_needed()
        mouse = panel.root.page.mouse
        for across in (0.5, 0.35, 0.65):
            for down in np.linspace(0.15, 0.85, 30):
                x, y = place(figure, across, down)
                mouse.move(x, y)
                if not (lights(panel) and lights(panel)):  # and not what was there before
                    continue
                if pin:
                    y += 4  # not at the edge of what is near: a click has whole pixels
                    mouse.click(x, y)
                    mouse.move(x, place(figure, 0, -0.4)[1])
                    soon(lambda: lights(panel), "a draw that is pinned goes out when the pointer leaves")
                return lambda: away(panel, el)
        raise AssertionError("no draw lights up where it is pointed at")

    return act


def away(panel: PanelOnPage, el: Any) -> None:
    panel.root.page.mouse.move(0, 0)
    el.press("Escape")


def brush(panel: PanelOnPage, el: Any) -> Undo:
    """Drag across a density."""
    density = el.get_by_role("img").first
    density.scroll_into_view_if_needed()
    drag(panel, place(density, 0.4), place(density, 0.6))
    return lambda: el.press("Escape")


def drag_threshold(panel: PanelOnPage, el: Any) -> Undo:
    """Drag the line of the threshold in the picture; it stands where the axis says the number of its slider."""
    before, value = el.input_value(), float(el.get_attribute("aria-valuetext"))
    picture = panel.front.get_by_role("img")
    picture.scroll_into_view_if_needed()
    ticks = panel.front.locator("svg text").filter(has_text=re.compile(r"^[−-]?[\d.]+$"))
    at = {float(tick.text_content().replace("−", "-")): tick.bounding_box() for tick in ticks.all()}
    x, y = at[value]["x"] + at[value]["width"] / 2, place(picture)[1]
    drag(panel, (x, y), (x + 60, y))
    assert float(el.get_attribute("aria-valuetext")) > value, "the slider has not followed"
    return lambda: el.fill(before)


def drag(panel: PanelOnPage, start: tuple[float, float], end: tuple[float, float]) -> None:
    mouse = panel.root.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=4)
    mouse.up()


def place(el: Any, across: float = 0.5, down: float = 0.5) -> tuple[float, float]:
    box = el.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]
