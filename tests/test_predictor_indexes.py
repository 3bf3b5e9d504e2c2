"""Hand-written models with several group indexes: each has its name, its axis and its own lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

pm = pytest.importorskip("pymc")
import pytensor.tensor as pt  # noqa: E402
import xarray  # noqa: E402

from glm_magic.predictor import Curves, NoPredictor  # noqa: E402
from glm_magic.predictor.graph import read_graph  # noqa: E402

N, S = 60, 3
RNG = np.random.default_rng(31)
G, H = RNG.integers(0, 3, N), RNG.integers(0, 4, N)
G[:3], H[:4] = [2, 0, 1], [3, 1, 0, 2]
OFF = RNG.integers(0, 3, N)
TURNED = (G + 1) % 3
WON, LOST = RNG.integers(0, 5, N), RNG.integers(0, 5, N)
LOST[:10], WON[:10] = np.arange(10) % 5, np.arange(10, 0, -1) % 5
PLAYER, TEAM_OF = RNG.integers(0, 6, N), np.array([0, 1, 1, 2, 0, 2])
X = RNG.normal(2.0, 1.0, N)
Y = RNG.normal(size=N)
TOWNS, CLUBS = np.array(["ayr", "bonn", "cork"]), np.array(["m", "n", "o", "p"])

DRAWS = {
    "c": RNG.normal(size=S),
    "b": RNG.normal(size=S),
    "a3": RNG.normal(size=(S, 3)),
    "b3": RNG.normal(size=(S, 3)),
    "b4": RNG.normal(size=(S, 4)),
    "a5": RNG.normal(size=(S, 5)),
    "a6": RNG.normal(size=(S, 6)),
    "m34": RNG.normal(size=(S, 3, 4)),
    "m23": RNG.normal(size=(S, 2, 3)),
    "t324": RNG.normal(size=(S, 3, 2, 4)),
}


def free(name: str, **options: Any) -> Any:
    """A normal variable of the shape of its draws."""
    return pm.Normal(name, 0, 1, **({"shape": DRAWS[name].shape[1:]} | options))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A model, and its mean by hand.

    Attributes
    ----------
    mean : callable
        In a model, from the data by name to its mean.
    data : dict
        The data of the mean, by the names that the axes have without columns.
    expected : callable
        From draws and the data as (n_grid,) arrays to (n_samples, n_grid).
    """

    mean: Callable[..., Any]
    data: dict[str, np.ndarray]
    expected: Callable[..., np.ndarray]
    coords: dict[str, Any] = field(default_factory=dict)


def two_groups(g, h):
    return free("a3")[g] + free("b4")[h]


