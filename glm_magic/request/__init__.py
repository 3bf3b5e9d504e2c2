"""What the user asked for, read from text: the cell, or the arguments of `glm()`.

This room uses the standard library only, so that reading a cell costs nothing.
It checks what text alone can tell; names are looked up later (`data`, `model`).

- `header`: the magic line and its options
- `formula`: formula, auxiliary and prior lines
- `block`: a PyMC block, read with `ast`
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from glm_magic.errors import Where
from glm_magic.request.prior import Prior, Value
from glm_magic.request.settings import Settings
from glm_magic.traits import N_LINES, PROB

DEFAULT_ENGINE = "auto"
ENGINES = ("auto", "instant", "nutpie", "pymc", "numpyro", "blackjax")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to fit and what to show; each field but `settings` is an option of `%%glm` and of `glm()`.

    Attributes
    ----------
    family : str or None
        A Bambi family; None means ``"gaussian"``.
    link : str or None
        Link of the family's main parameter; None means the family's default.
    draws, tune : int
        Draws kept and draws of warm-up, per chain.
    chains : int
        Number of chains.
    cores : int or None
        Chains that run at once; None means as many as the machine allows.
    seed : int or None
        Seed of the sampler; None draws one, which the fit reports.
    target_accept : float or None
        Target acceptance rate in (0, 1); None means the engine's default: 0.8, or 0.9 where it finds that
        parameters are correlated.
    engine : str
        One of `ENGINES`.
    prob : float
        Probability of the intervals shown, from 0.01 to 0.99.
    lines : int
        Fan lines shown at first.
    truth : mapping of str to float
        True parameter values, for simulated data.
    ask_truth : bool
        Whether the panel keeps the true values hidden until they are asked for.
    settings : Settings
        What a PyMC block asks of its sampler besides.
    """

    family: str | None = None
    link: str | None = None
    draws: int = 1000
    tune: int = 1000
    chains: int = 4
    cores: int | None = None
    seed: int | None = None
    target_accept: float | None = None
    engine: str = DEFAULT_ENGINE
    prob: float = PROB.default
    lines: int = N_LINES.default
    truth: Mapping[str, float] = field(default_factory=dict)
    ask_truth: bool = False
    settings: Settings = field(default_factory=Settings)


DEFAULTS = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Auxiliary:
    """An auxiliary formula of a distributional parameter: ``sigma ~ x``.

    Attributes
    ----------
    parameter : str
        Left of the tilde.
    formula : str
        The whole line, on one line.
    bambi : str
        The same in Bambi's language: each `Value` in backquotes.
    where : Where
        The text of the parameter.
    """

    parameter: str
    formula: str
    bambi: str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaCell:
    """A model written as a formula.

    Attributes
    ----------
    formula : str
        The model line, on one line.
    bambi : str
        The same in Bambi's language: each `Value` in backquotes.
    response : str
        Left of its tilde.
    auxiliaries : tuple of Auxiliary
    priors : tuple of Prior
    text : str
        The cell as typed, for carets.
    start : int
        Where the model line begins in `text`.
    names : tuple of (str, Where)
        Each variable name that the formulas use, once, with its first place
        (function names, keyword names and literals left out; backquoted names without quotes).
    calls : tuple of (str, Where)
        Each function the formulas call (``log``, ``np.log``), once, with its first place.
    terms : frozenset of str
        The names that occur outside the brackets of functions, where only a column has a meaning,
        and the first name of the response.
    values : tuple of Value
        The values that are written in the formulas and that formulae cannot read itself.
    """

    formula: str
    bambi: str
    response: str
    auxiliaries: tuple[Auxiliary, ...] = ()
    priors: tuple[Prior, ...] = ()
    text: str
    start: int = 0
    names: tuple[tuple[str, Where], ...] = ()
    calls: tuple[tuple[str, Where], ...] = ()
    terms: frozenset[str] = frozenset()
    values: tuple[Value, ...] = ()


SAMPLED = "<sample>"
"""How the names begin that a block's code calls instead of ``pm.sample``; a user can write no such name."""

OPENED = "<opened>"
"""The name that a block's code calls with what each ``with`` opens, and which gives it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCall:
    """A ``sample(...)`` call of a PyMC block; in a loop or a function it may run several times, or never.

    Attributes
    ----------
    hook : str
        The name that is called in its place.
    ends : bool
        Whether it ends the cell: its draws are the last thing that the cell makes.
    places : mapping of str to Where
        The values of its arguments by PyMC's names; a first positional argument is ``draws``. What
        stands behind ``*`` or ``**`` is known only when the block runs.
    names_model : bool
        Whether ``model=`` is among them.
    where : Where
    target : str or None
        The one name that the statement assigns the call to.
    rest : tuple of Where
        Arguments behind ``*`` and ``**``, stars included.
    """

    hook: str
    ends: bool
    places: Mapping[str, Where]
    names_model: bool
    where: Where
    target: str | None = None
    rest: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCell:
    """A model written as PyMC statements.

    Attributes
    ----------
    text : str
        The cell as typed.
    code : ast.Module
        Its statements, with the hook of each `SampleCall` instead of ``pm.sample`` and `OPENED` around
        what its ``with`` statements open.
    value : ast.Expression or None
        An expression that ends the cell after the sampling, taken off `code`.
    samples : tuple of SampleCall
        In the order they are written.
    ends_sampling : bool
        Whether the sampling ends the cell, written or not.
    makes_model : bool
        Whether the statements call ``pm.Model`` themselves, or name the model to sample.
    may_make_model : bool
        Whether they may get a model otherwise: by a ``with``, or by a function that calls ``pm.Model``.
    calls : tuple of tuple of str
        The dotted names that they call outside every ``with``: ``("pm", "Normal")``.
    loads : tuple of str
        Names that the block reads and does not assign before.
    stores : tuple of str
        Names that the block assigns.
    places : mapping of str to Where
        Those of `loads` that are read whenever the block runs, with their first place.
    """

    text: str
    code: ast.Module
    value: ast.Expression | None
    samples: tuple[SampleCall, ...]
    ends_sampling: bool
    makes_model: bool
    may_make_model: bool
    calls: tuple[tuple[str, ...], ...]
    loads: tuple[str, ...]
    stores: tuple[str, ...]
    places: Mapping[str, Where]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLine:
    """The magic line as typed, or the command.

    Attributes
    ----------
    magic : {"%%glm", "%glm", "glm-magic"}
    text : str
        What follows it.
    end : int
        Where the header ends in `text`; the rest is the formula of a line magic, or what a command has besides.
    """

    magic: str
    text: str
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One cell, read.

    Attributes
    ----------
    data : str or None
        Name of a data frame or a path, as typed; None to take columns from the namespace.
    data_where : Where or None
        Its place in the header.
    options : Options
    given : mapping of str to Where
        The options that the user typed (the others are defaults), each with the place of its value.
    cell : FormulaCell or BlockCell
    name : str
        How tracebacks name the cell.
    header : HeaderLine or None
        The magic line, for advice that repeats it.
    """

    data: str | None
    data_where: Where | None = None
    options: Options
    given: Mapping[str, Where] = field(default_factory=dict)
    cell: FormulaCell | BlockCell
    name: str = "<glm cell>"
    header: HeaderLine | None = None
