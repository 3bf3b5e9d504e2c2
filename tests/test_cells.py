"""PyMC blocks in the styles in which people write them, carried out in a real IPython shell."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest

from glm_magic.errors import BlockError, ModelError
from glm_magic.fit import Fit
from glm_magic.model.block import beginning_at

# Nobody can act on it here; blocks run predictive draws through PyTensor's default compiler.
pytestmark = pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS installation")

BARE = "a = Normal('a', 0, 1)\nb = Normal('b', 0, 1)\nNormal('o', a + b * x, 1, observed=y)\n"
WITH = (
    "with pm.Model() as model:\n"
    "    a = pm.Normal('a', 0, 1)\n"
    "    pm.Normal('o', a * df.x.values, 1, observed=df.y.values)\n"
)
FUNCTION = (
    "def built(data):\n" + "".join(f"    {line}\n" for line in WITH.splitlines()) + "    return model\n"
)
PRIOR = "prior = pm.sample_prior_predictive(5, random_seed=1)\n"
PREDICTIVE = "pm.sample_posterior_predictive(idata, progressbar=False)"


def make_model(data):
    """Build a model as a function of the notebook does."""
    with pm.Model() as made:
        slope = pm.Normal("slope", 0, 1)
        pm.Normal("o", slope * data.x.values, 1, observed=data.y.values)
    return made


def own_prior(name):
    """Make a prior in whatever model is open."""
    return pm.Normal(name, 0, 1)


@pytest.fixture
def names(notebook, line_data):
    notebook.names.update(
        df=line_data[:30].copy(), pm=pm, make_model=make_model, own_prior=own_prior, contextlib=contextlib
    )
    return notebook


STYLES = {
    # a block: what is true afterwards
    f"{BARE}traces = {{}}\ntraces['a'] = pm.sample()": "'a' in traces['a'].posterior",
    f"{BARE}res = [pm.sample()]": "'a' in res[0].posterior",
    f"{BARE}idata, n = pm.sample(), 3": "n == 3 and 'a' in idata.posterior",
    f"{BARE}idata: object = pm.sample()": "'a' in idata.posterior",
    f"{BARE}print((idata := pm.sample()) is None)": "'a' in idata.posterior",
    f"{BARE}first = second = pm.sample()": "first is second",
    f"{BARE}post = pm.sample(draws=30).posterior": "post.sizes['draw'] == 30",
    f"{BARE}wide = dict(idata=pm.sample(), k=[k for k in 'ab'])": "'a' in wide['idata'].posterior",
    f"kw = dict(draws=30, random_seed=[1, 2])\n{BARE}idata = pm.sample(**kw)": "idata.posterior.sizes['draw'] == 30",
    f"{BARE}idata = pm.sample(*[30])": "idata.posterior.sizes['draw'] == 30",
    f"{BARE}with np.errstate(all='ignore'):\n    idata = pm.sample()": "'a' in idata.posterior",
    "c = own_prior('c')\nNormal('o', c, 1, observed=y)": "c.name == 'c'",
    "model = make_model(df)\nwith model:\n    idata = pm.sample()": "'slope' in idata.posterior",
    "model = make_model(df)\nidata = pm.sample(model=model)": "'slope' in idata.posterior",
    "model = make_model(df)\nidata = pm.sample()": "'slope' in idata.posterior",
    "idata = pm.sample(model=make_model(df))": "'slope' in idata.posterior",
    "model = make_model(df)": "model.parent is None and model.free_RVs[0].name == 'slope'",
    "with make_model(df) as m:\n    idata = pm.sample()": "m.free_RVs[0].name in idata.posterior",
    "with make_model(df):\n    idata = pm.sample()": "'slope' in idata.posterior",
    f"{FUNCTION}m = built(df)\nwith m:\n    idata = pm.sample()": "m.parent is None and 'a' in idata.posterior",
    f"{FUNCTION}m = built(df)": "m.parent is None",
    f"{WITH}with model:\n    extra = pm.Normal('e')\nwith model:\n    idata = pm.sample()": "'e' in idata.posterior",
    f"{WITH}idata = pm.sample()\npp = {PREDICTIVE}": "'posterior_predictive' in pp",
    f"{WITH}with pm.Model() as k:\n    pm.Normal('q')\nwith model:\n    idata = pm.sample()": "'a' in idata.posterior",
    f"{WITH}if True:\n    with model:\n        pass\n": "model.free_RVs[0].name == 'a'",
    "with pm.Model() as outer:\n    with pm.Model(name='part'):\n        q = pm.Normal('q')\n"
    "    pm.Normal('o', q, 1, observed=df.y.values)\n    idata = pm.sample()": "'part::q' in idata.posterior",
    "with pm.Model() as m, contextlib.nullcontext():\n    q = pm.Normal('q')\n"
    "    pm.Normal('o', q, 1, observed=df.y.values)\n    idata = pm.sample()": "'q' in idata.posterior",
    "with pm.Model() as m:\n    q = pm.Normal('q')\n    seen = pm.modelcontext(None) is m\n"
    "    pm.Potential('p', -q**2)\n    idata = pm.sample()": "seen",
    "with pm.Model() as m:\n    q = pm.Normal('q')\n    idata = pm.sample()": "'q' in idata.posterior",
    "with pm.Model() as m:\n    X = pm.Data('X', df.x.values)\n    q = pm.Normal('q')\n"
    "    pm.Normal('o', q * X, 1, observed=df.y.values, shape=X.shape)\n    idata = pm.sample()\n"
    "    pm.set_data({'X': np.arange(3.)})\n"
    "    pp = pm.sample_posterior_predictive(idata, predictions=True, progressbar=False)": (
        "'predictions' in pp and 'X' in idata.constant_data"
    ),
    f"{BARE}{PRIOR}idata = pm.sample()\npp = {PREDICTIVE}": "'prior' in prior and 'posterior_predictive' in pp",
    f"{BARE}idata = pm.sample()\nidata.posterior['c'] = 2 * idata.posterior['a']": "'c' in idata.posterior",
    f"{BARE}exec('late = 3')\nfrom math import *": "late == 3 and tau > 6",
}  # fmt: skip


@pytest.mark.parametrize("block", STYLES)
def test_a_block_in_this_style_is_fitted_and_its_names_are_bound(names, block):
    done = names.run(f"%%glm df --out fit --quiet\n{block}")
    assert done.error is None, done.text
    assert isinstance(names.names["fit"], Fit)
    assert names.run(STYLES[block]).value, block


def test_draws_join_those_from_before_the_sampling(names):
    native = (
        "extend"
        if hasattr(pm.sample_prior_predictive(1, make_model(names.names["df"])), "extend")
        else "update"
    )
    block = f"{BARE}{PRIOR}prior.{native}(pm.sample())"
    assert names.run(f"%%glm df\n{block}").error is None
    assert names.run(
        "{'prior', 'posterior', 'sample_stats', 'observed_data'} <= {*prior.children}"
        if native == "update"
        else "{'prior', 'posterior', 'sample_stats', 'observed_data'} <= {*prior.groups()}"
    ).value


SLOPE = (
    "with pm.Model() as {name}:\n"
    "    a = pm.Normal('a', {mu}, 0.001)\n"
    "    pm.Normal('o', a * df.x.values, 1, observed=df.y.values)\n"
)
FITTING = "def fit(mu):\n" + "".join(
    f"    {line}\n" for line in SLOPE.format(name="made", mu="mu").splitlines()
)
SEVERAL = {
    # a block that samples where it may run several times, or not at all:
    # (what is true afterwards, the prior mean of the model that is shown, fits before that one)
    f"{FITTING}        return pm.sample()\nidata = fit(3)": ("near(idata, 3)", 3, 0),
    f"{FITTING}        return pm.sample()\nfirst, idata = fit(3), fit(5)": ("near(first, 3) and near(idata, 5)", 5, 1),
    f"{FITTING}    return made\ntraces = {{}}\nmodels = {{'low': fit(3), 'high': fit(5), 'top': fit(7)}}\n"
    "for name, m in models.items():\n    with m:\n        traces[name] = pm.sample()": (
        "near(traces['low'], 3) and near(traces['high'], 5) and near(traces['top'], 7)",
        7,
        2,
    ),
    f"{FITTING}    return made\nboth = [pm.sample(model=m) for m in map(fit, (3, 5))]": (
        "near(both[0], 3) and near(both[1], 5)",
        5,
        1,
    ),
    f"{SLOPE.format(name='low', mu=3)}    first = pm.sample()\n{SLOPE.format(name='high', mu=5)}"
    "    idata = pm.sample(draws=30)": (
        "near(first, 3) and near(idata, 5) and idata.posterior.sizes['draw'] == 30",
        5,
        1,
    ),
    f"{SLOPE.format(name='low', mu=3)}    if late:\n        pass\n    else:\n        idata = pm.sample()": (
        "near(idata, 3)",
        3,
        0,
    ),
    f"{SLOPE.format(name='low', mu=3)}    try:\n        idata = pm.sample()\n    finally:\n        n = 1": (
        "near(idata, 3) and n == 1",
        3,
        0,
    ),
}  # fmt: skip


def near(draws, mu):
    """Whether the draws of `a` are of the model with this prior."""
    posterior = draws.posterior["posterior"] if isinstance(draws, Fit) else draws.posterior
    return abs(float(posterior["a"].mean()) - mu) < 0.1


@pytest.mark.parametrize("block", SEVERAL)
def test_sampling_may_stand_in_loops_conditions_and_functions(names, block):
    """Each call gives the draws of its own model, and the panel is of the last, which is said."""
    true, shown, before = SEVERAL[block]
    names.names.update(near=near, late=False)
    done = names.run(f"%%glm --out fitted\n{block}")
    assert done.error is None, done.text
    assert names.run(true).value
    fit = names.names["fitted"]
    assert near(fit, shown)
    said = [finding.message for finding in fit.findings if "before this one" in finding.message]
    assert said == [
        f"the cell made {before} fit{'s' * (before > 1)} before this one, and the panel shows the last"
    ] * bool(before)


def test_a_fit_is_kept_when_a_later_one_of_the_cell_fails(names):
    wrong = (
        "with pm.Model() as empty:\n    pm.Normal('o', 0, 1, observed=df.y.values)\n    second = pm.sample()"
    )
    done = names.run(f"%%glm -o fitted\n{SLOPE.format(name='low', mu=3)}    first = pm.sample()\n{wrong}")
    assert isinstance(done.error, ModelError)
    assert near(names.names["fitted"], 3)
    assert near(names.names["first"], 3)
    assert "second" not in names.names


def test_an_interrupted_fit_costs_no_earlier_one(names, monkeypatch):
    from glm_magic import api

    whole = api.sample
    made = []

    def stopped(*arguments):
        made.append(whole(*arguments))
        return replace(made[-1], incomplete=len(made) == 2)

    monkeypatch.setattr(api, "sample", stopped)
    block = f"{FITTING}        return pm.sample()\nfirst = fit(3)\nsecond = fit(5)\nthird = fit(7)"
    done = names.run(f"%%glm\n{block}")
    assert type(done.error).__name__ == "Interrupted"
    assert "names assigned until then are bound" in str(done.error)
    assert near(names.names["first"], 3)
    assert not {"second", "third"} & set(names.names)
    assert len(made) == 2


def test_a_function_samples_by_pymc_when_the_cell_is_over(names, monkeypatch):
    block = f"{FITTING}        return pm.sample(30)\nidata = fit(3)"
    assert names.run(f"%%glm\n{block}").error is None
    monkeypatch.setattr(pm, "sample", lambda *args, **kwargs: (args, kwargs, pm.modelcontext(None)))
    args, kwargs, model = names.run("fit(5)").value
    assert (args, kwargs) == ((30,), {})
    assert [rv.name for rv in model.free_RVs] == ["a"]


UNSAMPLED = {
    f"{FITTING}        return pm.sample()": "Call the function",
    f"{SLOPE.format(name='low', mu=3)}    if late:\n        idata = pm.sample()": "let the condition",
    f"{SLOPE.format(name='low', mu=3)}    for i in range(0):\n        idata = pm.sample()": "loop",
}


@pytest.mark.parametrize("block", UNSAMPLED)
def test_a_cell_whose_sampling_never_runs_says_so(names, block):
    names.names.update(late=False)
    done = names.run(f"%%glm\n{block}")
    assert isinstance(done.error, BlockError)
    assert "no sample(...) of it ran" in done.error.message
    assert done.error.where.words() == "pm.sample()"
    assert UNSAMPLED[block] in done.error.remedy


def test_the_fit_does_not_change_with_the_draws_that_are_bound(names):
    names.run(f"%%glm df --out fit\n{BARE}idata = pm.sample()\ndel idata.posterior['a']")
    assert "a" in names.names["fit"].posterior["posterior"]


FAULTS = {
    # what follows the sampling: (error, the user's line)
    "1 / 0": ("ZeroDivisionError", "1 / 0"),
    "late = 3\nidata.no_such_method()\nunreached = 1": ("AttributeError", "idata.no_such_method()"),
    "def f():\n    return [][1]\nf()": ("IndexError", "f()"),
    "with contextlib.nullcontext():\n    raise RuntimeError('late')": (
        "RuntimeError",
        "raise RuntimeError('late')",
    ),
    "raise KeyboardInterrupt": (
        "Interrupted",
        "after the sampling; the fit and the names assigned until then",
    ),
    "raise SystemExit": ("SystemExit", "raise SystemExit"),
    "for idat in [idata]:\n    idaat": ("NameError", "idaat"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_after_the_sampling_costs_no_fit(names, fault):
    kind, line = FAULTS[fault]
    done = names.run(f"%%glm df -o fit\nearly = 1\n{BARE}idata = pm.sample()\n{fault}")
    assert type(done.error).__name__ == kind
    assert "R-hat" in done.text
    assert "glm_magic" not in done.text.replace("'glm'", "")
    if kind != "SystemExit":  # IPython prints no traceback for it
        assert line in done.text
    assert isinstance(names.names["fit"], Fit)
    assert names.names["early"] == 1
    assert "a" in names.names["idata"].posterior
    assert ("late" in names.names) == ("late = 3" in fault)
    assert "unreached" not in names.names


def test_what_fails_with_the_sampling_in_one_statement_costs_no_fit(names):
    done = names.run(f"%%glm df -o fit\n{BARE}x, y, z = pm.sample(), 1")
    assert type(done.error).__name__ == "ValueError"
    assert "R-hat" in done.text
    assert isinstance(names.names["fit"], Fit)
    # DATA's column of that name is not a name of the block.
    assert not {"x", "y", "z"} & set(names.names)


def test_what_is_computed_beside_the_draws_may_fail_without_harm(names):
    done = names.run(
        f"%%glm df -o fit\n{BARE}idata = pm.sample(idata_kwargs=dict(log_likelihood=['nothing']))"
    )
    assert done.error is not None
    assert "R-hat" in done.text
    assert isinstance(names.names["fit"], Fit)
    assert "idata" not in names.names


SHOWN = {
    # the end of a block: (whether the panel is shown, what is shown beneath)
    "": (True, None),
    ";": (False, None),
    "\nidata = pm.sample()": (True, None),
    "\nidata = pm.sample();": (False, None),
    "\npm.sample()": (True, None),
    "\npm.sample();": (False, None),
    "\nidata = pm.sample()\nk = 3": (True, None),
    "\nidata = pm.sample()\nk = 3;": (True, None),
    "\nidata = pm.sample()\n1 + 2": (True, 3),
    "\nidata = pm.sample()\n1 + 2;": (True, None),
    "\nidata = pm.sample()\n1 + 2  # ;": (True, 3),
    "\nidata = pm.sample()\nNone": (True, None),
    "\nlen([pm.sample()])": (True, 1),
    "\nlen([pm.sample()]);": (True, None),
}


@pytest.mark.parametrize("end", SHOWN)
def test_a_semicolon_silences_the_last_statement(names, end):
    panel, beneath = SHOWN[end]
    done = names.run(f"%%glm df\n{BARE.strip()}{end}")
    assert done.error is None
    assert ("R-hat" in done.text) == panel
    if beneath is not None:
        assert done.value == beneath
        assert f"]: {beneath}" in done.text
    else:
        assert isinstance(done.value, Fit) == panel


def test_quiet_hides_the_panel_and_not_the_users_own_value(names):
    done = names.run(f"%%glm df --quiet\n{BARE}pm.sample()\n1 + 2")
    assert "R-hat" not in done.text
    assert done.value == 3


UNKNOWN = {
    # a block: (the name, what is suggested)
    f"{BARE}Nrmal('c', 0, 1)": ("Nrmal", "'Normal'"),
    f"slop = 1\n{BARE}print(slope)": ("slope", "'slop'"),
    f"{BARE}idata = pm.sample()\nprint(idta)": ("idta", "'idata'"),
    f"{BARE}idata = pm.sample()\nazz.summary(idata)": ("azz", ""),
    "m = Normal('m', 0, 1)\nNormal('o', m * xx, 1, observed=y)": ("xx", ""),
    "with pm.Modell() as m, modell:\n    pass": ("modell", ""),
    f"{BARE}pm.sample(draws=n_draws)": ("n_draws", ""),
    f"ms = [Normal(f'm{{i}}', 0, sigm) for i in range(2)]\nsigma = 1\n{BARE}": ("sigm", "'sigma'"),
    f"for i in range(2):\n    Nrmal(str(i), 0, 1)\n{BARE}": ("Nrmal", "'Normal'"),
    f"def f():\n    return nthing\nnothing = f()\n{BARE}": ("nthing", ""),
}


@pytest.mark.parametrize("block", UNKNOWN)
def test_an_unknown_name_is_found_before_the_sampling(names, block, monkeypatch):
    from glm_magic import api

    monkeypatch.setattr(api, "sample", lambda *_: pytest.fail("sampled"))
    name, suggestion = UNKNOWN[block]
    before = names.snapshot()
    done = names.run(f"%%glm df\n{block}")
    assert isinstance(done.error, BlockError)
    assert done.error.message == f"unknown name {name!r}"
    assert done.error.where.words() == name
    assert suggestion in done.error.remedy
    assert names.snapshot() == before


KNOWN = [
    "if False:\n    nothing",
    "try:\n    nothing\nexcept NameError:\n    nothing = 1",
    "def later():\n    return nothing",
    "def f():\n    return g()\ndef g():\n    return __name__\nf()",
    "class K:\n    __slots__ = ()\n    k = 1\n    q = [k, __qualname__]",
    "[i for i in 'ab' if i]\nk = [j for j in range(2)]",
    "from math import *\ntau",
    "globals()['made'] = 1\nmade",
    "import os.path\nos.path.join('a', 'b')",
    "print(len(df['x']), display is None, get_ipython() is None)",
    "x = x\ny = y",
    "k = 1\ndel k",
    "lambda k: k",
    "with contextlib.suppress(NameError):\n    nothing",
]


@pytest.mark.parametrize("block", KNOWN)
def test_a_name_that_is_known_or_never_read_is_no_error(names, block):
    assert names.run(f"%%glm df --quiet\n{block}\n{BARE}").error is None


def test_a_column_that_is_not_there_is_pandas_own_error(names):
    done = names.run(f"%%glm df\n{BARE}df['colum']")
    assert isinstance(done.error, KeyError)


REFUSED = {
    # a block: (error, what it says)
    "idata = pm.sample()\nwith pm.Model() as m:\n    pm.Normal('q')": (
        BlockError,
        "no PyMC model to sample where",
    ),
    "idata = pm.sample(model=3)": (BlockError, "model= is of type int"),
    f"{BARE}idata = pm.sample(var_names=['aa'])": (BlockError, "no variable 'aa'"),
    f"{BARE}idata = pm.sample(initvals={{'aa': 1}})": (BlockError, "initvals names 'aa'"),
    f"{BARE}kw = dict(drows=3)\nidata = pm.sample(**kw)": (BlockError, "takes no argument drows"),
    f"{BARE}idata = pm.sample(*[1, 2])": (BlockError, "takes one argument without a name"),
    "one, two = make_model(df), make_model(df)": (BlockError, "several models"),
    "n = 3": (BlockError, "no observed variable"),
    "chain = Normal('chain', 0, 1)\nNormal('o', chain, 1, observed=y)": (
        ModelError,
        "cannot be called 'chain'",
    ),
    "draw = Normal('draw', 0, 1)\nNormal('o', draw, 1, observed=y)": (ModelError, "cannot be called 'draw'"),
}


@pytest.mark.parametrize("block", REFUSED)
def test_what_cannot_be_sampled_is_refused_before(names, block, monkeypatch):
    from glm_magic import api

    monkeypatch.setattr(api, "sample", lambda *_: pytest.fail("sampled"))
    kind, message = REFUSED[block]
    before = names.snapshot()
    done = names.run(f"%%glm df\n{block}")
    assert type(done.error) is kind
    assert message in done.error.message
    assert done.error.remedy
    assert names.snapshot() == before


def test_names_of_the_posteriors_dimensions_that_pymc_can_fit_are_shown(names):
    block = (
        "chain = Normal('m', 0, 1)\ndraw = pm.Data('draw', x)\nDeterministic('draw2', chain * 2)\n"
        "Normal('chain', chain * draw, 1, observed=y)\n"
    )
    fit = names.run(f"%%glm df\n{block}").value
    assert {"m", "draw2"} == set(fit.posterior["posterior"])
    assert fit.findings == () or all(finding.rule != "argument" for finding in fit.findings)
    fit = names.run(
        "%%glm df\nm = Normal('m', 0, 1)\nDeterministic('draw', m)\nNormal('o', m, 1, observed=y)"
    ).value
    assert set(fit.posterior["posterior"]) == {"m"}
    assert "'draw' is not in the posterior" in next(
        one.message for one in fit.findings if one.rule == "argument"
    )


def test_var_names_and_groups_shape_the_draws_that_are_bound(names):
    arguments = "var_names=['d'], idata_kwargs={'log_likelihood': True, 'log_prior': ['a']}"
    block = f"{BARE}Deterministic('d', 2 * a)\nDeterministic('dd', 3 * a)\nidata = pm.sample({arguments})"
    fit = names.run(f"%%glm df\n{block}")
    assert fit.error is None
    idata = names.names["idata"]
    assert list(idata.posterior) == ["d"]
    assert idata.log_likelihood["o"].shape[-1] == 30
    assert list(idata.log_prior) == ["a"]
    # The panel needs the parameters; only derived variables are dropped from it.
    assert set(fit.value.posterior["posterior"]) == {"a", "b", "d"}


def test_dims_and_coords_of_idata_kwargs_name_the_dimensions_of_the_draws(names):
    """As the gallery labels the standard deviations of LKJCholeskyCov; the fit keeps the model's names."""
    block = (
        "with pm.Model(coords={'param': ['level', 'slope']}) as m:\n"
        "    s = pm.HalfNormal('s', 1, shape=2)\n    q = pm.Normal('q', 0, 1, shape=(2, 3))\n"
        "    pm.Normal('o', q.sum() + s.sum(), 1, observed=y)\n"
        "    dims = {'s': ['param'], 'q': ['param', 'k']}\n"
        "    idata = pm.sample(idata_kwargs={'dims': dims, 'coords': {'k': list('abc')}})"
    )
    done = names.run(f"%%glm df -o fitted\n{block}")
    assert done.error is None, done.text
    posterior = names.names["idata"].posterior
    assert posterior["s"].sel(param="slope").dims == ("chain", "draw")
    assert posterior["q"].dims == ("chain", "draw", "param", "k")
    assert [*posterior["k"].values] == ["a", "b", "c"]
    fit = names.names["fitted"]
    assert fit.posterior["posterior"]["s"].dims == ("chain", "draw", "s_dim_0")
    assert all(finding.rule != "argument" for finding in fit.findings)


