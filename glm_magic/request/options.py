"""The options of a fit: one table, and the rules their values obey.

The magic line, its help text and its completion are made from `OPTIONS`; `glm()` and
``sample(...)`` use the same rules. An option's reader turns text into a value, or raises
ValueError; its check gives the value as plain Python, or raises ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from glm_magic.errors import GlmError, HeaderError, Where, did_you_mean
from glm_magic.request import ENGINES, Options
from glm_magic.request.rules import engine, probability, switch, truth, whole, within, word
from glm_magic.traits import PROB

LARGEST_SEED = 2**32 - 1
_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of the magic line.

    Attributes
    ----------
    name : str
        Its field of `Options`, or of `Header` for the options of the magic alone.
    flags : tuple of str
        How it is written, short form first.
    metavar : str
        What stands for its value in the help text; empty for a switch.
    group : str
        Its group in the help text.
    help : str
        One line.
    must_be : str
        What its value must be, as it stands in an error.
    example : str
        A value that can be typed.
    read : callable
        Text to value.
    check : callable
        Value to plain Python value.
    """

    name: str
    flags: tuple[str, ...]
    metavar: str = ""
    group: str
    help: str
    must_be: str = ""
    example: str = ""
    read: Callable[[str], object] = str
    check: Callable[[object], object] = lambda value: value


OPTIONS: tuple[Option, ...] = (
    Option(
        name="family", flags=("-f", "--family"), metavar="NAME", group="model",
        help="a Bambi family (gaussian)",
        must_be="the name of a Bambi family", example="poisson", check=word,
    ),
    Option(
        name="link", flags=("--link",), metavar="NAME", group="model",
        help="link of the family's main parameter (the family's own)",
        must_be="the name of a link", example="probit", check=word,
    ),
    Option(
        name="draws", flags=("--draws",), metavar="N", group="sampling",
        help="draws kept per chain",
        must_be="a whole number of at least 1", example="1000", read=int, check=whole(1),
    ),
    Option(
        name="tune", flags=("--tune",), metavar="N", group="sampling",
        help="draws of warm-up per chain",
        must_be="a whole number of at least 0", example="1000", read=int, check=whole(0),
    ),
    Option(
        name="chains", flags=("--chains",), metavar="N", group="sampling",
        help="number of chains",
        must_be="a whole number of at least 1", example="4", read=int, check=whole(1),
    ),
    Option(
        name="cores", flags=("--cores",), metavar="N", group="sampling",
        help="chains that run at once (as many as the machine allows)",
        must_be="a whole number of at least 1", example="2", read=int, check=whole(1),
    ),
    Option(
        name="seed", flags=("--seed",), metavar="N", group="sampling",
        help="seed of the sampler (drawn, and reported)",
        must_be=f"a whole number from 0 to {LARGEST_SEED}", example="8927",
        read=int, check=whole(0, LARGEST_SEED),
    ),
    Option(
        name="target_accept", flags=("--target-accept",), metavar="P", group="sampling",
        help="target acceptance rate (the engine's own: 0.8, or 0.9 where parameters are correlated)",
        must_be="a number between 0 and 1, without the ends", example="0.95",
        read=float, check=probability,
    ),
    Option(
        name="engine", flags=("--engine",), metavar="NAME", group="sampling",
        help="one of " + ", ".join(ENGINES),
        must_be="one of " + ", ".join(ENGINES), example=ENGINES[0], check=engine,
    ),
    Option(
        name="prob", flags=("--prob",), metavar="P", group="display",
        help="probability of the intervals",
        must_be=f"a number from {PROB.min} to {PROB.max}", example=f"{PROB.default}",
        read=float, check=within(PROB),
    ),
    Option(
        name="lines", flags=("--lines",), metavar="N", group="display",
        help="fan lines shown at first",
        must_be="a whole number of at least 0", example="100", read=int, check=whole(0),
    ),
    Option(
        name="truth", flags=("--truth",), metavar='"NAME=VALUE, ..."', group="display",
        help="true parameter values of simulated data",
        must_be="finite numbers by parameter name", example='"Intercept=1, x=2, sigma=0.5"', check=truth,
    ),
    Option(
        name="ask_truth", flags=("--ask-truth",), group="display",
        help='keep true values hidden until "Show truth" is switched on',
        must_be="True or False", example="True", check=switch,
    ),
    Option(
        name="out", flags=("-o", "--out"), metavar="NAME", group="magic",
        help="bind the fit to NAME, and still show it",
        must_be="a Python name", example="fit",
    ),
    Option(name="static", flags=("--static",), group="magic", help="show HTML that needs no kernel"),
    Option(name="quiet", flags=("--quiet",), group="magic", help="show nothing; use it with --out"),
    Option(name="help", flags=("-h", "--help"), group="magic", help="show this text"),
)  # fmt: skip

