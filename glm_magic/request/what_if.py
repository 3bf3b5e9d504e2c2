"""What is changed of a fit: the keywords of `Fit.refit`, and the panel's trait ``what_if``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A change of a model that keeps its formula.

    Attributes
    ----------
    priors : mapping of str to str
        ``{"x": "Normal(0, 1)"}``.
    rows : tuple of int, or None
        Positions of the rows that are used, ascending; None for all.
    response : tuple of float, or None
        Of every row; None where it is that of the data.
    """

    priors: dict[str, str] = field(default_factory=dict)
    rows: tuple[int, ...] | None = None
    response: tuple[float, ...] | None = None

    def then(self, later: WhatIf, n_rows: int) -> WhatIf:
        """Give both changes as one.

        Parameters
        ----------
        later : WhatIf
            Whose rows and response are of what this change left.
        n_rows : int
            Rows before both.

        Returns
        -------
        WhatIf
        """
        rows, response = later.rows, later.response
        if self.rows is not None:
            rows = self.rows if rows is None else tuple(self.rows[row] for row in rows)
        if response is None:
            response = self.response
        elif self.rows is not None:
            # What rows have that are not used is never looked at, but it has to be possible.
            known = dict(zip(self.rows, response, strict=True))
            response = tuple(known.get(row, response[0]) for row in range(n_rows))
        return WhatIf(priors={**self.priors, **later.priors}, rows=rows, response=response)