def test_a_hidden_progress_is_not_reported(names, monkeypatch):
    from glm_magic import api

    heard = []
    whole = api.sample
    monkeypatch.setattr(
        api,
        "sample",
        lambda model, options, report, kept: heard.append(report) or whole(model, options, report, kept),
    )
    for arguments in ("", "progressbar=False", "quiet=True"):
        names.run(f"%%glm df --quiet\n{BARE}pm.sample({arguments});")
    assert [report is api._silent for report in heard] == [False, True, True]


def test_notes_are_findings(names):
    fit = names.run(f"%%glm df\n{BARE}pm.sample(init='adapt_diag', trace=[])").value
    messages = [finding.message for finding in fit.findings if finding.rule == "argument"]
    assert len(messages) == 2
    assert "init has no effect" in repr(fit)


def test_initvals_hold_for_the_fit_alone():
    with pm.Model() as model:
        m = pm.Normal("m", 0, 1)
        sigma = pm.HalfNormal("sigma", 1)
        pm.Deterministic("d", m + sigma)
    before = model.initial_point()
    with beginning_at(model, {"m": 0.5, "sigma_log__": np.log(3.0), "d": 3.5}):
        assert model.initial_point() == {"m": 0.5, "sigma_log__": pytest.approx(np.log(3.0))}
    with beginning_at(model, {sigma: 2.0}):
        assert model.initial_point()["sigma_log__"] == pytest.approx(np.log(2.0))
    assert model.initial_point() == before


@pytest.mark.filterwarnings("ignore:The number of samples is too small")
def test_settings_reach_the_samplers(line_data):
    """Real draws, 30 of each chain."""
    from glm_magic.engines import sample
    from glm_magic.request import Options
    from glm_magic.request.settings import Settings

    with pm.Model() as model:
        slope = pm.Normal("slope", 0, 1)
        pm.Normal("o", slope * line_data.x.values, 1, observed=line_data.y.values)
        step = pm.Metropolis()
    short = {"draws": 30, "tune": 30, "chains": 2, "cores": 1, "seed": 1}
    for engine in ("instant", "nutpie", "pymc"):
        shallow = sample(
            model, Options(**short, engine=engine, settings=Settings(max_treedepth=1)), lambda _: None
        )
        assert int(shallow.sample_stats["tree_depth"].max()) <= 1, engine
    heard = []
    stepped = Settings(pymc={"step": step, "callback": lambda trace, draw: heard.append(draw.chain)})
    drawn = sample(model, Options(**short, engine="pymc", settings=stepped), lambda _: None)
    assert "tree_depth" not in drawn.sample_stats
    assert heard.count(0) == heard.count(1) == 60
