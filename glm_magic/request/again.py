"""How a fit was asked for, and the line that asks for it again with other settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from glm_magic.errors import Where
from glm_magic.request import DEFAULTS, HeaderLine, Options, SampleCall
from glm_magic.request.arguments import OPTION_OF
from glm_magic.request.options import BY_NAME
from glm_magic.request.words import read_words

Settings = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlmCall:
    """A call of `glm` whose arguments can be written down.

    Attributes
    ----------
    model : str or None
        The text of the formula; None where it was a model in memory.
    data : str or None
        The name or path that was given.
    complete : bool
        Whether model, data and names are all known by their text.
    priors : mapping of str to str or float
    """

    model: str | None = None
    data: str | None = None
    complete: bool = False
    priors: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, and how.

    Attributes
    ----------
    options : Options
        As they were carried out.
    written : HeaderLine, GlmCall or None
        The user's own text; None where it is not known.
    call : SampleCall or None
        The ``sample(...)`` of a PyMC block.
    given : mapping of str to Where
        The options that the header gives.
    """

    options: Options = DEFAULTS
    written: HeaderLine | GlmCall | None = None
    call: SampleCall | None = None
    given: Mapping[str, Where] = field(default_factory=dict)


def asked_by_call(
    model: object, data: object, priors: Mapping[str, str | float] | None, options: Options, *, complete: bool
) -> Asked:
    """Keep how `glm` was called.

    Parameters
    ----------
    model, data : object
        As they were given; their text is known where they are text.
    priors : mapping of str to str or float, optional
    options : Options
    complete : bool
        Whether there are no other arguments.

    Returns
    -------
    Asked
    """
    text = model if isinstance(model, str) else None
    path = data if isinstance(data, str) else None
    known = complete and text is not None and path is not None
    return Asked(
        options=options, written=GlmCall(model=text, data=path, complete=known, priors=dict(priors or {}))
    )


def change_of(asked: Asked, settings: Settings) -> str:
    """Write some settings alone, in the way of whoever asked.

    Parameters
    ----------
    asked : Asked
    settings : mapping of str to object
        Fields of `Options` with their new values.

    Returns
    -------
    str
        ``"--draws 2000 --tune 2000"``, or ``"draws=2000, tune=2000"`` for a call.
    """
    if _in_call(asked, settings):
        return ", ".join(f"{_keyword(name)}={value!r}" for name, value in settings.items())
    if isinstance(asked.written, GlmCall):
        return ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return " ".join(f"{BY_NAME[name].flags[-1]} {value}" for name, value in settings.items())


def line_with(asked: Asked, settings: Settings) -> str:
    """Write the line of the user's own text that holds the settings, with those changed.

    Parameters
    ----------
    asked : Asked
    settings : mapping of str to object

    Returns
    -------
    str
        The header, the call of `glm` or that of ``sample``; the settings alone where the text of
        the rest is not known.
    """
    change = change_of(asked, settings)
    if asked.call is not None and _in_call(asked, settings):
        return _sample_line(asked.call, settings)
    match asked.written:
        case HeaderLine() as header if asked.call is None or not _argument_names(asked.call) & set(settings):
            return _header_line(header, asked.given, settings)
        case GlmCall(complete=True) as call:
            return _glm_line(call, asked.options, settings)
        case _:
            return change


def priors_with(asked: Asked, priors: Mapping[str, str | float]) -> tuple[str, str]:
    """Write priors as the user would give them.

    Parameters
    ----------
    asked : Asked
    priors : mapping of str to str or float
        Target and distribution.

    Returns
    -------
    change, line : str
        Lines to put below the formula; for a call of `glm` its argument, or all of it.
    """
    lines = "\n".join(f"{target} ~ {distribution}" for target, distribution in priors.items())
    match asked.written:
        case GlmCall() as call:
            every = {**call.priors, **priors}
            change = f"priors={every!r}"
            return change, _glm_line(call, asked.options, {"priors": every}) if call.complete else change
        case _:
            return lines, lines


