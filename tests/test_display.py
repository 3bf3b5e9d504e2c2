"""How a fit is displayed: by who executes the cell and where, or as the user asks."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import IPython
import pytest

from glm_magic import display
from glm_magic.display import DISPLAYS, ask_for, form

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch):
    monkeypatch.setattr(display._Notebook, "display", "auto")
    monkeypatch.setattr(display._Notebook, "carried", False)
    monkeypatch.setattr(display._Notebook, "written", {})
    for name in ("VSCODE_PID", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def executed_by(monkeypatch):
    """Pretend that a kernel executes what somebody sent."""

    def run(**content: object) -> None:
        kernel = SimpleNamespace(get_parent=lambda: {"content": content})
        monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=kernel))

    return run


def test_a_person_in_jupyterlab_gets_a_slot(executed_by):
    executed_by(allow_stdin=True)
    assert form() == "slot"


def test_a_run_without_a_person_gets_the_page(executed_by):
    executed_by(allow_stdin=False)
    assert form() == "shared"


def test_a_message_of_a_widget_comes_from_a_person(executed_by):
    executed_by(comm_id="1", data={})
    assert form() == "slot"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        pytest.param("VSCODE_PID", "1", "widget", id="VS Code"),
        pytest.param("SERVER_SOFTWARE", "voila/0.5.8", "slot", id="Voila"),
        pytest.param("SERVER_SOFTWARE", "nginx", "shared", id="another server"),
    ],
)
def test_hosts_that_name_themselves(executed_by, monkeypatch, name, value, shown):
    executed_by(allow_stdin=name == "VSCODE_PID")
    monkeypatch.setenv(name, value)
    assert form() == shown


@pytest.fixture(params=["VS Code", "Colab"])
def outputs_apart(request, monkeypatch):
    """A host that draws each output in a frame of its own."""
    if request.param == "Colab":
        monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    else:
        monkeypatch.setenv("VSCODE_PID", "1")


def test_a_person_gets_the_widget_where_outputs_are_apart(line_fit, executed_by, outputs_apart):
    executed_by(allow_stdin=True)
    assert form() == "widget"
    data, _ = line_fit._repr_mimebundle_()
    # Reopened there, the notebook has no widget, and shows this.
    assert set(data) == {VIEW, "text/html", "text/plain"}
    assert data["text/html"].startswith('<iframe class="glm-frame"')
    assert "https://" not in data["text/html"]


def test_a_run_from_a_terminal_of_such_a_host_gets_pages_that_share_nothing(executed_by, outputs_apart):
    executed_by(allow_stdin=False)
    assert form() == "page"


@pytest.mark.parametrize("shell", [None, SimpleNamespace()], ids=["a script", "a terminal"])
def test_without_a_kernel_there_is_everything_to_choose_from(monkeypatch, shell):
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    assert form() == "widget"


@pytest.mark.parametrize("asked", [one for one in DISPLAYS if one != "auto"])
def test_what_is_asked_for_is_shown(executed_by, asked):
    executed_by(allow_stdin=True)
    ask_for(asked)
    assert form() == asked


@pytest.mark.parametrize(
    ("asked", "mimes"),
    [
        ("widget", {VIEW, "text/html", "text/plain"}),
        ("page", {"text/html", "text/plain"}),
        ("text", {"text/plain"}),
    ],
)
def test_a_fit_is_displayed_so(line_fit, asked, mimes):
    ask_for(asked)
    data, _ = line_fit._repr_mimebundle_()
    assert set(data) == mimes
    assert "slot" not in data.get("text/html", "")[:100]


def test_a_slot_holds_the_page_and_no_view(line_fit, executed_by):
    executed_by(allow_stdin=True)
    for shown in (line_fit, line_fit.panel()):
        data, _ = shown._repr_mimebundle_()
        assert set(data) == {"text/html", "text/plain"}
        assert data["text/html"].startswith('<div class="glm-slot" data-glm-slot="')
        assert "<iframe" in data["text/html"]


def test_two_panels_have_two_slots(line_fit):
    assert line_fit.panel().slot != line_fit.panel().slot


def test_a_static_fit_is_a_page_wherever_it_is(line_fit, executed_by):
    executed_by(allow_stdin=True)
    data, _ = line_fit.static()._repr_mimebundle_()
    assert data["text/html"].startswith("<iframe")


def test_the_script_is_in_the_notebook_once(line_fit, executed_by):
    executed_by(allow_stdin=False)
    first, second = (line_fit._repr_mimebundle_()[0]["text/html"] for _ in range(2))
    assert 'class="glm-template"' in first
    assert 'class="glm-template"' not in second
    assert len(first) - len(second) > 60_000
    assert '<table class="dataframe">' in second
