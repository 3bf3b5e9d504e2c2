"""What every test may use."""

from __future__ import annotations

import os
import re
import signal
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import numpy as np
import pandas as pd
import pytest
import xarray

# Figures are drawn to memory; read when matplotlib is first imported.
os.environ.setdefault("MPLBACKEND", "agg")

# The same examples in every run, and no timing asserts: the machine may be busy.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``--dist loadfile``, keep a file in one worker, and all that needs a browser in one, too.

    The files of tests/browser share a JupyterLab and a fit, and two browsers would slow each other down.
    """
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return "tests/browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)


@contextmanager
def locked(path, kind):
    """Hold a lock that other processes respect; `kind` is ``fcntl.LOCK_SH`` or ``fcntl.LOCK_EX``."""
    import fcntl

    with path.open("ab") as file:
        fcntl.flock(file, kind)
        try:
            yield
        finally:
            # Closing is not enough: a process that the test forked may hold the file open.
            fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def machine_for(item):
    """Wait until a test may run: while one that is marked `alone` runs, the other workers run none."""
    if not hasattr(item.config, "workerinput"):
        yield
        return
    import fcntl

    # Each worker has a folder in that of the run.
    shared = Path(item.config.getoption("basetemp")).parent
    kind = fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH
    with ExitStack() as machine:
        # Workers queue for the machine; else one that runs many short tests would never leave it to a test alone.
        with locked(shared / "queue.lock", fcntl.LOCK_EX):
            machine.enter_context(locked(shared / "machine.lock", kind))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Run a test once it may have the machine."""
    with machine_for(item):
        return (yield)


@pytest.fixture
def stops_arrive():
    """Have SIGINT raise KeyboardInterrupt, also where it was ignored when pytest began, as under nohup."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def closed_form_draws(model, options, report, variables):
    """Stand in for `engines.sample`: four chains of `y ~ x` from the normal theory of least squares."""
    from glm_magic.engines import Draws

    rng = np.random.default_rng(1)
    shape = (options.chains, options.draws)
    # Bambi's intercept is that of the centred predictor: mean of y, here 2.
    posterior = {
        "Intercept_centered": 2.0 + 0.035 * rng.normal(size=shape),
        "x": 2.0 + 0.12 * rng.normal(size=shape),
        "sigma": 0.5 + 0.025 * rng.normal(size=shape),
    }
    dims = ("chain", "draw")
    return Draws(
        posterior=xarray.Dataset({name: (dims, values) for name, values in posterior.items()}),
        sample_stats=xarray.Dataset({"diverging": (dims, np.zeros(shape, bool))}),
        engine="nutpie",
        seed=1 if options.seed is None else options.seed,
        seconds_compiling=0.0,
        seconds_sampling=0.1,
        incomplete=False,
        requested=options.draws,
    )


@pytest.fixture(scope="session")
def line_data():
    """The tutorial's line: 200 points, intercept 1, slope 2, noise 0.5."""
    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, 200)
    return pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=200)})


@pytest.fixture(scope="session")
def line_fit(line_data):
    """A fit of `y ~ x` whose draws were not sampled."""
    from glm_magic import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "sample", closed_form_draws)
        return api.glm("y ~ x", line_data, seed=8927, draws=500, truth={"Intercept": 1, "x": 2, "sigma": 0.5})


@pytest.fixture(scope="module")
def frame():
    """Sixty rows with a column of each kind, and a response of each; a file may have a frame of its own."""
    rng = np.random.default_rng(8927)
    n = 60
    return pd.DataFrame(
        {
            "x": rng.normal(3, 1, n),
            "z": rng.normal(size=n),
            "f": rng.choice(list("pqr"), n),
            "g": rng.choice(list("abcd"), n),
            "h": rng.choice(["one", "two"], n),
            "y": rng.normal(size=n),
            "hit": (rng.random(n) < 0.4).astype(int),
            "angle": rng.uniform(-3, 3, n),
            "kind": rng.choice(["low", "middle", "high"], n),
            "grade": pd.Categorical(rng.integers(1, 5, n), ordered=True),
        }
    )


