"""How Sphinx builds the documentation: `make docs`.

Nothing here is fetched when the pages are built, and the pages fetch nothing when they are read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]
# The kernel that executes the examples imports this checkout too, whatever is installed. PyTensor looks for no BLAS,
# the lack of which it would report in the middle of a page.
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
flags = [os.environ.get("PYTENSOR_FLAGS", ""), "blas__ldflags="]
os.environ["PYTENSOR_FLAGS"] = ",".join(filter(None, flags))

import glm_magic  # noqa: E402  # found by the line above

project = "glm-magic"
author = "glm-magic developers"
copyright = f"2026, {author}"  # noqa: A001  # Sphinx's name for it
version = release = glm_magic.__version__

extensions = ["sphinx.ext.autodoc", "numpydoc", "myst_nb", "from_code", "mathml"]
exclude_patterns = ["_ext"]
nitpicky = True

# `code` in a docstring links where the documentation has such an object, and is code where it has none.
default_role = "py:obj"
nitpick_ignore_regex = [("py:obj", r".*")]

# numpydoc writes the types where people read them; the annotations repeat them with names that nobody imports.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Every example is executed at every build; one that fails ends it. A first fit on a machine compiles.
nb_execution_mode = "force"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True
# A warning in an example is a mistake in it.
nb_output_stderr = "remove-warn"
# Panels carry their script; ipywidgets' own would be fetched from another host.
nb_ipywidgets_js = {}

html_theme = "pydata_sphinx_theme"
html_title = "glm-magic"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_copy_source = False
# A summary of each result is read from the page itself, which browsers refuse to a page from disk.
html_show_search_summary = False
html_theme_options = {
    "logo": {"text": "glm-magic"},
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
}
# These have no pages below them.
html_sidebars = {page: [] for page in ("index", "tutorial", "grammar", "options", "trust", "how-it-works")}
