"""What a hosting service and its users read: the workflow, the issue forms, the citation."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import glm_magic

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FORMS = [
    path for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) if path.stem != "config"
]


def read(path):
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


@pytest.fixture(scope="module")
def job():
    (job,) = read(".github/workflows/ci.yml")["jobs"].values()
    return job


def test_the_workflow_runs_the_commands_of_the_readme(job):
    readme = (ROOT / "README.md").read_text("utf-8")
    promised = re.findall(r"^(make (?:demo|test))\b", readme, flags=re.MULTILINE)
    assert promised == ["make demo", "make test"]
    assert [step["run"] for step in job["steps"] if step.get("run", "").startswith("make")] == promised


def test_the_workflow_runs_on_every_python_that_is_promised(job):
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert job["strategy"]["matrix"]["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"


def test_an_action_is_named_with_its_version(job):
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)


def test_the_citation_is_of_this_version():
    citation = read("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == PROJECT["version"] == glm_magic.__version__
    assert citation["title"] == PROJECT["name"]
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["message"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_asks_for_something(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert form["name"]
    assert form["description"]
    names = [field["id"] for field in form["body"]]
    assert len(set(names)) == len(names)
    assert {field["type"] for field in form["body"]} <= {"textarea", "input", "dropdown", "checkboxes"}
    assert all(field["attributes"]["label"] for field in form["body"])
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_pre_commit_runs_the_tools_that_make_runs():
    hooks = {hook["id"]: hook for repo in read(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]}
    assert {"ruff-check", "ruff-format", "mypy", "end-of-file-fixer", "trailing-whitespace"} <= set(hooks)
    for name in ("ruff-check", "ruff-format", "mypy"):
        assert hooks[name]["entry"].startswith(".venv/bin/")
