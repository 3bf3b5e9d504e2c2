"""Every control of the panel: where it is, how it is changed, and what a reader then sees.

A test in test_controls.py fails for a control that is in no row.
"""

from __future__ import annotations

from acts import (
    Control,
    Step,
    and_reset,
    brush,
    click,
    click_and,
    copy,
    download,
    drag_threshold,
    focus,
    keys,
    option,
    options,
    point,
    press,
    slide,
    tick,
    unfold_menu,
    write,
)
from panels import TABS

LINES = "Lines"
HOURS, COURSE = "hours_of_preparation", "course"


def chosen(name: str, label: str) -> Step:
    """A list in which something is chosen, before another control is there."""
    return Step(role="combobox", name=name, acts=(option(label),))


ABOVE = (
    *(
        Control(kind="line", tab="", role="tab", name=tab, acts=(click_and("tab", "Data"),), changes=("tab", "picture"))
        for tab in TABS
        if tab not in ("Data", "Summary")
    ),
    Control(
        kind="line", tab="", role="tab", name="Summary", acts=(click_and("tab", "Data"),), changes=("tab", "table")
    ),
    Control(
        kind="line", tab="", role="tab", name="Data", acts=(click,), changes=("tab", "picture"),
        first=(Step(role="tab", name="Trace", acts=(press,)),),
    ),
    Control(
        kind="line", tab="", role="DisclosureTriangle", name="Details", first_of=True, acts=(click,),
        changes=("height",), says="^threshold$",
    ),
    Control(
        kind="line", tab="", role="button", name="Copy {}", of="chains=4", acts=(copy("chains=4"),),
        changes=(), says="^copied$",
    ),
    *(
        Control(
            kind="line", tab="", role="button", name=name, acts=(press,), changes=("legend",),
            first=(
                Step(role="tab", name="Model", acts=(press,)),
                Step(role="textbox", name="x sigma", acts=(write("0.5"),)),
            ),
        )
        for name in ("Keep", "Reset")
    ),
    Control(
        kind="line", tab="Trace", role="button", name="Clear brush", acts=(press,),
        changes=("status", "picture", "results"),
        first=(Step(role="application", name="Draws of sigma", acts=(brush,)),),
    ),
)  # fmt: skip

FEW = Step(role="slider", name="Rows used", acts=(and_reset(slide("Home")),))
SIMULATED = Step(role="button", name="Simulate again", acts=(and_reset(press),))

DATA = (
    Control(
        kind="logistic", tab="Data", role="combobox", name="x variable", acts=(option(COURSE),),
        changes=("picture", "sentence", "notes"),
    ),
    Control(
        kind="logistic", tab="Data", role="combobox", name="Colour", acts=(option(COURSE),),
        changes=("picture", "legend"),
    ),
    Control(kind="line", tab="Data", role="checkbox", name="Show truth", acts=(tick,), changes=("picture", "legend")),
    Control(
        kind="line", tab="Data", role="application", name="Rows of the data", changes=("picture", "sentence", "legend"),
        acts=(and_reset(keys("Home", "Enter")), and_reset(keys("ArrowRight", "+"))),
    ),
    Control(
        kind="line", tab="Data", role="spinbutton", name="Row value", changes=("picture",),
        acts=(and_reset(write("3")), and_reset(write("4", ends="Tab"))),
        first=(Step(role="application", name="Rows of the data", acts=(keys("Home"),)),),
    ),
    Control(
        kind="line", tab="Data", role="slider", name="Rows used", changes=("picture", "sentence"),
        acts=(and_reset(slide("Home")), and_reset(slide("PageUp"))),
    ),
    Control(
        kind="line", tab="Data", role="combobox", name="Which rows", acts=(option("random"),), changes=("picture",),
        first=(FEW,),
    ),
    Control(
        kind="line", tab="Data", role="button", name="Simulate again", acts=(and_reset(press),),
        changes=("picture", "sentence", "table"),
    ),
    Control(
        kind="line", tab="Data", role="combobox", name="Simulate at", acts=(option("a posterior draw"),),
        changes=("table",), first=(SIMULATED,),
    ),
    Control(
        kind="line", tab="Data", role="button", name="Repeat", acts=(and_reset(press),),
        changes=("table",),
    ),
    Control(
        kind="line", tab="Data", role="button", name="Stop", acts=(press,), changes=(), says="^Repeat$",
        first=(Step(role="button", name="Repeat", acts=(and_reset(press),)),),
    ),
    Control(
        kind="line", tab="Data", role="button", name="Reset", acts=(press,), changes=("picture", "sentence"),
        first=(FEW,),
    ),
)  # fmt: skip