def block_header(asked: Asked) -> str:
    """Write the header of a PyMC block for the data that were asked for.

    Parameters
    ----------
    asked : Asked

    Returns
    -------
    str
        ``"%%glm df --seed 1"``: without family and link, which a block has in its statements, and without
        true values, whose names are the formula's.
        ``df`` stands for data that are known by no name.
    """
    match asked.written:
        case HeaderLine(magic=magic) if not magic.startswith("%"):
            # A command takes a block from a file, where its first line can only be a comment.
            return f"# {magic} --file FILE"
        case HeaderLine() as header:
            names = [name for name in ("family", "link", "truth", "ask_truth") if name in asked.given]
            left_out = {asked.given[name].start: BY_NAME[name] for name in names}
            kept: list[str] = []
            for word in read_words(header.text[: header.end]):
                own = [start for start in left_out if word.start <= start < word.end]
                if own and word.start == own[0] and left_out[own[0]].metavar and kept:
                    # The flag is the word before: --family poisson, unlike --family=poisson.
                    kept.pop()
                if not own:
                    kept.append(header.text[word.start : word.end])
            return " ".join(["%%glm", *kept])
        case GlmCall(data=str() as data):
            return f"%%glm {data!r}" if " " in data else f"%%glm {data}"
        case _:
            return "%%glm df"


def _argument_names(call: SampleCall) -> set[str]:
    """List the fields of `Options` that a ``sample(...)`` call gives."""
    return {OPTION_OF[name] for name in call.places if name in OPTION_OF}


def _in_call(asked: Asked, settings: Settings) -> bool:
    """Tell whether settings belong into ``sample(...)``: one is there, and none is in the header."""
    if asked.call is None:
        return False
    return bool(_argument_names(asked.call) & set(settings)) and not set(asked.given) & set(settings)


def _keyword(name: str) -> str:
    return next(keyword for keyword, option in OPTION_OF.items() if option == name)


def _sample_line(call: SampleCall, settings: Settings) -> str:
    arguments = {name: where.words() for name, where in call.places.items()}
    arguments |= {_keyword(name): repr(value) for name, value in settings.items()}
    function = call.where.words().partition("(")[0].strip()
    every = [*(f"{name}={value}" for name, value in arguments.items()), *(one.words() for one in call.rest)]
    written = f"{function}({', '.join(every)})"
    return f"{call.target} = {written}" if call.target else written


def _header_line(header: HeaderLine, given: Mapping[str, Where], settings: Settings) -> str:
    head, rest = header.text[: header.end], header.text[header.end :]
    if header.magic == "%glm" and not rest.startswith(":"):
        # The whole line was a formula, which needs no colon as long as nothing stands before it.
        head, rest = "", f": {rest.strip()}"
    words = read_words(head)
    end = words[-1].end if words else 0
    added = [f"{BY_NAME[name].flags[-1]} {value}" for name, value in settings.items() if name not in given]
    edits = [(end, end, "".join(f" {option}" for option in added))]
    edits += [
        (given[name].start, given[name].end, str(value)) for name, value in settings.items() if name in given
    ]
    # From the right, so that the places to the left stay where they are.
    for start, stop, text in sorted(edits, reverse=True):
        head = head[:start] + text + head[stop:]
    return f"{header.magic} {head.strip()}{rest}"


def _glm_line(call: GlmCall, options: Options, settings: Settings) -> str:
    arguments = [] if call.data is None else [f"data={call.data!r}"]
    own = {} if not call.priors else {"priors": dict(call.priors)}
    for known in fields(Options):
        value = getattr(options, known.name)
        if value != getattr(DEFAULTS, known.name):
            own[known.name] = dict(value) if isinstance(value, Mapping) else value
    arguments += [f"{name}={value!r}" for name, value in {**own, **settings}.items()]
    return f"glm({', '.join([repr(call.model), *arguments])})"
