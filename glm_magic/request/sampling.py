"""The ``sample(...)`` call of a PyMC block: its arguments, evaluated, as options and settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral

from glm_magic.errors import BlockError, Where, did_you_mean
from glm_magic.request import DEFAULT_ENGINE, Options, SampleCall
from glm_magic.request.arguments import (
    CHOOSE_PYMC,
    COMPILING,
    FOLLOW_PYMC,
    GROUPS,
    LABELS,
    NOTED,
    NUTS_OF_NUTPIE,
    NUTS_OF_PYMC,
    OPTION_OF,
    OTHER_IDATA_KWARGS,
    unknown_argument,
)
from glm_magic.request.options import BY_NAME, check_value
from glm_magic.request.seeds import seed_of
from glm_magic.request.settings import Note, Settings

_EXAMPLES = {
    "nuts": '{"target_accept": 0.9}',
    "nuts_sampler_kwargs": '{"maxdepth": 12}',
    "idata_kwargs": '{"log_likelihood": True}',
    "dims": '{"slope": ["county"]}',
    "coords": '{"county": ["Aitkin", "Anoka"]}',
}
_DEPTHS = ("max_treedepth", "maxdepth", "max_tree_depth")


def sample_options(
    call: SampleCall, evaluated: Mapping[str, object], given: Collection[str], defaults: Options
) -> Options:
    """Put the arguments of ``sample(...)`` over the options of the header.

    Parameters
    ----------
    call : SampleCall
    evaluated : mapping of str to object
        The values of its arguments. None counts as not written, as in PyMC.
    given : collection of str
        Options that the header gives.
    defaults : Options
        The header's options.

    Returns
    -------
    Options
        With `settings` for what is no option of ``%%glm``.

    Raises
    ------
    BlockError
        When an argument is unknown, breaks a rule, stands in the header too, or does not go with
        another.
    """
    reading = _Reading(call=call, given=given, defaults=defaults)
    for argument, value in evaluated.items():
        if value is not None:
            reading.take(argument, value)
    return reading.options()


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The arguments of one call, as they are read."""

    call: SampleCall
    given: Collection[str]
    defaults: Options
    values: dict[str, object] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    nuts: dict[str, object] = field(default_factory=dict)
    pymc: dict[str, object] = field(default_factory=dict)
    choosing: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def where(self, argument: str) -> Where:
        return self.call.places.get(argument, self.call.where)

    def take(self, argument: str, value: object) -> None:
        """Read one argument."""
        if argument in OPTION_OF:
            self.option(argument, value, self.where(argument))
        elif argument in CHOOSE_PYMC:
            self.choosing.append(argument)
            self.pymc[argument] = value
        elif argument in FOLLOW_PYMC:
            if value != FOLLOW_PYMC[argument]:
                self.pymc[argument] = value
        elif argument in NOTED:
            silent, message, advice = NOTED[argument]
            if value is not silent:
                self.notes.append(Note(message=f"{argument} has no effect: {message}", advice=advice))
        elif argument == "max_treedepth" or argument in NUTS_OF_PYMC:
            self.of_nuts({argument: value}, argument)
        else:
            self.setting(argument, value)

    def option(self, argument: str, value: object, where: Where) -> None:
        """Take what is an option of ``%%glm`` too."""
        name = OPTION_OF[argument]
        if name in self.given:
            raise _given_twice(argument, name, value, getattr(self.defaults, name), where)
        if name in self.values:
            raise _twice(argument, where)
        plain = seed_of(value) if name == "seed" else value
        self.values[name] = check_value(name, plain, label=argument, where=where, error=BlockError)

    def setting(self, argument: str, value: object) -> None:
        """Take what is no option of ``%%glm``."""
        where = self.where(argument)
        match argument:
            case "progressbar" | "quiet":
                hidden = bool(value) if argument == "quiet" else not value
                self.settings = replace(self.settings, progress=self.settings.progress and not hidden)
            case "var_names":
                self.settings = replace(self.settings, var_names=_names(value, where))
            case "initvals":
                self.begin_at(value, where)
            case "idata_kwargs":
                self.extend(_mapping(argument, value, where), where)
            case "nuts" | "nuts_sampler_kwargs":
                self.of_nuts(_mapping(argument, value, where), argument)
            case "model":
                pass
            case _:
                raise unknown_argument(argument, where)

    def of_nuts(self, settings: Mapping[str, object], argument: str) -> None:
        """Take settings of NUTS, each once; two of them have a name of their own here."""
        for name, value in settings.items():
            if name == "target_accept":
                self.option(name, value, self.where(argument))
            elif name in self.nuts:
                raise _twice(name, self.where(argument))
            else:
                self.nuts[name] = value
        for name in [name for name in _DEPTHS if name in self.nuts]:
            depth = self.nuts.pop(name)
            if isinstance(depth, bool) or not isinstance(depth, Integral) or depth < 1:
                raise BlockError(
                    f"{name} must be a whole number of at least 1, not {depth!r}",
                    where=self.where(argument),
                    remedy="Write max_treedepth=12, for example.",
                )
            if self.settings.max_treedepth is not None:
                raise _twice(name, self.where(argument))
            self.settings = replace(self.settings, max_treedepth=int(depth))

    def begin_at(self, value: object, where: Where) -> None:
        """Take starting values: one set for every chain, or a list of sets, which only PyMC takes."""
        match value:
            case Mapping():
                self.settings = replace(self.settings, initvals=value)
            case list() | tuple():
                self.choosing.append("initvals")
                self.pymc["initvals"] = list(value)
            case _:
                raise BlockError(
                    f"initvals must be a dict or a list of dicts, not {type(value).__name__}",
                    where=where,
                    remedy='Write initvals={"slope": 0.5}, for example.',
                )

    def extend(self, wanted: Mapping[str, object], where: Where) -> None:
        """Take what the bound draws should hold besides the draws."""
        unknown = [name for name in wanted if name not in (*GROUPS, *LABELS, *OTHER_IDATA_KWARGS)]
        for name in unknown:
            raise BlockError(
                f"idata_kwargs has no {name!r}", where=where, remedy=did_you_mean(str(name), GROUPS)
            )
        groups = {name: wanted[name] for name in GROUPS if wanted.get(name)}
        labels = {name: _mapping(name, wanted[name], where) for name in LABELS if wanted.get(name)}
        self.settings = replace(self.settings, groups=groups, labels=labels)
        for name in OTHER_IDATA_KWARGS:
            if wanted.get(name):
                self.notes.append(
                    Note(
                        message=f"{name} in idata_kwargs has no effect: the draws are bound with the model's "
                        "own names and coordinates",
                        advice="Add it to the bound draws after the sampling",
                    )
                )

    def options(self) -> Options:
        """Choose the engine, and give each argument to whom it belongs."""
        engine = self.engine()
        settings = replace(self.settings, notes=tuple(self.notes))
        if engine == "pymc":
            nuts = {"nuts": self.nuts} if self.nuts else {}
            settings = replace(settings, pymc={**self.pymc, **nuts})
        else:
            ignored = [*self.pymc, *(name for name in self.nuts if name in COMPILING)]
            settings = replace(
                settings,
                engine={name: value for name, value in self.nuts.items() if name not in COMPILING},
                notes=(*settings.notes, *([_of_pymc(ignored)] if ignored else [])),
            )
        return replace(self.defaults, **{**self.values, "engine": engine}, settings=settings)  # type: ignore[arg-type]

    def engine(self) -> str:
        """Choose who draws: whom the user names, else who understands the arguments."""
        named = self.values.get("engine") or (self.defaults.engine if "engine" in self.given else None)
        theirs = [name for name in self.nuts if name in NUTS_OF_PYMC]
        others = [name for name in self.nuts if name not in NUTS_OF_PYMC and name not in COMPILING]
        needing = [*self.choosing, *theirs]
        if needing and named not in (None, "pymc", DEFAULT_ENGINE):
            raise BlockError(
                f"{needing[0]} needs PyMC's own sampler, and {named} is asked for",
                where=self.where(needing[0]),
                remedy=f'Leave {needing[0]} out, or write nuts_sampler="pymc".',
            )
        if needing:
            if named != "pymc":
                self.notes.append(_drew(needing))
            return "pymc"
        if others and named in (None, DEFAULT_ENGINE, "instant"):
            unknown = [name for name in others if name not in NUTS_OF_NUTPIE]
            if unknown:
                raise BlockError(
                    f"NUTS has no setting {unknown[0]!r}",
                    where=self.call.where,
                    remedy=did_you_mean(
                        unknown[0], ["target_accept", "max_treedepth", *NUTS_OF_NUTPIE, *NUTS_OF_PYMC]
                    ),
                )
            return "nutpie"
        return str(named or self.defaults.engine)