TRACE = (
    Control(
        kind="line", tab="Trace", role="combobox", name="Density", acts=(option("by chain"), option("overlaid")),
        changes=("picture",),
    ),
    Control(
        kind="line", tab="Trace", role="combobox", name="Diagnostic", changes=("picture", "sentence", "notes"),
        acts=(option("rank ECDF difference"), option("ESS growth"), option("autocorrelation"), option("trace")),
    ),
    Control(
        kind="line", tab="Trace", role="slider", name="Interval probability", acts=(slide("Home"), slide("End")),
        changes=("picture", "results", "sentence"),
    ),
    Control(
        kind="line", tab="Trace", role="checkbox", name="Show truth", acts=(tick,),
        changes=("picture", "results", "sentence"),
    ),
    Control(
        kind="groups", tab="Trace", role="searchbox", name="Find parameters", acts=(write("sigma"),),
        changes=("sentence",), says="^3 of 21 parameters$",
    ),
    Control(
        kind="groups", tab="Trace", role="DisclosureTriangle", name="{} (8 parameters)", of="x|school", acts=(click,),
        changes=("sentence", "height"), says=r"^x\|school\[school 3\]$",
    ),
    Control(
        kind="line", tab="Trace", role="application", name="Draws of {}", of="sigma", changes=("status", "lit"),
        acts=(keys("ArrowRight"), keys("ArrowRight")),
    ),
    Control(
        kind="line", tab="Trace", role="application", name="Draws of {}", of="sigma", acts=(point(plot=1),),
        changes=("status", "lit"),
    ),
    Control(
        kind="line", tab="Trace", role="application", name="Draws of {}", of="sigma", acts=(point(pin=True, plot=1),),
        changes=("status", "lit"),
    ),
    Control(
        kind="line", tab="Trace", role="application", name="Draws of {}", of="sigma",
        acts=(brush, keys("Shift+ArrowUp")), changes=("status", "picture", "results", "legend"),
        says=r"^\d+ of 40 draws: sigma between 0\.\d+ and 0\.\d+$",
    ),
)  # fmt: skip

PAIRS = (
    Control(
        kind="line", tab="Pairs", role="combobox", name="Horizontal", acts=(option("sigma"),),
        changes=("picture", "sentence", "notes"),
    ),
    Control(
        kind="line", tab="Pairs", role="combobox", name="Vertical", acts=(option("sigma"),),
        changes=("picture", "sentence", "notes"),
    ),
    Control(kind="line", tab="Pairs", role="checkbox", name="Show truth", acts=(tick,), changes=("picture", "legend")),
    Control(
        kind="line", tab="Pairs", role="application", name="Pairs of draws", changes=("status", "lit"),
        acts=(keys("ArrowRight"), keys("ArrowUp")),
    ),
    Control(
        kind="line", tab="Pairs", role="application", name="Pairs of draws", acts=(point(),), changes=("status", "lit")
    ),
    Control(
        kind="line", tab="Pairs", role="application", name="Pairs of draws", acts=(point(pin=True),),
        changes=("status", "lit"),
    ),
)  # fmt: skip

SUMMARY = (
    Control(
        kind="logistic", tab="Summary", role="checkbox", name="Show ratios", acts=(tick,), changes=("table", "notes"),
        says="^baseline odds$",
    ),
    Control(
        kind="counts", tab="Summary", role="checkbox", name="Show ratios", acts=(tick,), changes=("table", "notes"),
        says="^rate ratio$",
    ),
    Control(
        kind="line", tab="Summary", role="slider", name="Interval probability", acts=(slide("Home"), slide("End")),
        changes=("table",),
    ),
    Control(
        kind="groups", tab="Summary", role="button", name="{} (8 parameters)", of="1|school", acts=(click,),
        changes=("table",), says=r"^1\|school\[school 3\]$",
    ),
    Control(
        kind="line", tab="Summary", role="DisclosureTriangle", name="What the parameters and columns mean",
        acts=(click,), changes=("height",), says="^Monte Carlo standard error",
    ),
    Control(
        kind="groups", tab="Summary", role="DisclosureTriangle", name="Show {}", of="a PyMC block", acts=(click,),
        changes=("height",), says="^%%glm df",
    ),
    *(
        Control(
            kind="line", tab="Summary", role="button", name=f"Copy {name}", acts=(copy(begins),), changes=(),
            says=f"^{name} copied$",
        )
        for name, begins in (("CSV", "parameter,mean"), ("Markdown", "| parameter"), ("LaTeX", "\\begin{table}"))
    ),
)  # fmt: skip

