"""The translation of the kernels: what is outside the subset is refused with its place and what to write instead."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.pack import number
from glm_magic.engines.instant.priors import PRIORS

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def translator_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "js"))


def translated(tmp_path: Path, source: str, kernel: str = "") -> str:
    """Translate the functions of a module that was not there before, of which one may be a kernel."""
    from translate.functions import program
    from translate.source import read

    path = tmp_path / "module.py"
    path.write_text(source, "utf-8")
    functions = read(path).functions
    kernels = [functions[kernel]] if kernel else []
    return program(kernels, [one for name, one in functions.items() if name != kernel])


FUNCTIONS = {
    "import math\ndef f(x):\n    return math.lgamma(x)": (3, "`math.lgamma`", "use special.lgamma"),
    "import math\ndef f(x):\n    return math.gamma(x)": (3, "`math.gamma`", "a function of special.py"),
    "def f(x):\n    return x, 1.0": (2, "`return (x, 1.0)`", "return one number"),
    "def f(x):\n    return x ** 2": (2, "`x ** 2`", "use + - * /"),
    "def f(x):\n    return [x]": (2, "`[x]`", "use arithmetic, comparisons, elements and calls"),
    "def f(x):\n    return 'text'": (2, "`'text'`", "use arithmetic"),
    "def f(x):\n    return x is None": (2, "`x is None`", "use < <= == != > >="),
    "def f(x):\n    return unknown(x)": (2, "`unknown(x)`", "call functions of math, special.py or the driver"),
    "def g(x):\n    return x\ndef f(x):\n    return g(x=x)": (4, "`g(x=x)`", "by position"),
    "def f(x, y):\n    x, y = y, x\n    return x": (2, "`x, y = (y, x)`", "assign in separate statements"),
    "def g(x):\n    return x\ndef f(x):\n    a, b = g(x)\n    return a": (4, "`a, b = g(x)`", "one value for each"),
    "def f(x):\n    for y in x:\n        x[0] = y": (2, "`for y in x:`", "for ... in range"),
    "def f(x):\n    for i in range(9, 0, -1):\n        x[i] = 0.0": (2, "`for i in range(9, 0, -1):`", "above 0"),
    "def f(x):\n    for i in range(9):\n        i += 1": (2, "`for i in range(9):`", "leave i alone in its loop"),
    "def f(x):\n    try:\n        x += 1\n    finally:\n        pass": (2, "`try:`", "use assignments, if"),
    "def f(x):\n    with x:\n        pass": (2, "`with x:`", "use assignments, if"),
    "def f(x=1.0):\n    return x": (1, "`f`", "arguments by position alone"),
    "def f(x):\n    return x[0, 1]": (2, "`x[0, 1]`", "write block[ROW, i] in a kernel"),
    "def f(x, y):\n    x.y = y": (2, "`x.y`", "assign to names and elements"),
    "def f(x, y):\n    a = part(x, 1)\n    a = part(y, 1)\n    return a[0] + x[0] + y[0]": (
        3, "`part(y, 1)`", "give parts of two arrays two names"),
    "def f(x, y):\n    a = x if y > 0 else part(x, 1)\n    return x[0]": (2, "`part(x, 1)`", "call functions"),
}  # fmt: skip

LOOP = "    block = carray(block_, (1, CHUNK))\n    for i in range(n):\n        block[0, i] = "
KERNELS = {
    "def k(n, block_):\n    pass": (1, "the kernel `k`", "then one loop"),
    "CHUNK = 4\ndef k(n, block_):\n" + LOOP + "1.0\n    return": (2, "the kernel `k`", "then one loop"),
    "CHUNK = 4\ndef k(n, block_):\n" + LOOP + "n": (4, "`n` within the loop", "leave the number of rows"),
    "CHUNK = 4\ndef k(n, block_):\n" + LOOP + "block[0, i + 1]": (
        5,
        "`block[0, i + 1]`",
        "write block[ROW, i]",
    ),
    "CHUNK = 4\ndef k(n, block_):\n" + LOOP + "block[ROW, i]": (5, "`block[ROW, i]`", "write block[ROW, i]"),
}


@pytest.mark.parametrize("source", [*FUNCTIONS, *KERNELS])
def test_what_is_outside_the_subset_is_refused(tmp_path, source):
    from translate.source import Refused

    line, what, instead = (FUNCTIONS | KERNELS)[source]
    with pytest.raises(Refused) as caught:
        translated(tmp_path, source, "k" if source in KERNELS else "")
    assert str(caught.value).startswith(f"{tmp_path / 'module.py'}:{line}: {what} cannot be translated; ")
    assert instead in str(caught.value)


def test_two_functions_of_one_name_are_refused(tmp_path):
    from translate.functions import reached
    from translate.source import Refused, read

    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "module.py").write_text("def f(x):\n    return x", "utf-8")
    functions = [read(tmp_path / folder / "module.py").functions["f"] for folder in ("one", "other")]
    with pytest.raises(
        Refused, match="a second function `f` cannot be translated; give it a name of its own"
    ):
        reached(functions)


def test_a_part_of_an_array_is_an_offset(tmp_path):
    source = """
