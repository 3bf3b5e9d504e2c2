"""A real JupyterLab, a real Notebook 7 and a real Chromium.

``GLM_MAGIC_CHROMIUM`` names a browser that is not on PATH. Without any, the tests
here are skipped with one line that says so; with ``GLM_MAGIC_REQUIRE_BROWSER=1``
(as in .ci/run) that is an error.

A test asks for `jupyterlab` (or `notebook7`) and `page`, writes its cells, opens and runs them::

    def test_something(jupyterlab, page):
        jupyterlab.open(page, jupyterlab.write("something", ["1 + 1"]))
        jupyterlab.run(page)

and for `quiet_page` instead of `page` to fail, at its end, on a script error or on a request
that leaves the machine.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import numpy as np
import pytest

import glm_magic

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for panels.py: pytest's importlib mode finds no neighbours
_MACHINE = importlib.import_module("chromium")
CHROMIUM, ARGUMENTS = _MACHINE.CHROMIUM, _MACHINE.ARGUMENTS
NO_CHROMIUM = (
    "no Chromium found. Install it with `sudo apt-get install chromium fonts-dejavu-core`, "
    "or name one in GLM_MAGIC_CHROMIUM"
)
HAS_PLAYWRIGHT = importlib.util.find_spec("pytest_playwright") is not None
# Importing PyMC and compiling a first model takes a minute on a small machine.
PATIENCE = 600

# Without playwright (`pip install 'glm-magic[dev]'`) the test files cannot even be imported.
collect_ignore_glob = [] if HAS_PLAYWRIGHT else ["test_*.py"]


def pytest_collection_modifyitems(config, items):
    """Mark the tests of this folder; skip them, or refuse to start, where there is no browser."""
    mine = [item for item in items if HERE in item.path.parents]
    if mine and CHROMIUM is None and os.environ.get("GLM_MAGIC_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"GLM_MAGIC_REQUIRE_BROWSER=1, but {NO_CHROMIUM}")
    for item in mine:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.slow)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter):
    """Say once why the browser tests did not run."""
    if CHROMIUM is None:
        terminalreporter.write_line(f"Browser tests skipped: {NO_CHROMIUM}.", yellow=True)
    elif not HAS_PLAYWRIGHT:
        terminalreporter.write_line(
            "Browser tests skipped: no pytest-playwright (`make test` has it).", yellow=True
        )


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Start the Chromium of this machine."""
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A window that is large enough for a panel."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 1000}}


@dataclass(kw_only=True)
class Watch:
    """What a page did that it should not: script errors, and requests that left the machine."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def _watched(page: Any) -> Iterator[None]:
    watch = Watch()
    page.on("pageerror", lambda error: _is_the_hosts_own(error.stack) or watch.errors.append(str(error)))
    page.on("request", lambda request: _is_local(request.url) or watch.requests.append(request.url))
    yield
    assert watch == Watch()


@pytest.fixture(scope="session")
def watched():
    """Give what fails, at its end, on a script error of a page or on a request that leaves the machine.

    Errors wholly inside JupyterLab's or Notebook's own code are theirs: Notebook 7.6 raises one on start.
    """
    return _watched


@pytest.fixture
def quiet_page(page, watched):
    """A page that must not raise a script error nor ask another machine for anything."""
    with watched(page):
        yield page


@pytest.fixture(scope="session")
def window(browser, browser_context_args):
    """Open a window that outlives a test: one that its tests share."""

    def opened(**options):
        return browser.new_context(**{**browser_context_args, **options})

    return opened


@dataclass(frozen=True, kw_only=True)
class Jupyter:
    """A running server and the way to one of its notebooks.

    Attributes
    ----------
    url : str
        The server, without a trailing slash.
    folder : Path
        Where its notebooks lie.
    route : str
        ``"lab/tree"`` or ``"notebooks"``.
    """

    url: str
    folder: Path
    route: str

    def write(self, name: str, cells: list[str]) -> str:
        """Write a notebook of code cells, and return its file name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, self.folder / f"{name}.ipynb")
        return f"{name}.ipynb"

    def open(self, page: Any, name: str) -> None:
        """Open a notebook and wait until its kernel is connected and idle.

        A cell that is run before that is silently dropped.
        """
        page.goto(f"{self.url}/{self.route}/{name}" + ("?reset" if self.route == "lab/tree" else ""))
        # Asked from here again and again: a promise would count as true.
        page.wait_for_function(
            """() => {
              const kernel = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;
              return kernel?.connectionStatus === "connected" && kernel?.status === "idle";
            }""",
            timeout=120_000,
        )

    def run(self, page: Any, seconds: float = PATIENCE) -> None:
        """Run all cells, in order, and wait until the last one has answered."""
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_function(
            """() => {
              const widget = window.jupyterapp.shell.currentWidget;
              const cells = widget.content.widgets.filter(cell => cell.model.type === "code");
              const answered = cells.every(
                cell => cell.model.executionCount !== null || !cell.model.sharedModel.source.trim());
              const failed = cells.some(cell => Array.from({length: cell.model.outputs.length},
                (_, i) => cell.model.outputs.get(i).type).includes("error"));
              return (answered || failed) && widget.sessionContext.session.kernel.status === "idle";
            }""",
            timeout=seconds * 1000,
        )

    def ask(self, page: Any, code: str) -> str:
        """Evaluate an expression in the kernel, beside the notebook, and return what it displays as text."""
        return page.evaluate(
            """async code => {
              const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const future = kernel.requestExecute({code, store_history: false});
              let text = "";
              future.onIOPub = ({content}) => { text = (content.data || {})["text/plain"] || text; };
              await future.done;
              return text;
            }""",
            code,
        )

    def errors(self, page: Any) -> list[str]:
        """Return the error messages that the cells ended with, one a failing cell."""
        return page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .filter(cell => cell.model.type === "code")
                .flatMap(cell => cell.model.outputs.toJSON())
                .filter(output => output.output_type === "error")
                .map(output => `${output.ename}: ${output.evalue}`)"""
        )


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory):
    """A JupyterLab of this environment, up for the whole session."""
    options = [
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with _jupyter_server("jupyterlab", options, tmp_path_factory.mktemp("jupyterlab")) as server:
        yield Jupyter(url=server.url, folder=server.folder, route="lab/tree")


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory):
    """A Notebook 7 of this environment, up for the whole session."""
    options = ["--JupyterNotebookApp.expose_app_in_browser=True"]
    with _jupyter_server("notebook", options, tmp_path_factory.mktemp("notebook7")) as server:
        yield Jupyter(url=server.url, folder=server.folder, route="notebooks")


@pytest.fixture(scope="session")
def server_process():
    """Give what runs a server."""
    return ServerProcess


@pytest.fixture(scope="session")
def jupyter_environment(tmp_path_factory):
    """The environment of a program that runs kernels: they are this very Python, without the user's settings."""
    return {**os.environ, **_jupyter_folders(tmp_path_factory.mktemp("jupyter"))}


