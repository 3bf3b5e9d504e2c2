"""The documentation names everything there is, and the built site holds together by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from glm_magic.diagnose.convergence import thresholds
from glm_magic.diagnose.rules import BY_NAME, RULES

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for path in (ROOT / "glm_magic").rglob("*.py") if "static" not in path.parts)


def calls_of(name):
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield path.relative_to(ROOT / "glm_magic").as_posix(), node


def test_a_rule_stands_in_the_table_once():
    assert len(BY_NAME) == len(RULES)


def test_every_finding_is_of_a_rule_in_the_table_and_every_rule_is_used():
    used = {one.name for one in thresholds(4)}
    for _, call in calls_of("finding"):
        match call.args[0]:
            case ast.Constant(value=str(name)):
                used.add(name)
            case other:  # the thresholds, whose names were taken above
                assert ast.unparse(other) == "rule.name"
    assert used == set(BY_NAME)
    # The class itself is called where the source is added, and nowhere else.
    assert [path for path, _ in calls_of("Finding")] == ["diagnose/__init__.py"]


def test_a_severity_that_is_written_down_is_in_the_table():
    for _, call in calls_of("finding"):
        (severity,) = (keyword.value for keyword in call.keywords if keyword.arg == "severity")
        if isinstance(call.args[0], ast.Constant) and isinstance(severity, (ast.Constant, ast.IfExp)):
            parts = [severity] if isinstance(severity, ast.Constant) else [severity.body, severity.orelse]
            assert {part.value for part in parts} == set(BY_NAME[call.args[0].value].severities)


@pytest.mark.parametrize("threshold", thresholds(4), ids=lambda one: one.name)
def test_the_table_gives_the_thresholds_that_are_applied(threshold):
    begins = BY_NAME[threshold.name].begins
    careful = threshold.careful / 4 if threshold.side == "below" else threshold.careful
    assert f"{careful:g}" in begins
    assert ("error" in BY_NAME[threshold.name].severities) == bool(threshold.severe)
    if threshold.severe:
        assert f"An error {threshold.side} {threshold.stop:g}" in begins
