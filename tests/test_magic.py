"""%%glm and %glm in a real IPython shell."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from glm_magic.display import MAX_PAGE_BYTES
from glm_magic.errors import EngineError, FormulaError, Interrupted
from glm_magic.request import DEFAULTS
from glm_magic.request.options import OPTIONS

PRIOR = "m = Normal('m', 0, 1)\n"
DATA = "Normal('o', m, 1, observed=y)\n"


@pytest.fixture
def names(notebook, line_data):
    notebook.names.update(df=line_data.copy(), n=30)
    return notebook


def fit_of(outcome):
    from glm_magic.fit import Fit

    assert outcome.error is None, outcome.text
    assert isinstance(outcome.value, Fit)
    return outcome.value


def test_a_cell_evaluates_to_its_fit(names):
    fit = fit_of(names.run("%%glm df --seed 3\ny ~ x\nx ~ Normal(0, 1)\nsigma ~ HalfNormal(2)"))
    assert names.run("_.posterior['posterior'].sizes['draw']").value == DEFAULTS.draws
    assert fit.posterior["posterior"].attrs["seed"] == 3
    assert {"Intercept", "x", "sigma"} == set(fit.summary().index)


def test_the_line_form_and_an_assignment(names):
    fit_of(names.run("%glm df --draws 50: y ~ x"))
    assert names.run("fit = %glm df --draws 50: y ~ x").error is None
    assert names.names["fit"].posterior["posterior"].sizes["draw"] == 50


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("%%glm df --draws 50 --seed 3\ny ~ x", "%%glm df --draws 1000 --seed 3"),
        ("%glm df --draws 50: y ~ x", "%glm df --draws 1000: y ~ x"),
        (f"%%glm df\n{PRIOR}{DATA}idata = sample(50, chains=4)", "idata = sample(draws=1000, chains=4)"),
    ],
)
def test_a_finding_offers_the_users_own_line_with_the_change(names, cell, line):
    fit = fit_of(names.run(cell))
    (finding,) = (one for one in fit.findings if one.rule == "draws")
    assert finding.remedy.line == line
    assert f"    {line}" in repr(fit)


def test_without_data_the_columns_are_arrays_of_the_notebook(names):
    names.names.update(a=np.arange(20.0), b=list(np.arange(20.0) ** 0.5))
    assert fit_of(names.run("%%glm\nb ~ a")).bambi is not None
    fit_of(names.run("%%glm\nm = Normal('m', 0, 1)\nNormal('o', m * a, 1, observed=b)"))


@pytest.mark.parametrize("cell", ["%%glm df\ny ~ x;", "%glm df: y ~ x;", f"%%glm df\n{PRIOR}{DATA.strip()};"])
def test_a_semicolon_silences(names, cell):
    done = names.run(cell)
    assert (done.error, done.value) == (None, None)


def test_an_apostrophe_in_a_column_does_not_end_the_cell(names):
    names.names["df"]["it's"] = names.names["df"]["x"] ** 2
    fit_of(names.run("%%glm df\ny ~ `it's`"))


def test_out_binds_and_shows_quiet_does_not_show(names):
    assert fit_of(names.run("%%glm df -o fit\ny ~ x")) is names.names["fit"]
    quiet = names.run("%%glm df --out quiet --quiet\ny ~ x")
    assert (quiet.value, quiet.text) == (None, "")
    assert names.names["quiet"].incomplete is False
    assert isinstance(names.run("%%glm df -o wrong\ny ~ xx").error, FormulaError)
    assert "wrong" not in names.names


def test_static_shows_html_alone(names):
    fit = fit_of(names.run("%%glm df --static\ny ~ x"))
    bundle, _ = fit._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}


@pytest.mark.parametrize(
    "cell", ["%glm --help", "%%glm --help", "%%glm df --help\nwhatever", "%glm?", "%%glm?"]
)
def test_help(names, cell):
    done = names.run(cell)
    assert done.error is None
    assert "--target-accept" in done.text
    assert "Known" not in done.text


def test_help_and_fits_follow_config(names):
    names.run("%config GlmMagic.draws = 77")
    names.run("%config GlmMagic.family = 't'")
    assert "default 77" in names.run("%glm?").text
    assert "default 77" in names.run("%glm --help").text
    fit = fit_of(names.run("%%glm df\ny ~ x"))
    assert fit.posterior["posterior"].sizes["draw"] == 77
    assert fit.bambi.family.name == "t"
    assert fit_of(names.run("%%glm df --draws 5\ny ~ x")).posterior["posterior"].sizes["draw"] == 5
    listed = names.run("%config GlmMagic").text
    assert all(f"GlmMagic.{name}" in listed for name in names.options())


def test_inside_time_and_capture(names):
    assert "Wall time" in names.run("%%time\n%%glm df\ny ~ x").text
    assert names.run("%%capture seen\n%%glm df\ny ~ x").error is None
    assert "R-hat" in names.names["seen"].outputs[0].data["text/plain"]


def test_the_summary_and_findings_are_the_text(names):
    text = names.run("%%glm df --draws 20\ny ~ x").text
    assert "R-hat" in text
    assert "sigma" in text
    assert "seed" in text


def test_both_forms_of_a_block_give_the_same(names):
    bare = fit_of(names.run(f"%%glm df --seed 1\n{PRIOR}{DATA}"))
    full = fit_of(
        names.run(
            "%%glm df --seed 1\nwith pm.Model() as model:\n"
            "    m = pm.Normal('m', 0, 1)\n    pm.Normal('o', m, 1, observed=y)\n"
        )
    )
    pd.testing.assert_frame_equal(bare.summary(), full.summary())
    assert names.names["model"] is full.model


def test_sample_is_honoured_and_what_follows_runs(names):
    done = names.run(
        f"%%glm df\n{PRIOR}{DATA}print('before')\n"
        "idata = pm.sample(n * 2, chains=2, random_seed=7)\nmean = float(idata.posterior['m'].mean())\nprint('after')"
    )
    fit = fit_of(done)
    assert done.text.startswith("before\nafter\n")
    assert dict(fit.posterior["posterior"].sizes) == {"chain": 2, "draw": 60}
    assert names.names["idata"].posterior.sizes["draw"] == 60
    assert isinstance(names.names["mean"], float)


def test_coords_data_and_names_of_a_block(names):
    fit = fit_of(
        names.run(
            "%%glm df\nwith pm.Model(coords={'g': ['a', 'b']}) as own:\n"
            "    b = pm.Normal('b', 0, 1, dims='g')\n    xs = pm.Data('xs', x)\n"
            "    pm.Normal('o', b[0] + b[1] * xs, 1, observed=y)\n"
        )
    )
    assert list(fit.posterior["posterior"]["b"].coords["g"].values) == ["a", "b"]
    assert {"own", "b", "xs"} <= set(names.names)


def test_a_function_of_a_block_works_afterwards(names):
    fit_of(names.run(f"%%glm df\nk = 3\ndef triple(v):\n    return v * k\n{PRIOR}{DATA}"))
    assert names.run("triple(2)").value == 6


BROKEN = {
    f"{PRIOR}def f(a):\n    return a / 0\nf(1)\n{DATA}": ("ZeroDivisionError", "----> 4 f(1)"),
    f"{PRIOR}Normal('o', np.ones(5) + y, 1, observed=y)": ("ValueError", "----> 2 Normal('o', np.ones(5)"),
    f"{PRIOR}Normal('m', 0, 1)\n{DATA}": ("ValueError", "----> 2 Normal('m', 0, 1)"),
    f"{PRIOR}{DATA}sample(draws=1 // 0)": ("ZeroDivisionError", "----> 3 sample(draws=1 // 0)"),
}


@pytest.mark.parametrize("block", BROKEN)
def test_an_error_of_the_users_block_is_told_in_the_users_lines(names, block):
    kind, line = BROKEN[block]
    names.run(f"%%glm df\n{PRIOR}{DATA}# an earlier cell, whose text must not be shown\n")
    before = names.snapshot()
    done = names.run(f"%%glm df\n{block}")
    assert type(done.error).__name__ == kind
    assert line in done.text
    assert "glm_magic" not in done.text.replace("'glm'", "")
    assert names.snapshot() == before


def test_an_interrupted_fit_shows_its_draws_and_binds_nothing(names, monkeypatch):
    from dataclasses import replace

    from glm_magic import api

    whole = api.sample
    monkeypatch.setattr(api, "sample", lambda *given: replace(whole(*given), incomplete=True))
    before = names.snapshot()
    done = names.run(f"%%glm df -o fit\n{PRIOR}{DATA}")
    assert isinstance(done.error, Interrupted)
    assert "R-hat" in done.text
    assert names.snapshot() == before


def test_users_may_have_names_of_ours(names):
    names.run("build = arguments = frame = model = table = cell = 3\ndef twice(v):\n    return 2 * v")
    names.names["df"] = names.names["df"].assign(log=1.5 * names.names["df"]["x"] ** 2, build=2.0)
    fit_of(names.run("%%glm df\ny ~ twice(x) + log(I(x + 1)) + log + np.exp(x)"))
    names.run("np = 3")
    assert "calls 'np.exp'" in names.run("%%glm df\ny ~ np.exp(x)").text


def test_loading_twice_registers_once_and_unloading_leaves_nothing(names):
    from glm_magic import load_ipython_extension
    from glm_magic.magic import with_a_body

    shell = names.shell

    def registered():
        return (
            sum(type(item).__name__ == "GlmMagic" for item in shell.configurables),
            sum(
                getattr(m, "matcher_identifier", "") == "glm_magic.complete"
                for m in shell.Completer.custom_matchers
            ),
            sum(item is with_a_body for item in shell.input_transformers_cleanup),
            sum("glm" in shell.magics_manager.magics[kind] for kind in ("line", "cell")),
        )

    load_ipython_extension(shell)
    assert registered() == (1, 1, 1, 2)
    names.run("%unload_ext glm_magic")
    assert registered() == (0, 0, 0, 0)
    assert names.run("%glm df: y ~ x").error is not None
    names.run("%load_ext glm_magic")
    assert registered() == (1, 1, 1, 2)
    fit_of(names.run("%glm df: y ~ x"))


def test_a_cell_still_being_typed_is_not_complete(names):
    assert names.shell.check_complete("%%glm df\n")[0] == "incomplete"
    assert names.shell.check_complete("%%glm df\ny ~ x")[0] == "incomplete"
    assert names.shell.check_complete("%%glm df\ny ~ x\n\n")[0] == "complete"


def test_options_keywords_and_config_are_the_same():
    from glm_magic.api import glm
    from glm_magic.magic import CONFIGURABLE, GlmMagic

    fitting = {option.name for option in OPTIONS if option.group != "magic"}
    keywords = {
        name: parameter.default
        for name, parameter in inspect.signature(glm).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in ("priors", "namespace")
    }
    assert set(keywords) == fitting == {*CONFIGURABLE, "truth"}
    for name, default in keywords.items():
        assert (
            (default or {}) == getattr(DEFAULTS, name)
            if name == "truth"
            else default == getattr(DEFAULTS, name)
        )
    traits = GlmMagic.class_traits(config=True)
    # What belongs to the session, not to a fit.
    assert traits.pop("preload").default() is True
    assert traits.pop("display").default() == "auto"
    assert traits.pop("max_page_bytes").default() == MAX_PAGE_BYTES
    assert {name: trait.default() for name, trait in traits.items()} == {
        name: getattr(DEFAULTS, name) for name in CONFIGURABLE
    }


def test_an_engine_that_is_not_installed_is_named(names, monkeypatch):
    from glm_magic import api
    from glm_magic.engines import checks

    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    monkeypatch.setattr(api, "sample", lambda model, options, *rest: checks.check_installed(options.engine))
    done = names.run("%%glm df --engine numpyro\ny ~ x")
    assert isinstance(done.error, EngineError)
    assert "glm-magic[numpyro]" in done.text


TERMINAL = """\
import numpy as np, pandas as pd
%load_ext glm_magic
df = pd.DataFrame({"x": np.linspace(0, 1, 40)}).assign(y=lambda d: d.x + np.sin(50 * d.x))
done = get_ipython().run_cell("%%glm df --draws 200 --chains 2 --seed 1\\ny ~ x\\n")
done = get_ipython().run_cell("%%glm df\\ny ~ xx\\n")
"""


@pytest.mark.slow
def test_a_terminal_prints_the_summary_and_no_traceback(tmp_path):
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "TERM": "dumb", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "--simple-prompt"]
    done = subprocess.run(
        command, input=TERMINAL, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "Intercept" in done.stdout
    assert "R-hat" in done.stdout
    assert "seed 1" in done.stdout
    assert "no column 'xx' in df" in done.stdout
    # Progress is for terminals, and this standard error is none.
    assert "Sampling" not in done.stderr
    assert "\x1b" not in done.stderr