def _names(value: object, where: Where) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise BlockError(
            "var_names must be names of variables",
            where=where,
            remedy='Write var_names=["slope"], for example.',
        )
    return tuple(names)


def _mapping(argument: str, value: object, where: Where) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BlockError(
            f"{argument} must be a dict, not {type(value).__name__}",
            where=where,
            remedy=f"Write {argument}={_EXAMPLES[argument]}, for example.",
        )
    return value


def _of_pymc(names: Sequence[str]) -> Note:
    several = len(names) > 1
    return Note(
        message=f"{', '.join(names)} {'have' if several else 'has'} no effect: only PyMC's own sampler takes "
        f"{'them' if several else 'it'}",
        advice="Use --engine pymc to follow it",
    )


def _drew(names: Sequence[str]) -> Note:
    return Note(
        message=f"PyMC's own sampler drew, because {names[0]} needs it",
        advice=f"Leave {names[0]} out where the default engine can draw: it is faster",
    )


def _given_twice(argument: str, name: str, value: object, in_header: object, where: Where) -> BlockError:
    flag = BY_NAME[name].flags[-1]
    return BlockError(
        f"{name} is given twice: {value!r} in sample(...) and {in_header!r} in the header",
        where=where,
        remedy=f"Take {argument} out of sample(...), or {flag} out of the header.",
    )


def _twice(name: str, where: Where) -> BlockError:
    return BlockError(f"{name} is given twice", where=where, remedy="Keep one of the two.")