CASES = {
    "two indexes": Case(
        mean=two_groups,
        data={"index of a3": G, "index of b4": H},
        expected=lambda d, g, h: d["a3"][:, g] + d["b4"][:, h],
    ),
    "two indexes of equal size": Case(
        mean=lambda g, h: free("a3")[g] + free("b3")[h],
        data={"index of a3": G, "index of b3": OFF},
        expected=lambda d, g, h: d["a3"][:, g] + d["b3"][:, h],
    ),
    "two numberings of the same groups": Case(
        mean=lambda g, h: free("a3")[g] + free("b3")[h],
        data={"index of a3": G, "index of b3": TURNED},
        expected=lambda d, g, h: d["a3"][:, g] + d["b3"][:, h],
    ),
    "Bradley-Terry": Case(
        mean=lambda w, lost: (s := free("a5"))[w] - s[lost],
        data={"index of a5": WON, "index of a5 (2)": LOST},
        expected=lambda d, w, lost: d["a5"][:, w] - d["a5"][:, lost],
    ),
    "Bradley-Terry with dims": Case(
        mean=lambda w, lost: (s := free("a5", dims="club"))[w] - s[lost],
        data={"club": WON, "club (2)": LOST},
        expected=lambda d, w, lost: d["a5"][:, w] - d["a5"][:, lost],
        coords={"club": list("vwxyz")},
    ),
    "two vectors of one dim": Case(
        mean=lambda g, h: free("a3", dims="town")[g] * free("b3", dims="town")[h],
        data={"town": G, "town (2)": OFF},
        expected=lambda d, g, h: d["a3"][:, g] * d["b3"][:, h],
        coords={"town": TOWNS},
    ),
    "a matrix": Case(
        mean=lambda g, h: free("m34")[g, h],
        data={"index of m34": G, "index of m34 (2)": H},
        expected=lambda d, g, h: d["m34"][:, g, h],
    ),
    "a matrix with dims": Case(
        mean=lambda g, h: free("m34", dims=("town", "club"))[g, h],
        data={"town": G, "club": H},
        expected=lambda d, g, h: d["m34"][:, g, h],
        coords={"town": TOWNS, "club": CLUBS},
    ),
    "columns of a matrix": Case(
        mean=lambda h: free("m34", dims=("town", "club"))[:, h].sum(axis=0),
        data={"club": H},
        expected=lambda d, h: d["m34"][:, :, h].sum(axis=1),
        coords={"town": TOWNS, "club": CLUBS},
    ),
    "a row of a matrix": Case(
        mean=lambda g, h: (m := free("m23"))[0, g] + m[1][h] * X,
        data={"index of m23": G, "group": OFF, "data 1": X},
        expected=lambda d, g, h, x: d["m23"][:, 0, g] + d["m23"][:, 1, h] * x,
    ),
    "two dimensions of three": Case(
        mean=lambda g, h: free("t324")[g, 1, h],
        data={"index of t324": G, "index of t324 (2)": H},
        expected=lambda d, g, h: d["t324"][:, g, 1, h],
    ),
    "take": Case(
        mean=lambda g, h: pt.take(free("a3"), g) + pt.take(free("m34"), h, axis=1)[0],
        data={"index of a3": G, "index of m34": H},
        expected=lambda d, g, h: d["a3"][:, g] + d["m34"][:, 0, h],
    ),
    "one index of several parameters": Case(
        mean=lambda g: free("c") + free("a3")[g] + free("b3")[g] * X,
        data={"index of a3": G, "data 1": X},
        expected=lambda d, g, x: d["c"][:, None] + d["a3"][:, g] + d["b3"][:, g] * x,
    ),
    "one index of parameters of two sizes": Case(
        mean=lambda g: free("b4")[g] + free("a3")[g],
        data={"index of b4": G},
        expected=lambda d, g: d["b4"][:, g] + d["a3"][:, g],
    ),
    "equal indexes": Case(
        mean=lambda g: free("a3")[g] + free("b3")[g.copy() if isinstance(g, np.ndarray) else g],
        data={"index of a3": G},
        expected=lambda d, g: d["a3"][:, g] + d["b3"][:, g],
    ),
    "computed effects": Case(
        mean=lambda g, h: (free("c") + 2 * free("a3"))[g] + pt.exp(free("b4"))[h],
        data={"index of a3": G, "index of b4": H},
        expected=lambda d, g, h: d["c"][:, None] + 2 * d["a3"][:, g] + np.exp(d["b4"][:, h]),
    ),
    "effects without a name": Case(
        mean=lambda g, h: pt.concatenate([[0.0], free("a3")])[g] + pt.concatenate([free("b3"), [1.0]])[h],
        data={"group": G, "group (2)": H},
        expected=lambda d, g, h: (
            np.hstack([np.zeros((S, 1)), d["a3"]])[:, g] + np.hstack([d["b3"], np.ones((S, 1))])[:, h]
        ),
    ),
    "three indexes and a slope": Case(
        mean=lambda g, h, p: free("a3")[g] * X + free("b4")[h] + free("a6")[p],
        data={"index of a3": G, "index of b4": H, "index of a6": PLAYER, "data 1": X},
        expected=lambda d, g, h, p, x: d["a3"][:, g] * x + d["b4"][:, h] + d["a6"][:, p],
    ),
    "rows of a matrix, then a column": Case(
        mean=lambda g: (rows := free("m34")[g])[:, 0] + rows[:, 3] * X,
        data={"index of m34": G, "data 1": X},
        expected=lambda d, g, x: d["m34"][:, g, 0] + d["m34"][:, g, 3] * x,
    ),
    "groups that begin with 1": Case(
        mean=lambda g, h: free("b4")[g] + free("a5")[h],
        data={"index of b4": G + 1, "index of a5": H + 1},
        expected=lambda d, g, h: d["b4"][:, g] + d["a5"][:, h],
    ),
}


