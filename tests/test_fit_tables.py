"""fit.draws(), fit.summary() and fit.groups(), against pandas, xarray and ArviZ."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pymc
import pytest

import glm_magic
from glm_magic import glm
from glm_magic.errors import FormulaError, ModelError

N = 60
GROUPED = "y ~ x + f + I(x / 10) + (x|g) + (f|h)\nsigma ~ z + (1|g)"


@pytest.fixture(scope="module")
def fit(frame, without_sampling):
    with without_sampling():
        return glm(GROUPED, frame, draws=100, chains=2, seed=1)


@pytest.fixture(scope="module")
def line(frame, without_sampling):
    with without_sampling():
        return glm("y ~ x", frame, draws=20, chains=2, seed=1)


@pytest.fixture(scope="module")
def loaded(fit, tmp_path_factory):
    path = tmp_path_factory.mktemp("fits") / "fit.nc"
    fit.save(path)
    return glm_magic.load(path)


def posterior(fit):
    return fit.posterior["posterior"].dataset


def arviz_summary(draws):
    """R-hat and effective sample sizes by ArviZ, whichever of its generations is here."""
    try:
        stats = importlib.import_module("arviz_stats.base").array_stats
        return {
            "r_hat": stats.rhat(draws, chain_axis=0, draw_axis=1),
            "ess_bulk": stats.ess(draws, chain_axis=0, draw_axis=1, method="bulk"),
            "ess_tail": stats.ess(draws, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95)),
            "mcse_mean": stats.mcse(draws, chain_axis=0, draw_axis=1, method="mean"),
        }
    except ImportError:
        import arviz

        return {
            "r_hat": arviz.rhat(draws),
            "ess_bulk": arviz.ess(draws, method="bulk"),
            "ess_tail": arviz.ess(draws, method="tail"),
            "mcse_mean": arviz.mcse(draws, method="mean"),
        }


class TestDraws:
    def test_a_row_per_draw_and_a_column_per_number_of_the_summary(self, fit):
        table = fit.draws()
        assert list(table.columns) == ["chain", "draw", *fit.summary().index]
        assert len(table) == 200
        assert table.columns.is_unique

    @pytest.mark.parametrize(
        ("label", "variable", "place"),
        [
            ("x", "x", {}),
            ("f[q]", "f", {"f_dim": "q"}),
            ("I(x / 10)", "I(x ÷ 10)", {}),
            ("x|g[c]", "x|g", {"g__factor_dim": "c"}),
            ("sigma_1|g_sigma", "sigma_1|g_sigma", {}),
        ],
    )
    def test_columns_are_the_draws_of_xarray(self, fit, label, variable, place):
        table = fit.draws()
        series = posterior(fit)[variable].sel(place).to_series()
        by_index = table.set_index(["chain", "draw"])[label]
        pd.testing.assert_series_equal(by_index.sort_index(), series.sort_index(), check_names=False)

    def test_a_loaded_fit_has_the_same_draws(self, fit, loaded):
        pd.testing.assert_frame_equal(loaded.draws(), fit.draws())

    def test_a_column_called_chain_keeps_its_effect(self, frame, no_sampling):
        fit = glm("y ~ chain + x", frame.assign(chain=frame["z"]), draws=20, chains=2, seed=1)
        table = fit.draws()
        assert list(table["chain"].unique()) == [0, 1]
        np.testing.assert_array_equal(
            table["chain (column)"], posterior(fit)["chain (column)"].values.ravel()
        )

    def test_what_is_internal_has_no_column(self, fit):
        assert "Intercept_centered" in posterior(fit)
        assert not [name for name in fit.draws() if "centered" in name or "offset" in name]

    def test_a_posterior_that_could_not_be_made_has_no_table(self, frame, no_sampling, monkeypatch):
        from glm_magic.fit import shown

        def fails(*arguments):
            raise ValueError("no reason")

        monkeypatch.setattr(shown, "finish", fails)
        fit = glm("y ~ x", frame, draws=20, chains=2, seed=1)
        for verb in (fit.draws, fit.groups, lambda: fit.hypothesis("x > 0")):
            with pytest.raises(ModelError, match="the posterior could not be made"):
                verb()


class TestSummary:
    def test_all_is_the_table_as_it_was(self, fit):
        table = fit.summary()
        pd.testing.assert_frame_equal(table, fit.summary(kind="all"))
        assert list(table.columns) == [
            "mean", "sd", "5.5%", "94.5%", "ess_bulk", "ess_tail", "r_hat", "mcse_mean",
        ]  # fmt: skip

    def test_population_and_groups_are_all_in_order(self, fit):
        population, groups = fit.summary(kind="population"), fit.summary(kind="groups")
        assert "1|g_sigma" in population.index
        assert "1|g[a]" in groups.index
        assert "sigma_1|g[d]" in groups.index
        assert set(population.index).isdisjoint(groups.index)
        assert sorted([*population.index, *groups.index]) == sorted(fit.summary().index)

    def test_names_choose_numbers_in_their_order(self, fit):
        assert list(fit.summary(names=["sigma_z", "f", "I(x/10)"]).index) == [
            "sigma_z", "f[q]", "f[r]", "I(x / 10)",
        ]  # fmt: skip
        assert list(fit.summary(names="x|g").index) == [f"x|g[{level}]" for level in "abcd"]
        assert list(fit.summary(names=["f[r]", "f"]).index) == ["f[r]", "f[q]"]

    @pytest.mark.parametrize(
        ("options", "error", "words"),
        [
            ({"names": "sigam_z"}, FormulaError, "Did you mean 'sigma_z'"),
            ({"names": "x|g[a]", "kind": "population"}, FormulaError, "no parameter is called"),
            ({"names": []}, ModelError, "names must be a parameter"),
            ({"names": [3]}, ModelError, "names must be a parameter"),
            ({"names": 3}, ModelError, "names must be a parameter"),
            ({"kind": "fixed"}, ModelError, "kind must be one of"),
            ({"transform": "epx"}, ModelError, "Did you mean 'exp'"),
            ({"transform": 3}, ModelError, "transform must be a function"),
            ({"transform": np.mean}, ModelError, "gives an array of shape"),
            ({"transform": lambda draws: 1 / 0}, ModelError, "ZeroDivisionError"),
            ({"transform": "log", "names": "x|g[a]"}, ModelError, "is no number in"),
            ({"prob": 2}, ModelError, "prob"),
        ],
    )
    def test_mistakes_are_told(self, fit, options, error, words):
        with pytest.raises(error) as caught:
            fit.summary(**options)
        assert words in str(caught.value)

    def test_the_mean_is_that_of_the_transformed_draws(self, fit):
        draws = np.exp(posterior(fit)["1|g_sigma"].values / 10)
        table = fit.summary(names="1|g_sigma", transform=lambda one: np.exp(one / 10), prob=0.8)
        row = table.loc["1|g_sigma"]
        assert row["mean"] == pytest.approx(draws.mean(), rel=1e-12)
        assert row["sd"] == pytest.approx(draws.std(ddof=1), rel=1e-12)
        np.testing.assert_allclose(row[["10%", "90%"]], np.quantile(draws, [0.1, 0.9]), rtol=1e-12)

    @pytest.mark.parametrize(
        ("transform", "function"), [("exp", np.exp), ("sqrt", np.sqrt), (np.square, np.square)]
    )
    def test_diagnostics_of_transformed_draws_are_those_of_arviz(self, fit, transform, function):
        draws = function(posterior(fit)["x|g_sigma"].values)
        row = fit.summary(names="x|g_sigma", transform=transform).loc["x|g_sigma"]
        for name, expected in arviz_summary(draws).items():
            assert row[name] == pytest.approx(float(expected), rel=1e-6), name

    def test_bulk_and_tail_ess_go_by_ranks(self, fit):
        plain, changed = fit.summary(names="f"), fit.summary(names="f", transform="exp")
        columns = ["ess_bulk", "ess_tail"]
        pd.testing.assert_frame_equal(plain[columns], changed[columns], check_names=False)
        assert (plain["mcse_mean"] != changed["mcse_mean"]).all()

    def test_the_table_says_what_it_is_of(self, fit):
        table = fit.summary(transform="exp", names="x")
        assert table.columns.name == "exp(parameter)"
        assert table.attrs["transform"] == "exp"

    def test_a_loaded_fit_summarises_alike(self, fit, loaded):
        options = {"kind": "population", "transform": "expit", "prob": 0.5}
        pd.testing.assert_frame_equal(loaded.summary(**options), fit.summary(**options))

    def test_a_transformed_angle_is_a_number_on_a_line(self, frame, no_sampling):
        fit = glm("angle ~ x", frame, family="vonmises", draws=50, chains=2, seed=1)
        row = fit.summary(names="Intercept", transform="exp").loc["Intercept"]
        assert row["mean"] == pytest.approx(np.exp(fit.draws()["Intercept"]).mean())
        assert np.isfinite(row["ess_bulk"])

    def test_a_fit_without_groups_has_none_to_show(self, line):
        with pytest.raises(ModelError, match="no group-specific levels"):
            line.summary(kind="groups")
        pd.testing.assert_frame_equal(line.summary(kind="population"), line.summary())


class TestGroups:
    def test_sds_are_those_of_the_summary(self, fit):
        table, summary = fit.groups().sd, fit.summary()
        assert list(table.index) == [name for name in summary.index if "|" in name and "_sigma" in name]
        columns = ["mean", "sd", "5.5%", "94.5%"]
        pd.testing.assert_frame_equal(table[columns], summary.loc[table.index, columns])

    def test_levels_are_those_of_the_summary(self, fit):
        table, summary = fit.groups(prob=0.5).levels, fit.summary(kind="groups", prob=0.5)
        pd.testing.assert_frame_equal(
            table[["mean", "sd", "25%", "75%"]], summary[["mean", "sd", "25%", "75%"]]
        )

    def test_each_row_knows_its_group_term_and_level(self, fit):
        found = fit.groups()
        assert set(found.sd["group"]) == {"g", "h"}
        assert list(found.sd.loc["sigma_1|g_sigma", ["group", "term"]]) == ["g", "sigma_1"]
        assert list(found.levels.loc["x|g[b]", ["group", "term", "level"]]) == ["g", "x", "b"]

    def test_levels_of_a_slope_of_categories(self, fit):
        """Their draws are chosen by xarray, by the dims that Bambi gives them."""
        of_h = fit.groups().levels.query("group == 'h' and term != '1'")
        assert set(of_h["term"]) == {"f[q]", "f[r]"}
        assert set(of_h["level"]) == {"one", "two"}
        for _, row in of_h.iterrows():
            place = {"h__factor_dim": row["level"], "f__expr_dim": row["term"][2:-1]}
            assert row["mean"] == pytest.approx(float(posterior(fit)["f|h"].sel(place).mean()))

    def test_a_loaded_fit_has_the_same(self, fit, loaded):
        pd.testing.assert_frame_equal(loaded.groups().sd, fit.groups().sd)
        pd.testing.assert_frame_equal(loaded.groups().levels, fit.groups().levels)

    def test_it_prints_as_two_tables(self, fit):
        text = repr(fit.groups())
        assert "How much groups differ" in text
        assert "1|g_sigma" in text
        assert "x|g[d]" in text
        html = fit.groups()._repr_html_()
        assert html.count("<table") == 2
        assert "sigma_1|g[a]" in html

    def test_of_many_levels_the_first_are_printed(self, frame, no_sampling):
        wide = frame.assign(g=[f"s{place % 30:02}" for place in range(N)])
        found = glm("y ~ 1 + (1|g)", wide, draws=20, chains=2, seed=1).groups()
        assert len(found.levels) == 30
        assert "18 more" in repr(found)
        assert "s11" in repr(found)
        assert "s12" not in repr(found)

    def test_the_parameters_of_another_prior_have_their_names(self, frame, no_sampling):
        fit = glm(
            "y ~ x + (1|g)", frame, priors={"1|g": "StudentT(4, 0, HalfNormal(5))"},
            draws=20, chains=2, seed=1,
        )  # fmt: skip
        assert list(fit.groups().sd.index) == ["1|g_sigma"]

    def test_groups_of_a_response_with_categories(self, frame, no_sampling):
        fit = glm("kind ~ x + (1|g)", frame, family="categorical", draws=20, chains=2, seed=1)
        found = fit.groups()
        assert len(found.sd) == 2
        assert len(found.levels) == 8
        assert set(found.levels["level"]) == set("abcd")

    def test_a_group_whose_name_ends_like_a_sigma(self, frame, no_sampling):
        renamed = frame.rename(columns={"h": "g_sigma"})
        found = glm("y ~ (1|g) + (1|g_sigma)", renamed, draws=20, chains=2, seed=1).groups()
        assert len(found.sd) == 2
        assert set(found.levels["group"]) == {"g", "g_sigma"}
        assert len(found.levels) == 6

    @pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS:UserWarning")
    @pytest.mark.parametrize("again", [False, True], ids=["made", "loaded"])
    def test_an_lkj_has_standard_deviations_and_correlations(self, again, no_sampling, tmp_path):
        with pymc.Model() as model:
            pymc.LKJCholeskyCov("chol", n=3, eta=2, sd_dist=pymc.Exponential.dist(1.0, shape=3))
            pymc.Normal("y", pymc.Normal("a", 0, 1), 1, observed=np.zeros(5))
        fit = glm(model, draws=50, chains=2, seed=1)
        if again:
            fit.save(tmp_path / "fit.nc")
            fit = glm_magic.load(tmp_path / "fit.nc")
        found = fit.groups()
        draws = posterior(fit)
        assert list(found.sd.index) == [f"chol_stds[{place}]" for place in range(3)]
        assert list(found.correlation.index) == ["chol_corr[0, 1]", "chol_corr[0, 2]", "chol_corr[1, 2]"]
        row = found.correlation.loc["chol_corr[0, 2]"]
        assert list(row[["group", "term", "with"]]) == ["chol", "0", "2"]
        assert row["mean"] == pytest.approx(float(draws["chol_corr"][..., 0, 2].mean()))
        assert row["94.5%"] == pytest.approx(float(draws["chol_corr"][..., 0, 2].quantile(0.945)))
        assert len(found.levels) == 0
        assert "How their effects go together" in repr(found)
        assert found._repr_html_().count("<table") == 2

    def test_a_formula_has_no_correlations(self, fit):
        assert len(fit.groups().correlation) == 0
        assert "go together" not in repr(fit.groups())

    @pytest.mark.parametrize("kind", ["line", "block"])
    def test_without_groups_it_says_so(self, kind, line, no_sampling):
        fit = line
        if kind == "block":
            with pymc.Model() as model:
                pymc.Normal("y", pymc.Normal("a", 0, 1), 1, observed=np.zeros(5))
            fit = glm(model, draws=20, chains=2, seed=1)
        with pytest.raises(ModelError, match="no group-specific term"):
            fit.groups()
