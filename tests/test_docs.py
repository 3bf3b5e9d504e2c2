"""The documentation names everything there is, and the built site holds together by itself."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import glm_magic
from glm_magic.diagnose.convergence import thresholds
from glm_magic.diagnose.rules import BY_NAME, RULES
from glm_magic.magic import GlmMagic
from glm_magic.request.options import OPTIONS

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


@pytest.fixture(scope="module")
def parts():
    """What the documentation takes from the code, by name."""
    spec = importlib.util.spec_from_file_location("from_code", ROOT / "docs" / "_ext" / "from_code.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: "\n".join(part()) for name, part in module.PARTS.items()}


def test_every_part_stands_on_a_page(parts):
    pages = [path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.[mr][ds]*")]
    asked = re.findall(r"^\{\{ (\w+) \}\}$", "\n".join(pages), flags=re.MULTILINE)
    assert sorted(asked) == sorted(parts)


def test_every_option_and_setting_is_documented(parts):
    for option in OPTIONS:
        assert all(f"`{flag}" in parts["options"] for flag in option.flags), option.name
        assert option.must_be in parts["options"]
    settings = {name for name, trait in GlmMagic.class_traits(config=True).items() if trait.help}
    assert settings >= {"draws", "display", "preload"}
    assert all(f"| `GlmMagic.{name}` |" in parts["config"] for name in settings - {"config", "parent", "log"})


def test_every_finding_is_documented_with_its_source(parts):
    for rule in RULES:
        assert f"(finding-{rule.name})=" in parts["findings"]
        assert f"Source: {rule.source}." in parts["findings"]


def test_every_public_name_is_in_the_reference(parts):
    reference = parts["functions"] + parts["classes"] + parts["exceptions"]
    documented = set(re.findall(r"^\.\. auto\w+:: (\S+)$", reference, flags=re.MULTILINE))
    public = {f"glm_magic.{name}" for name in glm_magic.__all__ if not name.endswith("ipython_extension")}
    assert documented >= public | {"glm_magic.errors.StartError", "glm_magic.errors.Extrapolation"}


class Page(HTMLParser):
    """What a page can be linked to by, what it links to, and what a browser loads with it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        found = {name: value for name, value in attrs if value}
        self.ids.update(found[name] for name in ("id", "name") if name in found)
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        elif tag == "link" and "href" in found:
            self.loads.add(found["href"])
        if "src" in found:
            self.loads.add(found["src"])


@pytest.fixture(scope="module")
def site():
    """The pages of build/site, by path."""
    if not (ROOT / "build" / "site.stamp").exists():
        if os.environ.get("GLM_MAGIC_REQUIRE_BROWSER") == "1":
            pytest.fail("the documentation is not built: make docs")
        pytest.skip("the documentation is not built: make docs")
    folder = ROOT / "build" / "site"
    # The theme brings templates of its own, which are no pages.
    paths = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    return {path.resolve(): Page(path) for path in paths}


def is_elsewhere(link):
    return bool(urlsplit(link).scheme or urlsplit(link).netloc)


def test_every_link_within_the_site_leads_somewhere(site):
    assert len(site) > 15
    broken = []
    for path, page in site.items():
        for link in filter(lambda link: not is_elsewhere(link), page.links | page.loads):
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = target in site and (not parts.fragment or unquote(parts.fragment) in site[target].ids)
            if not known and (target in site or not target.is_file()):
                broken.append(f"{path.name}: {link}")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site):
    assert {link for page in site.values() for link in page.loads if is_elsewhere(link)} == set()
    styles = (ROOT / "build" / "site").rglob("*.css")
    urls = re.findall(r"url\(['\"]?(\w+:[^)]*)", "\n".join(path.read_text("utf-8") for path in styles))
    assert [url for url in urls if not url.startswith("data:")] == []


def test_what_is_documented_can_be_linked_to(site):
    ids = {one for page in site.values() for one in page.ids}
    rules = {f"finding-{rule.name.replace('_', '-')}" for rule in RULES}
    options = {f"option-{option.name.replace('_', '-')}" for option in OPTIONS}
    members = {f"glm_magic.Fit.{name}" for name in vars(glm_magic.Fit) if not name.startswith("_")}
    assert ids >= rules | options | members


def test_no_fit_in_the_documentation_needs_an_excuse(site):
    """Only the page about findings shows a fit that has some worse than a note."""
    found = {
        path.stem for path in site if re.search(r"<li><strong>(error|warning)<", path.read_text("utf-8"))
    }
    assert found == {"trust"}
