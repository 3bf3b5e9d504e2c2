"""The parts of the documentation that are written from the code, so that they cannot fall behind it.

A page holds ``{{ findings }}`` in a line of its own; when Sphinx reads the page, the text of that name replaces it.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import glm_magic
from glm_magic import errors
from glm_magic.diagnose.rules import RULES, Rule
from glm_magic.magic import GlmMagic
from glm_magic.request import Options
from glm_magic.request.options import FITTING, OPTIONS, Option

README = Path(__file__).parents[2] / "README.md"
GROUPS = {
    "model": "The model",
    "sampling": "Sampling",
    "display": "What is shown",
    "magic": "Of the magic alone",
}
"""The groups of options, under the headings that the documentation gives them."""


def options() -> Iterator[str]:
    """Write each option of the magic line, by group."""
    for group, title in GROUPS.items():
        yield f"### {title}\n"
        for option in (one for one in OPTIONS if one.group == group):
            yield from _option(option)


def _option(option: Option) -> Iterator[str]:
    flags = ", ".join(f"`{flag}{' ' * bool(option.metavar)}{option.metavar}`" for flag in option.flags)
    yield f"(option-{option.name})=\n"
    yield flags
    said = f"{option.help[0].upper()}{option.help[1:]}."
    if option.metavar and option.must_be:
        said += f" The value is {option.must_be}, such as `{option.example}`."
    elif option.must_be:
        said += f" As a keyword it is {option.must_be}."
    if option.name in FITTING:
        default = getattr(Options(), option.name)
        said += f" Default: `{default}`." if default not in (None, {}) else ""
        said += f" Keyword of `glm`: `{option.name}`."
    yield f": {said}\n"


def config() -> Iterator[str]:
    """Write what ``%config GlmMagic`` can set."""
    yield "| Setting | Default | What it is |"
    yield "| --- | --- | --- |"
    for name, trait in GlmMagic.class_traits(config=True).items():
        if trait.this_class is GlmMagic:
            yield f"| `GlmMagic.{name}` | `{trait.default_value!r}` | {trait.help} |"


def command() -> Iterator[str]:
    """Write the help text of the command."""
    if importlib.util.find_spec("glm_magic.__main__") is None:
        return
    done = subprocess.run(
        [sys.executable, "-m", "glm_magic", "--help"], check=True, capture_output=True, text=True
    )
    yield "## From a shell\n"
    yield "`python -m glm_magic` fits a formula or a block to a file of data.\n"
    yield f"```text\n{done.stdout.rstrip()}\n```"


def findings() -> Iterator[str]:
    """Write every rule that a finding can come from, by group."""
    for group in dict.fromkeys(rule.group for rule in RULES):
        yield f"## {group}\n"
        for rule in (one for one in RULES if one.group == group):
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"(finding-{rule.name})="
    yield f"### {rule.looks_at}\n"
    yield f"{rule.begins}\n"
    yield f"{rule.means}\n"
    yield f"Rule `{rule.name}`; {' or '.join(rule.severities)}. Source: {rule.source}.\n"


def functions() -> Iterator[str]:
    """Write the directives of the public functions."""
    for name in _public():
        if inspect.isfunction(getattr(glm_magic, name)):
            yield f".. autofunction:: glm_magic.{name}\n"


def classes() -> Iterator[str]:
    """Write the directives of the public classes but the errors."""
    for name in _public():
        made = getattr(glm_magic, name)
        if inspect.isclass(made) and not issubclass(made, BaseException):
            yield f".. autoclass:: glm_magic.{name}\n   :members:\n"


def exceptions() -> Iterator[str]:
    """Write the directives of what glm-magic raises and warns with."""
    for name, made in vars(errors).items():
        if inspect.isclass(made) and issubclass(made, BaseException) and made.__module__ == errors.__name__:
            module = "glm_magic" if name in glm_magic.__all__ else errors.__name__
            yield f".. autoexception:: {module}.{name}\n   :show-inheritance:\n"


def _public() -> list[str]:
    return [name for name in glm_magic.__all__ if not name.endswith("ipython_extension")]


def without_arguments(_app: Any, _what: str, name: str, *_others: object) -> tuple[str, str] | None:
    """Leave out the arguments of a class that users do not make themselves."""
    return ("", "") if name == "glm_magic.Fit" else None


def hosts() -> Iterator[str]:
    """Take over the README's table of hosts, which is between two comments that name it."""
    marked = r"<!--[^>]*\bhosts\b[^>]*-->(.*?)<!--[^>]*\bhosts\b[^>]*-->"
    yield from re.findall(marked, README.read_text("utf-8"), re.DOTALL)


def verbs() -> Iterator[str]:
    """Take over the README's table of what can be done with a fit."""
    (rows,) = re.findall(r"^\| \| brms \|.*?(?=\n\n)", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    yield rows


PARTS = {
    part.__name__: part
    for part in (options, config, command, findings, functions, classes, exceptions, hosts, verbs)
}


def fill(_app: Any, docname: str, content: list[str]) -> None:
    """Put the parts where a page asks for them."""

    def part(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in PARTS:
            raise ValueError(f"{docname} asks for {{{{ {name} }}}}; there are {', '.join(PARTS)}")
        return "\n".join(PARTS[name]())

    content[0] = re.sub(r"^\{\{ (\w+) \}\}$", part, content[0], flags=re.MULTILINE)


def setup(app: Any) -> dict[str, bool]:
    """Fill the pages as they are read."""
    app.connect("source-read", fill)
    app.connect("autodoc-process-signature", without_arguments)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
