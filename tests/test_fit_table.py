"""`Fit.table`: the panel's numbers in each format, and names that show as they are written."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from glm_magic import api, load
from glm_magic.errors import FormulaError, ModelError
from glm_magic.tables.publish import NONE, WRITERS, Published, as_html, as_latex, as_markdown, as_typst
from glm_magic.views.summary import _row, quantile

SPECIAL = (
    r"a_b 50% & $x$ <b> | #1 * c~d ^e \f {g} [h] @i `j` 'k' \"l\" -- n ... http://o =p +q //r ~~s~~ &lt;"
)
HEADER = ("parameter", "mean")
FINE = "Posterior mean, standard deviation (sd) and 89% equal-tailed interval, from 4 chains × 500 draws; "


@pytest.fixture(scope="module")
def odd(without_sampling):
    """A fit whose names hold what every format reads as markup."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "a_b%": rng.normal(size=40),
            "y": (rng.random(40) < 0.5).astype(int),
            "g": ["<b> & | #1", "$x$ * 2"] * 20,
        }
    )
    with without_sampling():
        return api.glm("y ~ `a_b%` + g + (1|g)", data, family="bernoulli", draws=50)


# Each format read back: (header, rows, notes, caption) of its text. What is read is what a reader would see.


def read_markdown(text):
    class Seen(HTMLParser):
        def __init__(self):
            super().__init__()
            self.cells, self.paragraphs, self.into = [], [], None

        def handle_starttag(self, tag, attrs):
            if tag == "tr":
                self.cells.append([])
            elif tag in ("th", "td"):
                self.cells[-1].append("")
                self.into = self.cells[-1]
            elif tag == "p":
                self.paragraphs.append("")
                self.into = self.paragraphs
            else:
                assert tag in ("table", "thead", "tbody"), tag

        def handle_endtag(self, tag):
            if tag in ("th", "td", "p"):
                self.into = None

        def handle_data(self, data):
            if self.into is not None:
                self.into[-1] += data

    seen = Seen()
    seen.feed(MarkdownIt("js-default").enable("strikethrough").render(text))
    header, *rows = seen.cells
    return header, rows, seen.paragraphs


def read_html(text):
    class Seen(HTMLParser):
        def __init__(self):
            super().__init__()
            self.parts, self.rows, self.tags, self.table = {}, [], [], {}

        def handle_starttag(self, tag, attrs):
            self.tags.append(tag)
            if tag == "table":
                self.table = dict(attrs)
            elif tag == "tr":
                self.rows.append([])
            elif tag in ("th", "td"):
                self.rows[-1].append("")
            elif tag == "caption":
                self.parts["caption"] = ""

        def handle_data(self, data):
            if self.tags[-1:] == ["caption"]:
                self.parts["caption"] += data
            elif self.rows and self.rows[-1] and data.strip():
                self.rows[-1][-1] += ("\n" if self.tags[-1] == "br" else "") + data

        def handle_endtag(self, tag):
            if tag == "caption":
                self.tags.append("")

    seen = Seen()
    seen.feed(text)
    assert set(seen.tags) <= {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "br", ""}
    header, *rows, foot = seen.rows
    return header, rows, foot[0].split("\n"), seen.parts.get("caption"), seen.table.get("id")


LATEX = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbar{}": "|",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textasciigrave{}": "`",
    r"\textquotesingle{}": "'",
    r"$-$": "−",
    r"$\times$": "×",
    "--": NONE,
    "{[}": "[",
    "{*}": "*",
    "-{}": "-",
    **{f"\\{letter}": letter for letter in "_%&#{}$"},
}
LATEX_WORD = re.compile("|".join(map(re.escape, LATEX)) + r"|[^\\{}$&#_%~^]")


def shown_by_latex(text):
    """What LaTeX would print; what is left over would be markup."""
    position, shown = 0, ""
    while position < len(text):
        found = LATEX_WORD.match(text, position)
        assert found, text[position:]
        shown += LATEX.get(found.group(), found.group())
        position = found.end()
    return shown


def read_latex(text):
    (body,) = re.findall(r"\\toprule\n(.*?)    \\bottomrule", text, re.S)
    lines = [line for line in body.splitlines() if line != r"    \midrule"]
    assert not [line for line in lines if line.lstrip().startswith(("[", "*"))]
    assert all(line.startswith("    ") and line.endswith(r" \\") for line in lines)
    cells = [[shown_by_latex(cell) for cell in re.split(r" (?<!\\)& ", line[4:-3])] for line in lines]
    notes = [shown_by_latex(note) for note in re.findall(r"^  \{\\footnotesize (.*)\\par\}$", text, re.M)]
    caption = re.search(r"^  \\caption\{(.*)\}$", text, re.M)
    label = re.search(r"^  \\label\{(.*)\}$", text, re.M)
    return (
        *(cells[0], cells[1:], notes),
        None if caption is None else shown_by_latex(caption.group(1)),
        None if label is None else label.group(1),
    )


