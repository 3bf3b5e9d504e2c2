"""CONTRIBUTING.md's "Adding a view", followed to the letter in a copy of the repository.

The new tab, Chains, shows the mean of the first number in each chain. Whatever a step changes here, the guide names in
that step. Whole files of the new tab are in ``adding/``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from panels import PanelOnPage, eventually

ROOT = Path(__file__).parents[2]
NEW = Path(__file__).parent / "adding"
COPIED = (
    "glm_magic",
    "js",
    "tests",
    "docs",
    "hatch_build.py",
    "pyproject.toml",
    "CONTRIBUTING.md",
    "README.md",
)
LEFT_BEHIND = shutil.ignore_patterns("node_modules", "static", "__pycache__")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a step does to a file: writes text behind other text, or at its end; a new file is text alone."""

    step: int
    path: str
    text: str
    behind: str = ""

    def make(self, root: Path) -> None:
        path = root / self.path
        before = path.read_text("utf-8") if path.exists() else ""
        assert before.count(self.behind) == 1 or self.behind == "", f"{self.path} has another {self.behind!r}"
        at = before.index(self.behind) + len(self.behind) if self.behind else len(before)
        path.write_text(before[:at] + self.text + before[at:], "utf-8")


def new(name: str) -> str:
    return (NEW / name).read_text("utf-8")


UNAVAILABLE = "from glm_magic.views import Unavailable\n"
FAILED = "from glm_magic.views import Unavailable, failed_tab\n"
TRAIT = (
    '    "dots": { "type": "bool", "default": true, "synced": true, "help": "Whether Chains has dots." },\n'
)
SOUND = (
    '            case ChainsView() if len(tab.means) == 0:\n                yield "Chains has no chains"\n'
)
RECORD = "export interface ChainsView {\n  readonly label: string;\n  readonly means: F4;\n}\n\n"
CHANGES = (
    Change(step=1, path="glm_magic/traits.json", behind='    "fan": "Fan"', text=',\n    "chains": "Chains"'),
    Change(step=1, path="glm_magic/traits.json", behind='  "traits": {\n', text=TRAIT),
    Change(step=1, path="glm_magic/panel.py", behind='    tab = _synced("tab")\n', text='    dots = _synced("dots")\n'),
    Change(step=2, path="glm_magic/views/chains.py", text=new("view.py")),
    Change(
        step=1,
        path="glm_magic/panel.py",
        behind="        Whether true values are shown, where they are known.\n",
        text="    dots : bool\n        Whether Chains has dots.\n",
    ),
    Change(
        step=2, path="glm_magic/views/panel.py", behind=FAILED,
        text="from glm_magic.views.chains import NO_CHAINS, ChainsView\n",
    ),
    Change(
        step=2, path="glm_magic/views/panel.py", behind="    fan: FanView | Unavailable\n",
        text="    chains: ChainsView | Unavailable = NO_CHAINS\n",
    ),
    Change(
        step=2, path="glm_magic/views/compose.py", behind=FAILED,
        text="from glm_magic.views.chains import chains_view\n",
    ),
    Change(
        step=2, path="glm_magic/views/compose.py", behind="        fan=fan,\n",
        text='        chains=tab("chains", lambda: _no_numbers(estimates) or chains_view(estimates)),\n',
    ),
    Change(
        step=2, path="glm_magic/views/sound.py", behind=UNAVAILABLE,
        text="from glm_magic.views.chains import ChainsView\n",
    ),
    Change(step=2, path="glm_magic/views/sound.py", behind="                yield from _in_fan(tab)\n", text=SOUND),
    Change(
        step=3, path="tests/wire/write.py", behind="from glm_magic.files import write\n",
        text="from glm_magic.views.chains import ChainsView\n",
    ),
    Change(
        step=3, path="tests/wire/write.py", behind="summary=_summary(), fan=_fan()",
        text=", chains=ChainsView(label=HOSTILE, means=np.ones(CHAINS))",
    ),
    Change(
        step=4, path="js/src/records.ts", behind="    readonly fan: FanView | Unavailable;\n",
        text="    readonly chains: ChainsView | Unavailable;\n",
    ),
    Change(step=4, path="js/src/records.ts", text="\n" + RECORD),
    Change(step=5, path="js/src/tabs/chains.ts", text=new("tab.ts")),
    Change(
        step=5, path="js/src/tabs/registry.ts", behind='import { dataTab, noScatter } from "./data.js";\n',
        text='import { chainsTab } from "./chains.js";\n',
    ),
    Change(
        step=5, path="js/src/tabs/registry.ts", behind='  tab("fan", fanTab, noFan),\n',
        text='  tab("chains", chainsTab),\n',
    ),
    Change(step=5, path="js/build.mjs", behind="const BUDGET = 180_000", text=" + 5_000"),
    Change(step=6, path="glm_magic/figures/__init__.py", text=new("figure.txt")),
    Change(step=6, path="glm_magic/fit/plot.py", text=new("verb.txt")),
    Change(
        step=6, path="glm_magic/fit/__init__.py", behind="from glm_magic.fit.plot import plot_fan as _plot_fan\n",
        text="from glm_magic.fit.plot import plot_chains as _plot_chains\n",
    ),
    Change(
        step=6, path="glm_magic/fit/__init__.py", behind="    plot_fan = _plot_fan\n",
        text="    plot_chains = _plot_chains\n",
    ),
    Change(step=6, path="glm_magic/command/outputs.py", behind='TABS = ("data", "trace", "fan"', text=', "chains"'),
    Change(
        step=6, path="glm_magic/command/outputs.py", behind='"fan": fit.plot_fan',
        text=', "chains": fit.plot_chains',
    ),
)  # fmt: skip
FIT = """import sys, numpy as np, glm_magic
x = np.linspace(0, 1, 50)
fit = glm_magic.glm("y ~ x", {"x": x, "y": np.sin(9 * x)}, draws=100, tune=100, seed=1)
fit.to_html("page.html")
fit.plot_chains().savefig("chains.png")
assert fit.panel().dots is True
old = glm_magic.load(sys.argv[1])
assert "saved before" in old.view.tabs.chains.unavailable
fit.save("fit.nc")
assert len(glm_magic.load("fit.nc").view.tabs.chains.means) == 4"""


