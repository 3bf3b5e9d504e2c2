"""From the instant engine's kernels in Python to the page's in TypeScript, by their syntax trees.

``python -m translate`` in ``js/`` writes what `__main__` lists. It needs the standard library alone, so that a build
needs no numba. CONTRIBUTING states the subset of Python that is translated; anything else is `Refused`.

    source.py       modules as syntax trees, with their constants evaluated
    tables.py       the tables of distributions, links and priors
    views.py        which arguments of a function are arrays, and which of these begin at an offset
    expressions.py  expressions
    functions.py    statements and functions
"""