TYPST_CONTENT = re.compile(r"\[((?:\\.|[^\\\]])*)\]")


def shown_by_typst(text):
    # Unescaped, none of these may be left: markup, code, labels, references, quotes, dashes, comments and links.
    bare = re.sub(r"\\.", "¤", text)
    assert not re.search(r"[*_`$<>@#=+/~\[\]\"']|\.\.|--|^-|-[\d?]|^\d+\.(?: |$)", bare), text
    return re.sub(r"\\(.)", r"\1", text)


def read_typst(text):
    figure, *notes = text.strip().split("\n#text(size: 0.85em)")
    rows = [
        [shown_by_typst(cell) for cell in TYPST_CONTENT.findall(line)]
        for line in figure.splitlines()
        if line.startswith("    [") or "table.header(" in line
    ]
    caption = re.search(r"^  caption: \[(.*)\],$", figure, re.M)
    label = re.search(r"^\) <(.*)>$", figure, re.M)
    return (
        *(rows[0], rows[1:], [shown_by_typst(note[1:-1]) for note in notes]),
        None if caption is None else shown_by_typst(caption.group(1)),
        None if label is None else label.group(1),
    )


def read(text, form):
    if form == "markdown":
        header, rows, paragraphs = read_markdown(text)
        return header, rows, paragraphs
    return {"latex": read_latex, "html": read_html, "typst": read_typst}[form](text)[:3]


# The numbers


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_shows_the_rounded_numbers_of_the_panel(line_fit, form):
    header, rows, notes = read(line_fit.table(form), form)
    assert header == ["parameter", "mean", "sd", "5.5%", "94.5%", "ESS bulk", "ESS tail", "R-hat"]
    view = line_fit.view.tabs.summary
    ends = zip(quantile(view, 0.055), quantile(view, 0.945), strict=True)
    for row, shown, (low, high) in zip(rows, view.rows, ends, strict=True):
        numbers = [f"{value:.{shown.digits}f}" for value in (shown.mean, shown.sd, low, high)]
        sizes = [f"{shown.ess_bulk:,.0f}", f"{shown.ess_tail:,.0f}"]
        assert [cell.replace("−", "-") for cell in row] == [
            shown.label,
            *numbers,
            *sizes,
            f"{shown.r_hat:.3f}",
        ]
    assert notes[0].startswith(FINE)


@pytest.mark.parametrize("form", WRITERS)
def test_names_show_as_they_are_written(odd, form):
    _, rows, notes = read(odd.table(form), form)
    assert [row[0] for row in rows] == list(odd.summary().index)
    assert {"a_b%", "1|g[$x$ * 2]", "1|g[<b> & | #1]"} <= {row[0] for row in rows}
    assert "Coefficients are on the scale of log odds of P(y = 1)." in notes


@given(name=st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(SPECIAL), min_size=1))
@pytest.mark.parametrize("form", WRITERS)
def test_any_text_shows_as_it_is_written(form, name):
    words = " ".join(name.split())
    table = Published(
        header=("parameter", name),
        rows=((name, "1"), ("x", name)),
        notes=(f"n {name}",),
        caption=None,
        label=None,
    )
    header, rows, notes = read(WRITERS[form](table), form)
    assert (header, rows, notes) == (
        ["parameter", words],
        [[words, "1"], ["x", words]],
        [f"n {words}".strip()],
    )


@pytest.mark.parametrize("form", WRITERS)
def test_a_line_break_in_a_name_ends_no_row(form):
    table = Published(header=HEADER, rows=(("a\r\n| b\t& c", "1"),), notes=(), caption=None, label=None)
    assert read(WRITERS[form](table), form)[1] == [["a | b & c", "1"]]


def test_what_cannot_be_computed_is_a_dash_and_no_zero_is_negative(line_fit):
    changed = replace(line_fit._estimates[0], mean=-1e-9, sd=np.nan, r_hat=np.nan, mcse_mean=0.001)
    from glm_magic.tables.publish import rows_of

    ((_, mean, sd, *_, r_hat),) = rows_of([changed], 0.89)
    assert (mean, sd, r_hat) == ("0.000", NONE, NONE)
    assert _row(changed).digits == 3


def test_negative_numbers_have_a_minus_sign(line_fit):
    table = line_fit.table("latex", names="x", transform=np.negative)
    assert "& $-$2." in table
    assert "−2." in line_fit.table("typst", names="x", transform=np.negative)


# What is asked for