def model_of(case: Case, given: list[Any], observed: np.ndarray = Y) -> pm.Model:
    with pm.Model(coords=case.coords) as model:
        pm.Normal("y", case.mean(*given), 1.0, observed=observed)
    return model


def indexes(case: Case) -> dict[str, np.ndarray]:
    return {name: values for name, values in case.data.items() if values.dtype.kind in "iu"}


def check_lines(found: Any, case: Case, names: list[str]) -> None:
    """Compare every axis with the mean by hand, the other data held where the axis says."""
    assert not isinstance(found, NoPredictor), found.reason
    assert sorted(one.x for one in found.axes) == sorted(names)
    draws = xarray.Dataset(
        {
            name: (("sample", *(f"{name}_{k}" for k in range(values.ndim - 1))), values)
            for name, values in DRAWS.items()
        }
    )
    data = dict(zip(names, case.data.values(), strict=True))
    for one in found.axes:
        vectors = [
            np.full(len(one.grid), values.mean() if values.dtype.kind == "f" else values.min())
            for values in data.values()
        ]
        vectors[names.index(one.x)] = one.grid
        own = [
            vector if values.dtype.kind == "f" else vector.astype(int)
            for vector, values in zip(vectors, data.values(), strict=True)
        ]
        curves = one.strata[0].mean
        assert isinstance(curves, Curves)
        np.testing.assert_allclose(curves.evaluate(draws), case.expected(DRAWS, *own), rtol=1e-9)
        np.testing.assert_array_equal(one.observed_x, data[one.x])
        assert {held.name for held in one.held} == set(names) - {one.x}


@pytest.mark.parametrize("name", CASES)
def test_without_names(name):
    case = CASES[name]
    check_lines(read_graph(model_of(case, list(indexes(case).values())), {}), case, list(case.data))


@pytest.mark.parametrize("name", CASES)
def test_names_of_columns(name):
    case = CASES[name]
    columns = {f"column {k}": values for k, values in enumerate(case.data.values())}
    found = read_graph(model_of(case, list(indexes(case).values())), columns)
    check_lines(found, case, list(columns))


@pytest.mark.parametrize("kind", ["int8", "uint8", "int32", "int64"])
@pytest.mark.parametrize("name", CASES)
def test_names_of_data_of_the_model(name, kind):
    case = CASES[name]
    own = {"x": X} | {f"idx_{k}": values.astype(kind) for k, values in enumerate(indexes(case).values())}
    names = [f"idx_{k}" for k in range(len(own) - 1)] + ["x"] * ("data 1" in case.data)
    with pm.Model(coords=case.coords) as model:
        data = [pm.Data(name, own[name]) for name in names if name != "x"]
        pm.Normal("y", case.mean(*data), 1.0, observed=Y)
    check_lines(read_graph(model, {"x": X}), case, names)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if len(indexes(case)) == 2])
def test_two_text_columns(name):
    case = CASES[name]
    text = {
        f"text {k}": np.char.add("l", values.astype(str)) for k, values in enumerate(indexes(case).values())
    }
    columns = {**text, **({"x": X} if "data 1" in case.data else {})}
    found = read_graph(model_of(case, list(indexes(case).values())), columns)
    check_lines(found, case, list(columns))


def test_levels_are_those_that_everything_indexed_has():
    found = read_graph(model_of(CASES["one index of parameters of two sizes"], [G]), {})
    assert found.axes[0].levels == ("0", "1", "2")