EFFECTS = (
    Control(
        kind="line", tab="Effects", role="application", name="Draws of effects",
        acts=(keys("ArrowRight"), keys("ArrowRight")), changes=("status",),
    ),
    Control(
        kind="logistic", tab="Effects", role="combobox", name="Effect", acts=(option("slope"), option("prediction")),
        changes=("picture", "sentence", "title"),
    ),
    Control(
        kind="logistic", tab="Effects", role="combobox", name="Of", acts=(option(COURSE),),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="logistic", tab="Effects", role="combobox", name="Contrast", changes=("picture", "sentence"),
        acts=(option("pairwise"), option("two levels")), first=(chosen("Of", COURSE),),
    ),
    *(
        Control(
            kind="logistic", tab="Effects", role="combobox", name=name, acts=(option("statistics"),),
            changes=("picture", "sentence"), first=(chosen("Of", COURSE), chosen("Contrast", "two levels")),
        )
        for name in ("From", "To")
    ),
    *(
        Control(
            kind="logistic", tab="Effects", role="spinbutton", name=name, acts=(write("5"), write("6", ends="Tab")),
            changes=("picture", "sentence"), first=(chosen("Contrast", "two values"),),
        )
        for name in ("From", "To")
    ),
    Control(
        kind="logistic", tab="Effects", role="combobox", name="Scale", acts=(option("link"), option("odds ratio")),
        changes=("picture", "sentence", "title"),
    ),
    Control(
        kind="counts", tab="Effects", role="combobox", name="Scale", acts=(option("rate ratio"),),
        changes=("picture", "sentence", "title"),
    ),
    Control(
        kind="logistic", tab="Effects", role="combobox", name="By", acts=(option(COURSE),),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="logistic", tab="Effects", role="slider", name="Threshold c", acts=(slide("ArrowRight"), slide("End")),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="logistic", tab="Effects", role="slider", name="Threshold c", acts=(drag_threshold,),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="logistic", tab="Effects", role="slider", name="Interval probability", acts=(slide("Home"), slide("End")),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="ordinal", tab="Effects", role="combobox", name="Effect", acts=(option("prediction"),),
        changes=("picture", "sentence", "title"),
    ),
)  # fmt: skip