def sum_of(x, n):
    total = 0.0
    for i in range(n):
        total += x[i]
    return total

def rest(words, x, n):
    own = part(x, words[2 * 3] + 1)
    return sum_of(own, n) if 0.0 < own[0] <= 1.0 else -sum_of(part(own, 1), n - 1)
"""
    text = translated(tmp_path, source)
    assert "function sum_of(x: Float64Array, xAt: number, n: number)" in text
    assert "function rest(words: Int32Array, x: Float64Array, n: number)" in text
    assert "own = (words[6] + 1);" in text
    assert "((0 < x[own] && x[own] <= 1) ? sum_of(x, own, n) : (-sum_of(x, own + 1, (n - 1))))" in text


def test_numbers_of_kernels_are_the_same_on_both_sides():
    from translate.tables import distributions, links

    rows = [*distributions(), *links()]
    kernels = [one.kernel for one in DISTRIBUTIONS.values()] + [one.kernel for one in LINKS.values()]
    assert [row.kernel.name for row in rows] == [kernel.__name__ for kernel in kernels]
    assert [number(kernel) for kernel in kernels] == list(range(len(rows)))
    assert [row.key for row in distributions()] == list(DISTRIBUTIONS)
    assert [row.domains for row in distributions()] == [one.domains for one in DISTRIBUTIONS.values()]
    assert [(*row.domains, row.key) for row in links()] == list(LINKS)


def test_the_table_of_priors_is_written_whole():
    from translate.tables import priors

    rows = priors().splitlines()
    assert len(rows) == len(PRIORS)
    for row, prior in zip(rows, PRIORS, strict=True):
        given = " ".join(
            f"{a.name}{'>' if a.domain == 'positive' else '='}{a.start}" for a in prior.arguments
        )
        assert row.startswith(
            f'  family("{prior.name}", "{prior.distribution}", "{prior.support}", "{given}"'
        )


@pytest.fixture
def checkout(tmp_path):
    """What the translator reads and where it writes."""
    for folder in ("js/translate", "glm_magic/engines/instant"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "js/src/engine").mkdir(parents=True)
    return tmp_path


def run(checkout: Path) -> subprocess.CompletedProcess[str]:
    # -S: without the site's packages, for nothing but the standard library is needed.
    command = [sys.executable, "-S", "-m", "translate"]
    return subprocess.run(command, cwd=checkout / "js", capture_output=True, text=True, check=False)


def test_a_build_writes_the_files_once(checkout):
    assert run(checkout).returncode == 0
    written = {path.name: path.stat().st_mtime_ns for path in (checkout / "js/src/engine").iterdir()}
    assert set(written) == {"kernels.gen.ts", "layout.gen.ts", "priors.gen.ts"}
    assert run(checkout).returncode == 0
    assert {path.name: path.stat().st_mtime_ns for path in (checkout / "js/src/engine").iterdir()} == written


def test_a_kernel_outside_the_subset_fails_the_build(checkout):
    real = checkout / "glm_magic/engines/instant/distributions/real.py"
    lines = real.read_text("utf-8").splitlines()
    place = next(k for k, line in enumerate(lines) if "precision = 1.0 /" in line)
    lines[place] = lines[place].replace("1.0 /", "1.0 //") + " ** 1.0"
    real.write_text("\n".join(lines), "utf-8")
    found = run(checkout)
    assert found.returncode == 1
    assert found.stderr.startswith(f"glm_magic/engines/instant/distributions/real.py:{place + 1}: `block[")
    assert "use + - * /" in found.stderr
    assert not list((checkout / "js/src/engine").iterdir())