@pytest.fixture(scope="session")
def saved_fit(tmp_path_factory):
    """A small fit of `y ~ x * g` in a file: notebooks load it and need not sample."""
    rng = np.random.default_rng(1)
    x, g = rng.normal(size=200), rng.choice(["low", "mid", "high"], 200)
    y = 1 + 2 * x * (g == "mid") - x * (g == "low") + rng.normal(scale=0.5, size=200)
    path = tmp_path_factory.mktemp("fits") / "fit.nc"
    glm_magic.glm("y ~ x * g", {"x": x, "g": g, "y": y}, draws=250, tune=250, seed=1).save(path)
    return path


@pytest.fixture(scope="session")
def hostile_view():
    """A panel every string of which would run, break or vanish if it were treated as markup."""
    return runpy.run_path(str(HERE.parent / "wire" / "write.py"))["example_view"]()


def _jupyter_server(application: str, options: list[str], place: Path) -> ServerProcess:
    command = [
        *(application, "--no-browser", "--allow-root", "--port={port}"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
        *("--ServerApp.root_dir={folder}", *options),
    ]
    return ServerProcess(command, place, answers="/api")


class ServerProcess:
    """A server in a folder of its own: no setting of the user's reaches it, nor it theirs.

    Parameters
    ----------
    command : list of str
        A module of this Python and its arguments, with ``{port}`` and ``{folder}`` where they belong.
    place : Path
        For its folder and all that it writes.
    answers : str
        The path that answers once it is up.
    """

    def __init__(self, command: list[str], place: Path, *, answers: str = "/") -> None:
        self.folder = place / "notebooks"
        self.folder.mkdir()
        self._log = place / "server.log"
        self._answers = answers
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        filled = [part.format(port=port, folder=self.folder) for part in command]
        self._command = [sys.executable, "-m", *filled]
        self._environment = {**os.environ, **_jupyter_folders(place)}

    def __enter__(self) -> ServerProcess:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 120
        while not _answers(f"{self.url}{self._answers}"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(
                    f"the server did not start:\n{self._log.read_text('utf-8', 'replace')[-4000:]}"
                )
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)  # it takes its kernels with it
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()


def _jupyter_folders(place: Path) -> dict[str, str]:
    """Folders for configuration, data and state, with a kernel that is this very Python."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    kernel = place / "data" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(
        json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}), "utf-8"
    )
    folders = {variable: str(place / name) for variable, name in names.items()}
    return {**folders, "JUPYTER_PREFER_ENV_PATH": "0"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return True  # it is up, and has nothing there
    except (urllib.error.URLError, OSError):
        return False


def _is_the_hosts_own(stack: str | None) -> bool:
    """Tell whether every line of a stack lies in the application; a widget's code has a ``blob:`` address."""
    places = re.findall(r"(?:blob:)?https?://\S+", stack or "")
    return bool(places) and all(re.match(r"http://127\.0\.0\.1:\d+/static/", place) for place in places)


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("http", "https", "ws", "wss") or parts.hostname in ("127.0.0.1", "localhost")