def test_each_dim_of_a_matrix_has_its_own_labels():
    case = CASES["a matrix with dims"]
    found = read_graph(model_of(case, [G, H]), {})
    assert {one.x: one.levels for one in found.axes} == {"town": tuple(TOWNS), "club": tuple(CLUBS)}


def test_a_group_that_has_rows_is_held():
    found = read_graph(model_of(CASES["groups that begin with 1"], [G + 1, H + 1]), {})
    assert [held.value for one in found.axes for held in one.held] == ["1 (first group)"] * 2


def test_one_column_numbered_in_two_orders_is_one_predictor():
    appearing = np.array([{2: 0, 0: 1, 1: 2}[code] for code in G])
    with pm.Model() as model:
        pm.Normal("y", free("a3")[G] + free("b3")[appearing], 1.0, observed=Y)
    case = Case(
        mean=lambda g: g,
        data={"town": G},
        expected=lambda d, g: d["a3"][:, g] + d["b3"][:, np.array([1, 2, 0])[g]],
    )
    found = read_graph(model, {"town": TOWNS[G]})
    check_lines(found, case, ["town"])
    assert found.axes[0].levels == tuple(TOWNS)


@pytest.mark.parametrize("as_data", [False, True])
def test_groups_of_groups(as_data):
    """``b[team_of[player]]``, with the players' own effects."""
    with pm.Model() as model:
        player = pm.Data("player", PLAYER) if as_data else PLAYER
        team = (pm.Data("team_of", TEAM_OF) if as_data else TEAM_OF)[player]
        pm.Normal("y", free("a6")[player] + free("b3")[team], 1.0, observed=Y)
    case = Case(
        mean=lambda p: p,
        data={"player": PLAYER, "team": TEAM_OF[PLAYER]},
        expected=lambda d, p, t: d["a6"][:, p] + d["b3"][:, t],
    )
    names = ["player", "team_of"] if as_data else ["index of a6", "index of b3"]
    check_lines(read_graph(model, {}), case, names)


def test_effects_of_groups_of_groups():
    """``b[team_of][player]``."""
    with pm.Model() as model:
        pm.Normal("y", free("b3")[TEAM_OF][PLAYER] + free("a3")[G], 1.0, observed=Y)
    case = Case(
        mean=lambda p: p,
        data={"player": PLAYER, "index of a3": G},
        expected=lambda d, p, g: d["b3"][:, TEAM_OF[p]] + d["a3"][:, g],
    )
    check_lines(read_graph(model, {"player": PLAYER}), case, ["player", "index of a3"])


def test_a_number_is_not_named_after_an_index():
    """The dim and a column of numbers share a name."""
    with pm.Model(coords={"x": TOWNS}) as model:
        pm.Normal("y", free("a3", dims="x")[G] + free("b") * X, 1.0, observed=Y)
    case = Case(
        mean=lambda g: g,
        data={"index of a3": G, "x": X},
        expected=lambda d, g, x: d["a3"][:, g] + d["b"][:, None] * x,
    )
    check_lines(read_graph(model, {"x": X}), case, ["index of a3", "x"])


def test_parameters_of_parameters_are_drawn_in_sample():
    """``a[g][h]`` picks rows of rows: a row's mean is no function of its own data."""
    rows = np.arange(N)[::-1].copy()
    with pm.Model() as model:
        pm.Normal("y", free("a3")[G][rows], 1.0, observed=Y)
    found = read_graph(model, {})
    assert [one.x for one in found.axes] == ["row"]


def test_a_mask_is_no_group():
    mask = np.arange(2 * N) % 2 == 0
    with pm.Model() as model:
        u = pm.Normal("u", 0, 1, shape=2 * N)
        pm.Normal("y", u[mask] + free("a3")[G], 1.0, observed=Y)
    found = read_graph(model, {})
    assert [one.x for one in found.axes] == ["row"]