BY_FLAG: Mapping[str, Option] = {flag: option for option in OPTIONS for flag in option.flags}
BY_NAME: Mapping[str, Option] = {option.name: option for option in OPTIONS}
FITTING = tuple(field.name for field in fields(Options) if field.name in BY_NAME)
"""The options of a fit, which `glm()` takes too."""


def check_value(
    name: str,
    value: object,
    *,
    label: str,
    where: Where | None = None,
    error: type[GlmError] = HeaderError,
) -> object:
    """Check the value of one option.

    Parameters
    ----------
    name : str
        A field of `Options`.
    value : object
        Its value.
    label : str
        What the user calls the option (``--draws``, ``draws``, ``random_seed``).
    where : Where, optional
        Where the user wrote the value.
    error : type of GlmError
        What to raise.

    Returns
    -------
    object
        The value as a plain Python number, text or dict.

    Raises
    ------
    GlmError
        When the value breaks the option's rule.
    """
    option = BY_NAME[name]
    try:
        return option.check(value)
    except (ValueError, TypeError):
        raise wrong_value(option, value, label=label, where=where, error=error) from None


def wrong_value(
    option: Option, value: object, *, label: str, where: Where | None, error: type[GlmError] = HeaderError
) -> GlmError:
    """Tell what an option's value must be."""
    example = f"{label} {option.example}" if label.startswith("-") else f"{label}={option.example}"
    remedy = f"Write {example}, for example."
    if option.name == "engine":
        suggestion = did_you_mean(str(value), ENGINES)
        remedy = suggestion if suggestion.startswith("Did") else remedy
    shown = repr(value)
    shown = shown if len(shown) <= _WIDEST else f"{shown[:_WIDEST]}..."
    return error(f"{label} must be {option.must_be}, not {shown}", where=where, remedy=remedy)


def check_options(options: Options, *, where: Mapping[str, Where] | None = None) -> Options:
    """Check every option; the rules of the magic line and of `glm()` are these.

    Parameters
    ----------
    options : Options
        From the magic line, from the keywords of `glm()`, or from `%config`.
    where : mapping of str to Where, optional
        For the options typed in a magic line, the place of the value.

    Returns
    -------
    Options
        The same, with NumPy scalars turned into plain Python numbers.

    Raises
    ------
    HeaderError
        For the first option whose value breaks its rule.
    """
    places = where or {}
    defaults = Options()
    checked = {}
    for name in FITTING:
        value = getattr(options, name)
        if value is None and getattr(defaults, name) is None:
            continue
        place = places.get(name)
        label = name if place is None else BY_NAME[name].flags[-1]
        checked[name] = check_value(name, value, label=label, where=place)
    return replace(options, **checked)  # type: ignore[arg-type]


def asked_truth(options: Options, *, label: str | None = None, where: Where | None = None) -> Options:
    """Settle whether true values are asked for first: without any there is nothing to ask for.

    Parameters
    ----------
    options : Options
    label : str, optional
        What the user calls the option, who gave it for this fit; it may be a default of all fits besides.
    where : Where, optional
        Where the user wrote it.

    Returns
    -------
    Options
        Without the option where it is a default and there are no true values.

    Raises
    ------
    HeaderError
        When it was given for a fit without true values.
    """
    if options.truth or not options.ask_truth:
        return options
    if label is None:
        return replace(options, ask_truth=False)
    typed = label.startswith("-")
    needed, example = (
        ("--truth", BY_NAME["truth"].example) if typed else ("truth", '{"Intercept": 1, "x": 2}')
    )
    raise HeaderError(
        f"{label} needs {needed}: without true values there is nothing to hide",
        where=where,
        remedy=f"Write {needed}{' ' if typed else '='}{example}, for example, or leave {label} out.",
    )
