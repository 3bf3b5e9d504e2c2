"""The page in Firefox, from disk and in a sandboxed frame: what is changed there is sampled there, in workers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import glm_magic
from glm_magic.document import frame_html
from glm_magic.views.panel import payload_of

ROOT = Path(__file__).parents[2]
FIREFOX = os.environ.get("GLM_MAGIC_FIREFOX") or next(
    filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None
)
NODE = shutil.which("node")
SUMMARY = ".glm-tab-summary table"
SAMPLED = ['[role=status][aria-label="Refit"]', "Sampled"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fit(saved_fit):
    return glm_magic.load(saved_fit)


def in_firefox(file: Path, acts: list[list[str]]) -> list[str]:
    """Do something in a page, and give the texts that were asked for; there was no error."""
    if FIREFOX is None:
        if os.environ.get("GLM_MAGIC_REQUIRE_BROWSER"):
            pytest.fail(
                "no Firefox found: `sudo apt-get install firefox-esr`, or name one in GLM_MAGIC_FIREFOX"
            )
        pytest.skip("no Firefox found")
    command = [str(NODE), str(ROOT / "tests" / "browser" / "firefox.mjs"), str(file), json.dumps(acts)]
    done = subprocess.run(
        command, cwd=ROOT / "js", env={**os.environ, "GLM_MAGIC_FIREFOX": FIREFOX}, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["errors"] == []
    return said["seen"]


@pytest.mark.parametrize("framed", [False, True], ids=["page", "sandboxed frame"])
def test_a_prior_that_is_tightened_is_sampled_again(fit, tmp_path, framed):
    file = tmp_path / "fit.html"
    if framed:
        file.write_text(f'<meta charset="utf-8"><body>{frame_html(fit.view, payload_of(fit.view))}', "utf-8")
    else:
        fit.to_html(file)
    before, status, after, again = in_firefox(
        file,
        [
            ["tab", "Summary"], ["text", SUMMARY],
            ["tab", "Model"], ["type", "x sigma", "0.01"],
            ["until", *SAMPLED], ["text", SAMPLED[0]],
            ["tab", "Summary"], ["text", SUMMARY],
            ["click", "Reset"], ["until", SUMMARY, "ESS"], ["text", SUMMARY],
        ],
    )  # fmt: skip
    assert "R-hat" in status
    assert after != before
    assert again == before
