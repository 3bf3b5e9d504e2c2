"""Hypotheses about parameters, as brms's ``hypothesis()`` takes them: ``Days > 8``, ``0 < b - a < 1``.

The text is read, never evaluated: what it may hold is in this file. An expression becomes steps in the
order in which they are computed (postfix), so that no text can nest deeper than what computes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from glm_magic.errors import FormulaError, Where
from glm_magic.request.labels import Labels, squeezed, stretch
from glm_magic.request.refused import EXAMPLE, no_operand, unexpected, where, wrong
from glm_magic.request.statement import Comparison, Hypothesis, Node, Step, Truth, Value

FUNCTIONS = ("exp", "expm1", "log", "sqrt", "abs", "expit", "logit")
MOST_NESTED = 40
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMPARISONS = ("<=", ">=", "==", "<", ">", "=")


def read_hypothesis(text: str, labels: Labels) -> Hypothesis:
    """Read a hypothesis.

    Parameters
    ----------
    text : str
    labels : Labels
        The numbers that it may name.

    Returns
    -------
    Hypothesis

    Raises
    ------
    FormulaError
        With what is wrong, and where.
    """
    reader = _Reader(text, labels)
    found = reader.statement()
    reader.finish()
    if isinstance(found, Value):
        raise FormulaError(
            "a hypothesis compares, and this does not",
            where=Where(text=text, start=found.start, end=found.end),
            remedy=EXAMPLE,
        )
    comparisons = [part for part in found.parts if isinstance(part, Comparison)]
    if len(comparisons) > 1:
        for one in comparisons:
            if one.sign == "=":
                raise FormulaError(
                    "= stands alone: its evidence is a ratio of densities, not a probability",
                    where=one.where,
                    remedy="Write an interval instead: abs(x) < 0.1.",
                )
    for one in comparisons:
        if not any(step.kind == "parameter" for step in (*one.left, *one.right)):
            raise FormulaError("this compares no parameter", where=one.where, remedy=EXAMPLE)
    return Hypothesis(text=text, parts=tuple(found.parts))


class _Reader:
    """A descent through the grammar, one method for each precedence, from ``or`` to ``**``."""

    def __init__(self, text: str, labels: Labels) -> None:
        self.text = text
        self.labels = labels
        self.short = squeezed(text)
        self.position = 0
        self.depth = 0

    def statement(self) -> Node:
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise wrong(self.text, f"more than {MOST_NESTED} levels of brackets and signs", self.position)
        found = self._joined("or", lambda: self._joined("and", self._comparison))
        self.depth -= 1
        return found

    def finish(self) -> None:
        """Refuse what follows a whole statement."""
        self._skip()
        if self.position < len(self.text):
            raise unexpected(self.text, self.position)

    def _joined(self, word: str, operand: Callable[[], Node]) -> Node:
        left = operand()
        while self._word(word):
            right = operand()
            first, second = self._truth(left, word), self._truth(right, word)
            left = Truth([*first.parts, *second.parts, word], first.start, second.end)
        return left

    def _comparison(self) -> Node:
        left: Node = self._sum()
        middle = left
        found: Truth | None = None
        while sign := self._sign(*_COMPARISONS):
            one, other = self._value(middle, sign), self._value(self._sum(), sign)
            comparison = Comparison(
                left=tuple(one.steps),
                right=tuple(other.steps),
                sign="=" if sign == "==" else sign,
                where=self._where(one.start, other.end),
            )
            parts: list[Comparison | str] = [comparison]
            found = (
                Truth(parts, one.start, other.end)
                if found is None
                else Truth([*found.parts, comparison, "and"], found.start, other.end)
            )
            middle = other
        return left if found is None else found

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._signed)

    def _chain(self, signs: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        left = operand()
        while sign := self._sign(*signs):
            left = self._operation(sign, left, operand())
        return left

    def _operation(self, sign: str, left: Node, right: Node) -> Value:
        one, other = self._value(left, sign), self._value(right, sign)
        where = self._where(one.start, other.end)
        # The list of the left operand is nobody else's: a sum of thousands stays linear.
        one.steps += [*other.steps, Step(kind="operator", value=sign, where=where)]
        return Value(one.steps, one.start, other.end)

    def _signed(self) -> Node:
        self._skip()
        start = self.position
        negative, signs = False, 0
        while sign := self._sign("-", "+"):
            negative ^= sign == "-"
            signs += 1
        found = self._power()
        if not signs:
            return found
        value = self._value(found, self.text[start])
        if negative:
            value.steps.append(Step(kind="negative", value="-", where=self._where(start, value.end)))
        return Value(value.steps, start, value.end)

    def _power(self) -> Node:
        base = self._operand()
        if not self._sign("**"):
            return base
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise wrong(self.text, f"more than {MOST_NESTED} levels of brackets and signs", self.position)
        # As in Python, the exponent has its own sign, and a power of a power begins at the right.
        found = self._operation("**", base, self._signed())
        self.depth -= 1
        return found

    def _operand(self) -> Node:
        self._skip()
        start = self.position
        if start >= len(self.text):
            raise wrong(self.text, "a parameter or a number is missing", start, remedy=EXAMPLE)
        if self.text[start] == "`":
            return self._quoted(start)
        if (label := self.labels.at(self.text, start, self.short)) is not None:
            return self._parameter(label[0], start, label[1])
        if self.text[start] == "(":
            self.position += 1
            inner = self.statement()
            self._close(start)
            inner.start, inner.end = start, self.position
            return inner
        for name in FUNCTIONS:
            if self.text.startswith(name, start) and self._opens(start + len(name)):
                return self._call(name, start)
        number = _NUMBER.match(self.text, start)
        if number is not None and not self.text[number.end() : number.end() + 1].isalnum():
            end = stretch(self.text, start)
            if end <= number.end():
                self.position = number.end()
                step = Step(kind="number", value=float(number[0]), where=self._where(start, self.position))
                return Value([step], start, self.position)
        raise no_operand(self.text, start, self.labels, FUNCTIONS)

    def _quoted(self, start: int) -> Node:
        end = self.text.find("`", start + 1)
        if end < 0:
            raise wrong(self.text, "a backquote is not closed", start, remedy="Add ` where the name ends.")
        label = self.labels.number(self.text[start + 1 : end], self._where(start + 1, end))
        return self._parameter(label, start, end + 1)

    def _parameter(self, label: str, start: int, end: int) -> Value:
        self.position = end
        self.labels.number(label, self._where(start, end))
        return Value([Step(kind="parameter", value=label, where=self._where(start, end))], start, end)

    def _call(self, name: str, start: int) -> Value:
        self.position = self.text.index("(", start) + 1
        opened = self.position - 1
        inner = self._value(self.statement(), name)
        self._close(opened)
        inner.steps.append(Step(kind="function", value=name, where=self._where(start, self.position)))
        return Value(inner.steps, start, self.position)

    def _opens(self, position: int) -> bool:
        return self.text[position:].lstrip().startswith("(")

    def _close(self, opened: int) -> None:
        self._skip()
        if self.position >= len(self.text):
            raise wrong(self.text, "( is not closed", opened, remedy="Add ) where it ends.")
        if self.text[self.position] != ")":
            raise unexpected(self.text, self.position)
        self.position += 1

    def _skip(self) -> None:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1

    def _sign(self, *signs: str) -> str:
        """Take one of these signs, which are not the beginning of another."""
        self._skip()
        rest = self.text[self.position : self.position + 2]
        for sign in signs:
            longer = rest in ("**", "//", "==", "<=", ">=", "!=") and rest != sign
            if rest.startswith(sign) and not longer:
                self.position += len(sign)
                return sign
        return ""

    def _word(self, word: str) -> bool:
        self._skip()
        end = self.position + len(word)
        after = self.text[end : end + 1]
        if self.text[self.position : end] != word or after.isalnum() or after == "_":
            return False
        self.position = end
        return True

    def _value(self, node: Node, sign: str) -> Value:
        if isinstance(node, Value):
            return node
        raise FormulaError(
            f"{sign} takes numbers, and this is a condition",
            where=self._where(node.start, node.end),
            remedy="Join conditions with and or or.",
        )

    def _truth(self, node: Node, word: str) -> Truth:
        if isinstance(node, Truth):
            return node
        raise FormulaError(
            f"{word} joins conditions, and this is a number",
            where=self._where(node.start, node.end),
            remedy="Compare it with something: x > 0 and y > 0.",
        )

    def _where(self, start: int, end: int) -> Where:
        return where(self.text, start, end)
