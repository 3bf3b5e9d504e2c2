"""Completion in a %%glm cell, through IPython's own completer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from glm_magic.complete import FAMILIES, LINKS, families, suggestions


class Broken:
    """Something in the notebook that answers every question with an error."""

    shape = (1, 1)

    @property
    def columns(self):
        raise RuntimeError("columns")

    @property
    def ndim(self):
        raise RuntimeError("ndim")

    def __repr__(self):
        raise RuntimeError("repr")


@pytest.fixture
def names(notebook):
    frame = pd.DataFrame({"height": [1.0, 2.0], "weight": [1.0, 2.0], "shoe size": [1, 2], "it's": [1, 2]})
    notebook.names.update(
        people=frame,
        wide=pd.DataFrame(np.zeros((2, 3000)), columns=[f"column{index}" for index in range(3000)]),
        vector=np.arange(3.0),
        broken=Broken(),
    )
    return notebook


def completed(notebook, text):
    """What ipykernel would offer at the end of a text."""
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        return [found.text for found in notebook.shell.Completer.completions(text, len(text))]


CELLS = {
    "%%glm peo": ["people"],
    "%%glm ": ["people", "wide"],
    "%%glm people --fam": ["--family"],
    "%%glm people --family ber": ["bernoulli"],
    "%%glm people --family=ber": ["bernoulli"],
    "%%glm people -f pois": ["poisson"],
    "%%glm people --link clog": ["cloglog"],
    "%%glm people --engine nut": ["nutpie"],
    "%%glm people\nwei": ["weight"],
    "%%glm people\nweight ~ hei": ["height"],
    "%%glm people\nweight ~ `sho": ["`shoe size`"],
    "%%glm people --family t\nweight ~ log(hei": ["height"],
    "%%glm people\nweight ~ height\nhei": ["height"],
    "%glm people: wei": ["weight"],
    "fit = %glm people: wei": ["weight"],
    "%%time\n%%glm people\nwei": ["weight"],
    "%%glm\nvec": ["vector"],
}


@pytest.mark.parametrize("text", CELLS)
def test_completion(names, text):
    assert completed(names, text)[: len(CELLS[text])] == CELLS[text]


def test_a_block_keeps_pythons_own_completions(names):
    names.run("import pymc as pm")
    assert "Normal" in completed(names, "%%glm people\nm = pm.Nor")
    offered = completed(names, "%%glm people\nmu = pe")
    assert "people" in offered
    assert {"height", "hex"} <= set(completed(names, "%%glm people\nmu = he"))
    assert {"people", "print"} <= {
        *completed(names, "%%glm people\nmu = peo"),
        *completed(names, "%%glm people\npri"),
    }


def test_other_cells_are_left_alone(names):
    assert "people" in completed(names, "peo")
    assert "weight" not in completed(names, "wei")
    assert "--family" not in completed(names, "%timeit --fam")
    assert completed(names, "%%glmx people\nweig") == completed(names, "%%other people\nweig")


def test_many_columns_are_offered_up_to_a_bound(names):
    assert len(suggestions("%%glm wide\ncol", names.names).words) == 2000


def test_something_broken_in_the_notebook_is_passed_over(names):
    assert suggestions("%%glm bro", names.names).words == []
    assert suggestions("%%glm broken\nwei", names.names).words == []


def test_options_already_typed_are_not_offered_again(names):
    assert "--seed" in suggestions("%%glm people --", names.names).words
    assert "--seed" not in suggestions("%%glm people --seed 1 --", names.names).words


def test_families_and_links_are_bambis_own():
    from bambi.defaults.families import BUILTIN_FAMILIES

    assert set(families()) == set(BUILTIN_FAMILIES) >= set(FAMILIES)
    links = {
        link
        for entry in BUILTIN_FAMILIES.values()
        for link in entry["family"].SUPPORTED_LINKS[entry["likelihood"]["parent"]]
    }
    assert set(LINKS) <= links
