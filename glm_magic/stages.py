"""What follows the draws: a stage that fails costs what it makes, and nothing else.

Compiling and sampling are what a user waits for. Once the draws exist, they are kept and shown,
whatever happens to a view, a finding or a line of text that is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Protocol, TypeVar

from glm_magic.errors import GlmError

Made = TypeVar("Made")

PACKAGE = Path(__file__).parent
MOST_LETTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A stage that failed.

    Attributes
    ----------
    stage : str
        What it should have made: ``"the Fan tab"``.
    error : Exception
        What it raised, with its traceback.
    """

    stage: str
    error: Exception

    @property
    def reason(self) -> str:
        """What was raised, in one line; for an error that is not ours its type and place, too."""
        text = " ".join(str(self.error).split())
        text = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} ..."
        if isinstance(self.error, GlmError):
            return text
        place = self._place()
        said = ": ".join(filter(None, (type(self.error).__name__, text)))
        return f"{said} ({place})" if place else said

    def _place(self) -> str:
        """Name the last line of this package that ran."""
        for frame in reversed(extract_tb(self.error.__traceback__)):
            path = Path(frame.filename)
            if path.is_relative_to(PACKAGE) and path != Path(__file__):
                return f"{path.relative_to(PACKAGE.parent).as_posix()}:{frame.lineno}"
        return ""

    def __str__(self) -> str:
        """Write a sentence without its full stop."""
        return f"{self.stage} could not be made: {self.reason}"


class Attempt(Protocol):
    """How a stage is run: `Stages.attempt`, or `unguarded`."""

    def __call__(self, stage: str, make: Callable[[], Made], instead: Callable[[Failure], Made]) -> Made:
        """Give what a stage makes, or what stands in for it."""
        ...


def unguarded(stage: str, make: Callable[[], Made], instead: Callable[[Failure], Made]) -> Made:  # noqa: ARG001
    """Run a stage whose caller wants its errors."""
    return make()


class Stages:
    """Runs the stages that follow the draws of one fit, and keeps the failures.

    Attributes
    ----------
    failures : list of Failure
        In the order in which they happened.
    """

    def __init__(self) -> None:
        self.failures: list[Failure] = []

    def attempt(self, stage: str, make: Callable[[], Made], instead: Callable[[Failure], Made]) -> Made:
        """Give what a stage makes; if it fails, keep the failure and give what stands in for it.

        Parameters
        ----------
        stage : str
            What it makes, with its article.
        make : callable
        instead : callable
            From the failure to what takes the place of what was not made.
        """
        try:
            return make()
        # Any library may raise anything here, and the draws are too dear to be lost to it. The failure is
        # shown. An interruption is no Exception: it ends the cell, as always.
        except Exception as error:  # noqa: BLE001
            failure = Failure(stage=stage, error=error)
            self.failures.append(failure)
            return instead(failure)


def together(failures: Iterable[Failure]) -> dict[str, list[str]]:
    """Collect the stages that failed for one reason, by reason."""
    found: dict[str, list[str]] = {}
    for failure in failures:
        found.setdefault(failure.reason, []).append(failure.stage)
    return found
