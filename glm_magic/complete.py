"""Completion in a %%glm cell: columns, options, families, engines and data names.

A matcher of IPython's second protocol (IPython 8.6 and later) sees the whole cell. It
looks names up and evaluates nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from glm_magic.request import ENGINES
from glm_magic.request.options import BY_FLAG

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

IDENTIFIER = "glm_magic.complete"
MOST_COLUMNS = 2_000
# Other cell magics may stand above: %%time.
OPENING = re.compile(r"\s*(?:%%\w+[^\n]*\n\s*)*?(?:\w+\s*=\s*)?%%?glm(?!\S)")
WORD = re.compile(r"(?:--?)?[A-Za-z_][\w-]*$|--?$|`[^`]*$")
NAME = re.compile(r"`[^`]*$|[^\W\d]\w*$")
# Known without importing Bambi, which takes seconds; a test compares them with its own list.
FAMILIES = (
    "asymmetriclaplace", "bernoulli", "beta", "beta_binomial", "binomial", "categorical", "cumulative",
    "dirichlet_multinomial", "exponential", "gamma", "gaussian", "hurdle_gamma", "hurdle_lognormal",
    "hurdle_negativebinomial", "hurdle_poisson", "laplace", "multinomial", "negativebinomial", "poisson",
    "sratio", "t", "vonmises", "wald", "weibull", "zero_inflated_binomial",
    "zero_inflated_negativebinomial", "zero_inflated_poisson",
)  # fmt: skip
LINKS = ("identity", "log", "logit", "probit", "cloglog", "inverse", "inverse_squared", "softmax")


def families() -> Iterable[str]:
    """Name the families of this Bambi once it is imported, before that those of every Bambi."""
    loaded = sys.modules.get("bambi.defaults.families")
    return FAMILIES if loaded is None else list(loaded.BUILTIN_FAMILIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What may stand at the end of a cell's text.

    Attributes
    ----------
    fragment : str
        What is typed already of the word at the cursor.
    words : list of str
        What it may become; empty outside a glm cell or line.
    alone : bool
        Whether Python's own completions have no place here: in the header and in formulas.
    """

    fragment: str = ""
    words: list[str] = field(default_factory=list)
    alone: bool = True


def suggestions(text: str, namespace: dict[str, Any]) -> Suggestions:
    """Suggest what may stand at the end of a cell's text.

    Parameters
    ----------
    text : str
        The cell from its first character to the cursor.
    namespace : dict of str to object
        The notebook's names.

    Returns
    -------
    Suggestions
    """
    opening = OPENING.match(text)
    if opening is None:
        return Suggestions()
    header, newline, body = text[opening.end() :].partition("\n")
    if not newline and ":" not in header:
        fragment, words = _in_header(header, namespace)
        return Suggestions(fragment=fragment, words=words)
    found = NAME.search(body if newline else header)
    fragment = found.group() if found else ""
    words = _starting(fragment, _columns(header, namespace))
    return Suggestions(fragment=fragment, words=words, alone=not newline or "~" in body or "`" in fragment)


def _in_header(header: str, namespace: dict[str, Any]) -> tuple[str, list[str]]:
    found = WORD.search(header)
    fragment = found.group() if found else ""
    before = header[: len(header) - len(fragment)].replace("=", " ").split()
    match before[-1:] and BY_FLAG.get(before[-1]):
        case option if option and option.metavar:
            values = {"family": families(), "link": LINKS, "engine": ENGINES}.get(option.name, ())
            return fragment, _starting(fragment, values)
    if fragment.startswith("-"):
        used = {BY_FLAG[word].name for word in before if word in BY_FLAG}
        return fragment, _starting(
            fragment, [flag for flag, option in BY_FLAG.items() if option.name not in used]
        )
    return fragment, _starting(fragment, _frames(namespace))


def _starting(fragment: str, words: Iterable[str]) -> list[str]:
    bare = fragment.lstrip("`").casefold()
    return [word for word in words if word.lstrip("`").casefold().startswith(bare) and word != fragment]


def _frames(namespace: dict[str, Any]) -> list[str]:
    return [name for name, value in namespace.items() if not name.startswith("_") and _column_names(value)]


def _columns(header: str, namespace: dict[str, Any]) -> list[str]:
    """Columns of the frame that the header names; arrays of the notebook when it names none."""
    for word in header.replace(":", " ").split():
        if word in namespace and (columns := _column_names(namespace[word])):
            return [name if name.isidentifier() else f"`{name}`" for name in columns[:MOST_COLUMNS]]
    return [
        name
        for name, value in namespace.items()
        if not name.startswith("_") and _attribute(value, "ndim") == 1
    ]


def _column_names(value: object) -> list[str]:
    """Columns of a table, told by its shape and not by its type, so that no library is imported."""
    if isinstance(value, type):
        return []
    names = None
    if _attribute(value, "shape") is not None:
        names = _attribute(value, "column_names")
        names = _attribute(value, "columns") if names is None else names
    return [] if names is None or callable(names) else [str(name) for name in names]


def _attribute(value: object, name: str) -> Any:
    """Read an attribute of something in the notebook, which may raise whatever it likes."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001, a completion passes over what is broken
        return None


def register(shell: InteractiveShell) -> None:
    """Add the matcher to a shell, once."""

    @context_matcher(identifier=IDENTIFIER, priority=100)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        before = _before_cursor(context)
        found = suggestions(before, shell.user_ns)
        return SimpleMatcherResult(
            completions=[SimpleCompletion(word, type="glm") for word in found.words],
            matched_fragment=found.fragment,
            suppress=bool(found.words) and found.alone,
        )

    unregister(shell)
    shell.Completer.custom_matchers.append(matcher)


def _before_cursor(context: CompletionContext) -> str:
    """Join the cell up to the cursor: `text_until_cursor` is its line only."""
    lines = context.full_text.split("\n")[: context.cursor_line]
    return "\n".join([*lines, context.text_until_cursor])


def unregister(shell: InteractiveShell) -> None:
    """Take the matcher away from a shell."""
    shell.Completer.custom_matchers[:] = [
        matcher
        for matcher in shell.Completer.custom_matchers
        if getattr(matcher, "matcher_identifier", None) != IDENTIFIER
    ]