FAN = (
    Control(
        kind="logistic", tab="Fan", role="combobox", name="x variable", acts=(option(COURSE),),
        changes=("picture", "sentence", "notes"),
    ),
    Control(
        kind="line", tab="Fan", role="combobox", name="Show", changes=("picture", "notes", "sentence"),
        acts=(option("median and bands, pointwise"), option("median and bands, curvewise"), option("new observations")),
    ),
    Control(
        kind="line", tab="Fan", role="slider", name="Fan lines", acts=(slide("Home"), slide("End")),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="line", tab="Fan", role="button", name="Play", acts=(click_and("button", "Pause"),),
        changes=("lit", "status"),
    ),
    Control(
        kind="line", tab="Fan", role="button", name="Pause", acts=(press,), changes=("lit", "status"),
        first=(Step(role="button", name="Play", acts=(press,)),),
    ),
    Control(
        kind="line", tab="Fan", role="checkbox", name="Interval", acts=(tick,), changes=("picture", "legend", "notes"),
        says="^The 89% interval is equal-tailed and pointwise",
    ),
    Control(
        kind="line", tab="Fan", role="slider", name="Interval probability", acts=(slide("Home"), slide("End")),
        changes=("picture", "legend", "notes"), first=(Step(role="checkbox", name="Interval", acts=(tick,)),),
    ),
    Control(
        kind="logistic", tab="Fan", role="combobox", name="By", acts=(option(COURSE),),
        changes=("picture", "legend", "sentence"),
    ),
    Control(
        kind="logistic", tab="Fan", role="combobox", name="Others", acts=(option("averaged over the data"),),
        changes=("picture", "notes"),
    ),
    Control(
        kind="logistic", tab="Fan", role="combobox", name="Scale", acts=(option("link"),),
        changes=("picture", "sentence", "legend"), says="^Observations have no place on the scale of the link",
    ),
    Control(
        kind="ordinal", tab="Fan", role="combobox", name="Scale", acts=(option("link"),),
        changes=("picture", "sentence"),
    ),
    Control(kind="line", tab="Fan", role="combobox", name="Points", acts=(option("faded"),), changes=("picture",)),
    Control(
        kind="logistic", tab="Fan", role="combobox", name="Points", acts=(option("near the held values"),),
        changes=("picture", "notes"), says="of 240 observations are near the held values",
    ),
    Control(
        kind="logistic", tab="Fan", role="combobox", name="Points", acts=(option("partial residuals"), option("none")),
        changes=("picture", "notes", "legend"),
    ),
    Control(
        kind="counts", tab="Fan", role="combobox", name="Points", acts=(option("none"),), changes=("picture", "legend")
    ),
    Control(
        kind="line", tab="Fan", role="combobox", name="Prior", acts=(option("beside"),),
        changes=("picture", "captions"),
    ),
    Control(
        kind="line", tab="Fan", role="combobox", name="Prior", acts=(option("under"),), changes=("picture", "legend"),
        says="^prior line$",
    ),
    Control(kind="line", tab="Fan", role="checkbox", name="Show truth", acts=(tick,), changes=("picture", "legend")),
    Control(
        kind="logistic", tab="Fan", role="combobox", name="{} held at", of=COURSE,
        acts=(option("analysis"), option("statistics")), changes=("picture", "sentence", "notes"),
    ),
    Control(
        kind="logistic", tab="Fan", role="slider", name="{} held at", of=HOURS, acts=(slide("End"), slide("Home")),
        changes=("picture", "sentence", "notes"), first=(chosen("x variable", COURSE),),
    ),
    Control(
        kind="many", tab="Fan", role="slider", name="{} held at", of="b", acts=(slide("PageUp"), slide("Home")),
        changes=("picture", "sentence"),
    ),
    Control(
        kind="many", tab="Fan", role="button", name="Reset", acts=(press,), changes=("picture", "sentence"),
        first=(Step(role="slider", name="b held at", acts=(slide("End"),)),),
    ),
    Control(
        kind="many", tab="Fan", role="DisclosureTriangle", name="{} more held values", of="2", acts=(click,),
        changes=("height",), says="^k held at$",
    ),
    Control(
        kind="many", tab="Fan", role="slider", name="{} held at", of="k", acts=(slide("End"),),
        changes=("picture", "sentence"),
        first=(Step(role="DisclosureTriangle", name="2 more held values", acts=(click,)),),
    ),
    Control(
        kind="groups", tab="Fan", role="combobox", name="Group-specific effects",
        changes=("picture", "title", "sentence"), acts=(option("one level"), option("a new level")),
    ),
    Control(
        kind="groups", tab="Fan", role="combobox", name="Group-specific effects", acts=(option("several levels"),),
        changes=("picture", "captions", "sentence"),
    ),
    Control(
        kind="groups", tab="Fan", role="combobox", name="{} held at", of="school", acts=(option("school 3"),),
        changes=("picture", "sentence"), first=(chosen("Group-specific effects", "one level"),),
    ),
    Control(
        kind="groups", tab="Fan", role="listbox", name="Levels", acts=(options("school 3", "school 5"),),
        changes=("picture", "captions", "sentence"), first=(chosen("Group-specific effects", "several levels"),),
    ),
    Control(
        kind="groups", tab="Fan", role="application", name="Lines of {}", of="school = school 2",
        acts=(keys("ArrowRight"),), changes=("status",), first=(chosen("Group-specific effects", "several levels"),),
    ),
    Control(
        kind="line", tab="Fan", role="application", name=LINES, acts=(keys("ArrowRight"), keys("ArrowRight")),
        changes=("status", "lit"),
    ),
    Control(
        kind="line", tab="Fan", role="application", name=LINES, acts=(point(),), changes=("status", "lit"),
    ),
    Control(
        kind="line", tab="Fan", role="application", name=LINES, acts=(point(pin=True),), changes=("status", "lit"),
    ),
    Control(
        kind="line", tab="Fan", role="application", name=LINES, acts=(keys("Escape"),), changes=("status", "lit"),
        first=(Step(role="application", name=LINES, acts=(keys("ArrowRight", "Enter"),)),),
    ),
)  # fmt: skip

DIAGNOSTICS = ("trace", "rank ECDF difference", "ESS growth", "autocorrelation")


