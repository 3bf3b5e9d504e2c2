"""A cell in a warm kernel, and a Run All in a new one.

``make bench`` prints ratios; nothing is asserted, for the machines are shared.
"""

from __future__ import annotations

import pytest
from measure import measure, times

PEERS = ("Bambi + nutpie", "Bambi + nutpie, figures", "Bambi")


@pytest.mark.parametrize("case", ["line", "line of 10,000"])
def test_the_same_cell_again(case, tmp_path):
    ours = measure("glm-magic", case, tmp_path, before=case, rounds=5)
    print(f"\nwarm kernel, {case}: {ours.seconds:.2f} s")
    for peer in PEERS:
        print(times(ours.seconds, measure(peer, case, tmp_path, before=case, rounds=3).seconds, peer))


@pytest.mark.parametrize("case", ["new: two predictors", "new: interaction", "new: logistic", "new: groups"])
def test_a_formula_of_new_structure(case, tmp_path):
    ours = measure("glm-magic", case, tmp_path, before="line")
    print(f"\nwarm kernel, {case}: {ours.seconds:.2f} s")
    for peer in PEERS:
        # Each with caches of its own: what one compiled for the case would be there for the next.
        print(times(ours.seconds, measure(peer, case, tmp_path / peer, before="line").seconds, peer))


def test_first_fit_on_a_machine(tmp_path):
    """Nothing is compiled yet; then, with what that left on disk, a notebook is run from its imports on."""
    ours = measure("glm-magic", "line", tmp_path / "ours")
    print(f"\nempty caches, imports excluded: {ours.seconds:.2f} s")
    for peer in PEERS:
        print(times(ours.seconds, measure(peer, "line", tmp_path / peer).seconds, peer))
    ours = measure("glm-magic", "line", tmp_path / "ours")
    print(f"bare kernel, full caches, imports excluded: {ours.seconds:.2f} s (imports {ours.imports:.1f} s)")
    print(f"new process, full caches, imports included: {ours.process:.2f} s")
    for peer in PEERS:
        print(times(ours.process, measure(peer, "line", tmp_path / peer).process, peer))
