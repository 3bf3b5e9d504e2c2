"""Lines of mathematics, as MathML and as plain text.

A line is a sequence of pieces. MathML Core (W3C) needs no stylesheet and no script; every text is escaped, for names
are the user's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

GREEK = {
    "alpha": "α", "beta": "β", "eta": "η", "kappa": "κ", "lam": "λ", "mu": "μ", "nu": "ν", "phi": "φ", "psi": "ψ",
    "sigma": "σ", "tau": "τ",
}  # fmt: skip
_CONTROL = dict.fromkeys(range(32), " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One symbol.

    Attributes
    ----------
    kind : {"name", "number", "operator", "words"}
    text : str
    below : str
        What stands below it, a name: ``beta`` with ``x``.
    """

    kind: str
    text: str
    below: str = ""


Line = Sequence[Piece]


def name(text: str, below: str = "") -> Piece:
    """Make the name of a variable or a function."""
    return Piece(kind="name", text=text, below=below)


def number(text: str) -> Piece:
    """Make a number."""
    return Piece(kind="number", text=text)


def operator(text: str) -> Piece:
    """Make an operator, a bracket or a comma."""
    return Piece(kind="operator", text=text)


def words(text: str) -> Piece:
    """Make words between symbols."""
    return Piece(kind="words", text=text)


def plain(line: Line) -> str:
    """Write a line as text.

    Parameters
    ----------
    line : sequence of Piece

    Returns
    -------
    str
        ``"y ~ Normal(mu, sigma)"``.
    """
    written = ""
    for piece in line:
        text = f"{piece.text}[{piece.below}]" if piece.below else piece.text
        tight = not written or text in "(),[]" or written.endswith(("(", "["))
        written += text if (tight and text != ",") or text == "," else f" {text}"
    return written


def mathml(line: Line) -> str:
    """Write a line as a ``<math>`` element.

    Parameters
    ----------
    line : sequence of Piece

    Returns
    -------
    str
    """
    return f'<math display="block"><mrow>{"".join(map(_element, line))}</mrow></math>'


def _element(piece: Piece) -> str:
    match piece.kind:
        case "name" if piece.below:
            return f"<msub>{_symbol(piece.text)}{_symbol(piece.below)}</msub>"
        case "name":
            return _symbol(piece.text)
        case "number":
            return f"<mn>{_escaped(piece.text)}</mn>"
        case "operator":
            return f"<mo>{_escaped(piece.text)}</mo>"
        case _:
            return f"<mtext>&#160;{_escaped(piece.text)}&#160;</mtext>"


def _symbol(text: str) -> str:
    return f"<mi>{_escaped(GREEK.get(text, text))}</mi>"


def _escaped(text: str) -> str:
    """Escape markup; a control character has no place in HTML."""
    return escape(text.translate(_CONTROL))
