"""Where a kernel finds its numbers: one block of memory per chunk of rows.

A block is ``float64[FIRST + SLOT * n_slots][CHUNK]``. Row `LOGP` is for the log densities, which
distributions write. Slot ``s`` (0 is the value, then the parameters) begins at row
``FIRST + SLOT * s``; in it

====== ==============================================================================
row    holds
====== ==============================================================================
ETA    the linear predictor; read by links only
A      the slot's first coordinate
B      its second, where its domain has one
DA     derivative of the first natural coordinate by ETA; written by links
DB     derivative of the second natural coordinate by ETA (domain unit only)
GA     derivative of the log density by the first natural coordinate; written by
       distributions
GB     the same by the second (domain unit only)
====== ==============================================================================

========= ================== ================ =====================================
domain    A                  B                natural coordinates
========= ================== ================ =====================================
real      the number v       not set          v
positive  v                  log v            log v
unit      log v              log(1 - v)       log v and log(1 - v), as if independent
fixed     v                  not set          none: data, such as a number of trials
========= ================== ================ =====================================

Natural coordinates are what keeps extremes exact: a Poisson with a log link has
``GA = y - mu``, a Bernoulli with a logit link has ``GA = y`` and ``DA = 1 - p``, and
neither overflows while ``exp`` does not.
"""

CHUNK = 256
"""Rows that are computed at once: a block stays in the first-level cache."""

LOGP = 0
FIRST = 1
SLOT = 7
ETA, A, B, DA, DB, GA, GB = range(SLOT)

MOST_SLOTS = 6
BLOCK_ROWS = FIRST + SLOT * MOST_SLOTS
BLOCK = BLOCK_ROWS * CHUNK

# The first rows of the value and of the parameters.
VALUE, FIRST_PARAMETER, SECOND_PARAMETER, THIRD_PARAMETER = (FIRST + SLOT * s for s in range(4))
