"""Completion in a %%glm cell: columns, options, families, engines and data names.

A matcher of IPython's second protocol (IPython 8.6 and later) sees the whole cell. It
looks names up and evaluates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from glm_magic.request import ENGINES
from glm_magic.request.options import BY_FLAG

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

IDENTIFIER = "glm_magic.complete"
MOST_COLUMNS = 2_000
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


def suggestions(text: str, namespace: dict[str, Any]) -> tuple[str, list[str]]:
    """Suggest what may stand at the end of a cell's text.

    Parameters
    ----------
    text : str
        The cell from its first character to the cursor.
    namespace : dict of str to object
        The notebook's names.

    Returns
    -------
    fragment : str
        What is typed already of the word at the cursor.
    words : list of str
        What it may become; empty outside a glm cell or line.
    """
    line, newline, body = text.partition("\n")
    opening = re.match(r"\s*(?:\w+\s*=\s*)?%%?glm\b", line)
    if opening is None:
        return "", []
    rest = line[opening.end() :]
    if newline or ":" in rest:
        found = NAME.search(body if newline else rest)
        fragment = found.group() if found else ""
        return fragment, _starting(fragment, _columns(rest, namespace))
    return _in_header(rest, namespace)


def _in_header(header: str, namespace: dict[str, Any]) -> tuple[str, list[str]]:
    found = WORD.search(header)
    fragment = found.group() if found else ""
    before = header[: len(header) - len(fragment)].replace("=", " ").split()
    match before[-1:] and BY_FLAG.get(before[-1]):
        case option if option and option.metavar:
            values = {"family": FAMILIES, "link": LINKS, "engine": ENGINES}.get(option.name, ())
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
        if not name.startswith("_") and getattr(value, "ndim", None) == 1
    ]


def _column_names(value: object) -> list[str]:
    """Columns of a table, told by its shape and not by its type, so that no library is imported."""
    if isinstance(value, type) or not hasattr(value, "shape"):
        return []
    names = getattr(value, "column_names", None) or getattr(value, "columns", None)
    return [] if names is None or callable(names) else [str(name) for name in names]


def register(shell: InteractiveShell) -> None:
    """Add the matcher to a shell, once."""

    @context_matcher(identifier=IDENTIFIER, priority=100)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        before = _before_cursor(context)
        fragment, words = suggestions(before, shell.user_ns)
        return SimpleMatcherResult(
            completions=[SimpleCompletion(word, type="glm") for word in words],
            matched_fragment=fragment,
            suppress=bool(words),
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