def test_rows_and_interval_are_chosen_as_in_the_summary(odd):
    def labels(**asked):
        return [row[0] for row in read_markdown(odd.table(**asked))[1]]

    for asked in ({"kind": "population"}, {"kind": "groups"}, {"names": ["a_b%", "Intercept"]}):
        assert labels(**asked) == list(odd.summary(**asked).index)
    header, rows, notes = read_markdown(odd.table(prob=0.5, names="a_b%", transform="exp"))
    assert header[3:5] == ["25%", "75%"]
    summary = odd.summary(0.5, names="a_b%", transform="exp").iloc[0]
    shown = np.array([float(cell.replace("−", "-")) for cell in rows[0][1:5]])
    np.testing.assert_allclose(shown, summary[:4], atol=0.006)
    assert "All numbers are those of exp(parameter), computed of each draw." in notes
    assert not [note for note in notes if "log odds" in note]
    with pytest.raises(FormulaError):
        odd.table(names="zz")
    with pytest.raises(ModelError, match="kind must be one of"):
        odd.table(kind="some")


@pytest.mark.parametrize("form", WRITERS)
def test_caption_and_label_stand_where_the_format_has_them(line_fit, form):
    text = line_fit.table(form, caption=SPECIAL, label="tab:line_1")
    if form == "markdown":
        escaped = re.search(r"^: (.*) \{#tab:line_1\}$", text, re.M).group(1)
        assert read_markdown(escaped + "\n\n| a |\n|---|\n")[2] == [SPECIAL]
        assert read_markdown(line_fit.table(form, caption=SPECIAL))[2][0] == SPECIAL
        return
    assert {"latex": read_latex, "html": read_html, "typst": read_typst}[form](text)[3:] == (
        SPECIAL,
        "tab:line_1",
    )


@pytest.mark.parametrize(
    "caption", ["- a", "+ a", "1. a", "12) a", "=== a", "---", "# a", "> a", "* a", "    a", ": a"]
)
def test_a_caption_is_a_paragraph_whatever_it_begins_with(line_fit, caption):
    paragraphs = read_markdown(line_fit.table(caption=caption))[2]
    assert paragraphs[0] == caption.strip()


@pytest.mark.parametrize("label", ["two words", "", "a}b", "<a>", "1st", "a\nb", 3, "ä"])
def test_a_label_that_cannot_be_one_is_refused(line_fit, label):
    with pytest.raises(ModelError, match="label must be a name without spaces"):
        line_fit.table("latex", caption="c", label=label)


def test_a_label_needs_a_caption(line_fit):
    for form in ("latex", "markdown", "typst"):
        with pytest.raises(ModelError, match="a label refers to a caption"):
            line_fit.table(form, label="tab:line")
    assert line_fit.table("html", label="line").startswith('<table id="line">')
    with pytest.raises(ModelError, match="caption must be a text, not 3"):
        line_fit.table("html", caption=3)


@pytest.mark.parametrize("form", ["tex", "LaTeX", "", None, ["latex"]])
def test_a_wrong_format_is_told_with_the_list(line_fit, form):
    with pytest.raises(
        ModelError, match=r"^format must be one of latex, markdown, html, typst, not"
    ) as caught:
        line_fit.table(form)
    assert caught.value.remedy


def test_the_table_of_an_untrustworthy_fit_says_so(line_data, without_sampling):
    with without_sampling():
        fit = api.glm("y ~ x", line_data, draws=20)
    message = next(one.message for one in fit.findings if one.severity == "error")
    for form in WRITERS:
        assert f"Do not interpret: {message}." in read(fit.table(form), form)[2]


def test_a_loaded_fit_has_the_same_table(line_fit, tmp_path):
    line_fit.save(tmp_path / "fit.nc")
    assert load(tmp_path / "fit.nc").table("latex") == line_fit.table("latex")


def test_the_latex_is_a_booktabs_table_with_columns_aligned(line_fit):
    text = line_fit.table("latex", caption="A line.", label="tab:line")
    assert text.startswith("% \\usepackage{booktabs}\n\\begin{table}\n")
    assert "\\begin{tabular}{lrrrrrrr}" in text
    assert [rule for rule in ("toprule", "midrule", "bottomrule", "hline") if f"\\{rule}" in text] == [
        "toprule",
        "midrule",
        "bottomrule",
    ]
    assert text.index("\\caption") < text.index("\\label") < text.index("\\begin{tabular}")
    for environment in ("table", "tabular"):
        assert text.count(f"\\begin{{{environment}}}") == text.count(f"\\end{{{environment}}}") == 1
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")


def test_the_writers_are_those_of_the_formats():
    assert dict(WRITERS) == {"latex": as_latex, "markdown": as_markdown, "html": as_html, "typst": as_typst}