def saved(
    tab: str,
    plot: str,
    of: str = "",
    *,
    first: tuple[Step, ...] = (),
    kinds: tuple[str, ...] = ("SVG", "PNG", "CSV"),
) -> tuple[Control, ...]:
    """The button of a plot, and what its menu offers."""
    button = {"role": "button", "name": f"Save {plot}", "of": of, "acts": (unfold_menu,)}
    files = tuple(
        Control(
            kind="line", tab=tab, role="menuitem", name=kind, acts=(download(f".{kind.lower()}"),), changes=(),
            first=(*first, Step(**button)),
        )
        for kind in kinds
    )  # fmt: skip
    return (Control(kind="line", tab=tab, changes=("menu",), first=first, **button), *files)


ROW = Step(role="application", name="Draws of Intercept", acts=(focus,))
SAVED_THE_FAN = saved("Fan", "the fan")
SAVED = (
    *saved("Data", "the scatter plot"),
    *saved("Trace", "the densities of {}", "Intercept", first=(ROW,)),
    *(
        row
        for name in DIAGNOSTICS
        for row in saved(
            "Trace",
            f"the {name} of {{}}",
            "Intercept",
            first=(chosen("Diagnostic", name), ROW),
            kinds=("CSV",),
        )
    ),
    *saved("Pairs", "the pairs"),
    *saved("Effects", "the effects"),
    *SAVED_THE_FAN,
    *saved("Fan", "the fan of {}", "Prior", first=(chosen("Prior", "beside"),), kinds=("CSV",)),
)

TEXTS = (
    ("PyMC code", "The equivalent PyMC code", "import numpy"),
    ("as cell", "The equivalent cell", "%%glm"),
)
# Families of priors, and a number of each: whose prior, the family, the number, and another value.
FAMILIES = (
    ("x", "Normal", "mu", "0.5"), ("x", "Normal", "sigma", "0.5"), ("x", "StudentT", "nu", "7"),
    ("x", "Cauchy", "alpha", "0.5"), ("x", "Cauchy", "beta", "0.5"), ("x", "Laplace", "b", "0.5"),
    ("sigma", "Exponential", "lam", "3"),
)  # fmt: skip
MODEL = (
    Control(
        kind="line", tab="Model", role="DisclosureTriangle", name="Density of {}", of="sigma",
        acts=(click,), changes=("height",),
    ),
    Control(
        kind="line", tab="Model", role="combobox", name="{} prior", of="x", acts=(option("Laplace"),),
        changes=("picture", "sentence", "results"),
    ),
    *(
        Control(
            kind="line", tab="Model", role="textbox", name=f"{{}} {argument}", of=of, acts=(write(value),),
            changes=("picture", "sentence", "results"), first=(chosen(f"{of} prior", family),),
        )
        for of, family, argument, value in FAMILIES
    ),
    *(
        Control(
            kind="line", tab="Model", role="slider", name=f"{{}} {argument} handle", of=of, acts=(slide("PageUp"),),
            changes=("picture", "sentence", "results"), first=(chosen(f"{of} prior", family),),
        )
        for of, family, argument, _ in FAMILIES
        if argument != "nu"
    ),
    *(
        Control(
            kind="line", tab="Model", role="button", name=f"Copy {name}", acts=(copy(begins),), changes=(),
            says="^copied$", first=(Step(role="DisclosureTriangle", name=title, acts=(click,)),),
        )
        for name, title, begins in TEXTS
    ),
    *(
        Control(kind="line", tab="Model", role="DisclosureTriangle", name=title, acts=(click,), changes=("height",))
        for _, title, _ in TEXTS
    ),
)  # fmt: skip

CONTROLS = (*ABOVE, *DATA, *TRACE, *PAIRS, *SUMMARY, *EFFECTS, *FAN, *MODEL, *SAVED)

# Rows of what is made by the same code as another row: the page tries each, JupyterLab one of each.
REPEATED = (
    *(row for row in SAVED if row not in SAVED_THE_FAN),
    *(
        row
        for row in MODEL
        if row.role in ("textbox", "slider") and row.called not in ("x sigma", "x sigma handle")
    ),
)

# What has the focus so that keys scroll it: there is nothing in it to change. test_narrow.py scrolls the table.
SCROLLED = (
    *(("tabpanel", tab) for tab in TABS),
    *(("group", name) for name in ("Summary table", "Sensitivity", "The model")),
)
