"""A lesson of two fits, published: by converters and by generators of sites."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from exports import Opened, assert_alive, needs

CDN = frozenset({"cdnjs.cloudflare.com", "cdn.jsdelivr.net", "unpkg.com"})
NBCONVERT_ALONE = [
    f"--HTMLExporter.{name}_url=" for name in ("require_js", "mathjax", "jquery", "mermaid_js")
]


@dataclass(frozen=True, kw_only=True)
class Site:
    """A way from a notebook to a page.

    Attributes
    ----------
    package : str
        The distribution that does it.
    how : str
        What a lecturer types.
    own_requests : frozenset of str
        Hosts that the page's template asks, for its own fonts or formulas.
    """

    package: str
    how: str
    own_requests: frozenset[str] = frozenset()


def nbconvert(run, notebook, folder, *options):
    run("nbconvert", *options, f"--output-dir={folder}", "--output=lesson", notebook)


def lab(run, lesson, folder):
    nbconvert(run, lesson, folder, "--execute", "--to=html", *NBCONVERT_ALONE)
    return folder / "lesson.html"


def classic(run, executed, folder):
    nbconvert(run, executed, folder, "--to=html", "--template=classic")
    return folder / "lesson.html"


def slides(run, executed, folder):
    notebook = nbformat.read(executed, as_version=4)
    for cell in notebook.cells:
        cell.metadata["slideshow"] = {"slide_type": "slide"}
    nbformat.write(notebook, folder / "deck.ipynb")
    nbconvert(run, folder / "deck.ipynb", folder, "--to=slides")
    return folder / "lesson.slides.html"


def papermill(run, lesson, folder):
    run("papermill", "--no-progress-bar", lesson, folder / "executed.ipynb", "-k", "python3")
    nbconvert(run, folder / "executed.ipynb", folder, "--to=html", *NBCONVERT_ALONE)
    return folder / "lesson.html"


def sphinx(configuration):
    def build(run, lesson, folder):
        source = folder / "source"
        source.mkdir()
        shutil.copy(lesson, source)
        (source / "conf.py").write_text(f"project = 'Lessons'\n{configuration}\n", "utf-8")
        (source / "index.rst").write_text("Lessons\n=======\n\n.. toctree::\n\n   lesson\n", "utf-8")
        run("sphinx", "-q", "-b", "html", source, folder / "site", PATH=path_to_pandoc())
        return folder / "site" / "lesson.html"

    return build


def path_to_pandoc():
    """PATH with the pandoc of pypandoc-binary, which nbsphinx asks for."""
    try:
        import pypandoc
    except ImportError:
        return os.environ["PATH"]
    return f"{Path(pypandoc.get_pandoc_path()).parent}{os.pathsep}{os.environ['PATH']}"


def jupyter_book(run, lesson, folder):
    shutil.copy(lesson, folder)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: lesson\n", "utf-8")
    (folder / "_config.yml").write_text("title: Lessons\nexecute:\n  execute_notebooks: force\n", "utf-8")
    run("build", folder, program=BOOK)
    return folder / "_build" / "html" / "lesson.html"


def mkdocs(run, lesson, folder):
    docs = folder / "docs"
    docs.mkdir()
    shutil.copy(lesson, docs)
    (folder / "mkdocs.yml").write_text(
        "site_name: Lessons\nuse_directory_urls: false\n"
        "plugins:\n  - mkdocs-jupyter:\n      execute: true\nnav:\n  - lesson.ipynb\n",
        "utf-8",
    )
    run("mkdocs", "build", "-q", folder=folder)
    return folder / "site" / "lesson.html"


SITES = {
    "nbconvert": (lab, Site(package="nbconvert", how="`jupyter nbconvert --execute --to html`")),
    "nbconvert, classic": (
        classic,
        Site(package="nbconvert", how="`--to html --template classic`", own_requests=CDN),
    ),
    "nbconvert, slides": (slides, Site(package="nbconvert", how="`--to slides`", own_requests=CDN)),
    "papermill": (papermill, Site(package="papermill", how="`papermill in.ipynb out.ipynb`, then nbconvert")),
    "Sphinx with myst-nb": (
        sphinx("extensions = ['myst_nb']\nnb_execution_mode = 'force'\nnb_execution_timeout = 600"),
        Site(package="myst-nb", how='`nb_execution_mode = "force"`'),
    ),
    "Sphinx with nbsphinx": (
        sphinx("extensions = ['nbsphinx']\nnbsphinx_execute = 'always'\nnbsphinx_requirejs_path = ''"),
        Site(package="nbsphinx", how='`nbsphinx_execute = "always"`', own_requests=CDN),
    ),
    "Jupyter Book 1": (
        jupyter_book,
        Site(package="jupyter-book", how="`execute_notebooks: force`"),
    ),
    "MkDocs with mkdocs-jupyter": (
        mkdocs,
        Site(package="mkdocs-jupyter", how="`execute: true`", own_requests=CDN),
    ),
}
# In an environment of its own: it wants an old Sphinx. Its kernel is this Python.
BOOK = Path(os.environ.get("GLM_MAGIC_JUPYTER_BOOK", Path(sys.prefix) / "book" / "bin" / "jupyter-book"))
NEEDED = {"Sphinx with nbsphinx": ("nbsphinx", "pypandoc-binary")}
EXECUTED_BEFORE = ("nbconvert, classic", "nbconvert, slides")


def marks_of(name, site):
    """Skip what is not installed."""
    if site.package == "jupyter-book":
        reason = (
            f"no {BOOK}; `make pytest` or `make hosts` installs it, or name one in GLM_MAGIC_JUPYTER_BOOK"
        )
        return pytest.mark.skipif(not BOOK.is_file(), reason=reason)
    return needs(*NEEDED.get(name, (site.package,)))


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=marks_of(name, site), id=name) for name, (_, site) in SITES.items()],
)
def test_a_published_lesson_is_alive_without_a_network(name, request, run, record, page, tmp_path):
    build, site = SITES[name]
    notebook = request.getfixturevalue("executed" if name in EXECUTED_BEFORE else "lesson")
    beside = BOOK if site.package == "jupyter-book" else None
    with record(name, package=site.package, beside=beside, how=site.how, shows="page") as seen:
        path = build(run, notebook, tmp_path)
        seen["bytes"] = path.stat().st_size
        assert path.read_text("utf-8").count('class="glm-template"') == 1
        opened = Opened(page, path)
        for panel in opened.panels():
            assert_alive(panel)
        assert opened.asked <= site.own_requests
        assert all(url.startswith(tmp_path.as_uri()) for url in opened.files)
        seen["own requests"] = sorted(opened.asked)
