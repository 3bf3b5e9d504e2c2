"""The only room that knows two generations of PyMC and ArviZ exist.

On Python 3.11 pip gives PyMC 5.28, Bambi 0.17, ArviZ 0.23 and nutpie 0.16.8; from 3.12
on it gives PyMC 6, Bambi 0.21, ArviZ 1 and nutpie 0.16.11. Each function tests the
object that it is given and never a version number, so that a release in between works.
"""

from __future__ import annotations

from glm_magic._stack.bambi import (
    bambi_centre,
    bambi_marginal_parameters,
    bambi_order,
    bambi_parameters,
    bambi_response_term,
)
from glm_magic._stack.graphs import inlined, takes_rows
from glm_magic._stack.nutpie import Heard, nutpie_data_names, nutpie_mass, nutpie_model, nutpie_start
from glm_magic._stack.trees import group, to_native, to_tree

__all__ = [
    "Heard",
    "bambi_centre",
    "bambi_marginal_parameters",
    "bambi_order",
    "bambi_parameters",
    "bambi_response_term",
    "group",
    "inlined",
    "nutpie_data_names",
    "nutpie_mass",
    "nutpie_model",
    "nutpie_start",
    "takes_rows",
    "to_native",
    "to_tree",
]