def invented_draws(model, options, report, variables=None):
    """Stand in for `engines.sample`: noise around the starting point, after the engines' own checks."""
    import pytensor
    from pymc.initial_point import make_initial_point_fn

    from glm_magic.engines import Draws, check
    from glm_magic.model.as_written import AS_WRITTEN

    check(model, options.engine)
    start = make_initial_point_fn(model=model, return_transformed=False)(0)
    values = {rv.name: start[rv.name] for rv in model.free_RVs}
    derived = pytensor.function(
        list(model.free_RVs), list(model.deterministics), mode=AS_WRITTEN, on_unused_input="ignore"
    )(*values.values())
    values |= {rv.name: value for rv, value in zip(model.deterministics, derived, strict=True)}
    rng = np.random.default_rng(1)
    data = {}
    for name in values if variables is None else variables:
        value = np.asarray(values[name], dtype=float)
        dims = model.named_vars_to_dims.get(name) or [f"{name}_dim_{axis}" for axis in range(value.ndim)]
        noise = rng.normal(size=(options.chains, options.draws, *value.shape))
        data[name] = (("chain", "draw", *dims), value + 0.05 * np.maximum(abs(value), 0.1) * noise)
    used = {dim for dims, _ in data.values() for dim in dims}
    coords = {dim: list(values) for dim, values in model.coords.items() if dim in used and values is not None}
    coords |= {"chain": np.arange(options.chains), "draw": np.arange(options.draws)}
    dims = ("chain", "draw")
    return Draws(
        posterior=xarray.Dataset(data, coords=coords),
        sample_stats=xarray.Dataset({"diverging": (dims, np.zeros((options.chains, options.draws), bool))}),
        engine=options.engine,
        seed=1 if options.seed is None else options.seed,
        seconds_compiling=0.0,
        seconds_sampling=0.1,
        incomplete=False,
        requested=options.draws,
    )


@pytest.fixture(scope="session")
def without_sampling():
    """Give a context in which fits are not sampled, for fixtures that outlive a test."""
    from glm_magic import api

    @contextmanager
    def context():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(api, "sample", invented_draws)
            yield

    return context


@pytest.fixture
def no_sampling(monkeypatch):
    """Fit without sampling: `glm_magic.api.sample` is `invented_draws`."""
    from glm_magic import api

    monkeypatch.setattr(api, "sample", invented_draws)


class Notebook:
    """A real IPython shell with the extension loaded."""

    def __init__(self, shell):
        self.shell = shell
        self.names = shell.user_ns

    def run(self, cell):
        """Run a cell; give its error, what it printed (colours left out), and its value."""
        from IPython.utils.capture import capture_output

        with capture_output(display=True) as captured:
            done = self.shell.run_cell(cell, store_history=True)
        displayed = "".join(output.data.get("text/plain", "") for output in captured.outputs)
        text = re.sub(r"\x1b\[[0-9;]*m", "", captured.stdout) + displayed
        return Outcome(error=done.error_in_exec or done.error_before_exec, text=text, value=done.result)

    def options(self):
        """The options as %config has them."""
        magics = self.shell.magics_manager.registry["GlmMagic"]
        return {name: getattr(magics, name) for name in magics.class_trait_names(config=True)}

    def snapshot(self):
        """What a failing cell may not change: the user's names, and the options."""
        own = {name: id(value) for name, value in self.names.items() if not name.startswith("_")}
        return {name: own[name] for name in own if name not in ("In", "Out")}, self.options()


@dataclass
class Outcome:
    """What a cell did."""

    error: BaseException | None
    text: str
    value: object


@pytest.fixture(scope="session")
def ipython(tmp_path_factory):
    """An IPython shell without history or profile of its own."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    # Nothing that a test has replaced may be warmed meanwhile; tests/test_preload.py does that.
    config.GlmMagic.preload = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        shell = InteractiveShell.instance(config=config)
        yield shell
        InteractiveShell.clear_instance()


@pytest.fixture
def notebook(ipython, no_sampling):
    """A notebook with `np`, `pd` and the extension, emptied after the test."""
    ipython.reset(new_session=True)
    ipython.run_line_magic("load_ext", "glm_magic")
    ipython.user_ns.update(np=np, pd=pd)
    yield Notebook(ipython)
    ipython.run_line_magic("unload_ext", "glm_magic")
    ipython.config.pop("GlmMagic", None)