TYPES = """import pathlib, hatch_build
hatch_build._run(pathlib.Path("."), "node_modules/typescript/bin/tsc", "--noEmit")"""


@pytest.fixture(scope="module")
def steps() -> dict[int, str]:
    """The steps of the guide, by number."""
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = guide.partition("## Adding a view\n")[2].partition("\n## ")[0]
    return {
        int(number): text for number, text in re.findall(r"^(\d)\. (.*?)(?=^\d\. |\Z)", section, re.M | re.S)
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository with the new tab."""
    root = tmp_path_factory.mktemp("adding") / "glm-magic"
    root.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=LEFT_BEHIND)
        else:
            shutil.copy2(source, root / name)
    (root / "js" / "node_modules").symlink_to(ROOT / "js" / "node_modules")
    for change in CHANGES:
        change.make(root)
    return root


def run(root: Path, *arguments: str) -> str:
    """Run Python on the copy."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_guide_names_every_file_in_its_step(steps):
    assert sorted(steps) == [1, 2, 3, 4, 5, 6, 7]  # the last is about tests, which this is
    for change in CHANGES:
        assert f"`{change.path.replace('chains', '<name>')}`" in steps[change.step], change.path


def test_the_new_tab_is_alive(copy, saved_fit, quiet_page):
    run(copy, "tests/wire/write.py")
    run(copy, "hatch_build.py")
    run(copy, "-c", TYPES)
    run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_house.py",
        "tests/test_traits.py",
        "tests/test_wire.py",
    )
    run(copy, "-c", FIT, str(saved_fit))
    assert (copy / "chains.png").stat().st_size > 1000
    quiet_page.goto((copy / "page.html").as_uri())
    quiet_page.context.set_offline(True)
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Chains")
    eventually(lambda: panel.ink() > 100)
    panel.front.get_by_role("checkbox", name="Dots").uncheck()
    eventually(lambda: panel.ink() == 0)
    panel.front.get_by_role("img", name="in 4 chains").wait_for()
