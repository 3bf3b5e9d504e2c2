"""Every rule that a finding can come from: what it looks at, where it begins, what it means, who says so.

`finding` in this room takes a rule's source from this table, and so does the documentation, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

BETANCOURT = "Betancourt 2017, A Conceptual Introduction to HMC, arXiv:1701.02434"
VEHTARI = "Vehtari et al. 2021, Bayesian Analysis 16(2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a finding of one kind is about.

    Attributes
    ----------
    name : str
        As in `Finding.rule`: ``"r_hat"``.
    group : str
        The heading under which it is documented.
    looks_at : str
        What is measured, as a title.
    severities : tuple of {"error", "warning", "note"}
        Which the finding can have, worst first.
    begins : str
        Where the rule begins, in words.
    means : str
        What it means for the numbers, and what to do, for a reader of the documentation.
    source : str
        Where the threshold, or the statement, is written.
    """

    name: str
    group: str
    looks_at: str
    severities: tuple[Severity, ...]
    begins: str
    means: str
    source: str


CONVERGENCE, SAMPLER, DATA, READING, ITSELF = (
    "Chains and draws",
    "The sampler",
    "The data",
    "How the model was read",
    "glm-magic itself",
)

RULES: tuple[Rule, ...] = (
    Rule(
        name="r_hat", group=CONVERGENCE, looks_at="R-hat", severities=("error", "warning", "note"),
        begins="R-hat of a number above 1.01. An error above 1.05; a note where at most 5% of the numbers exceed 1.01 "
        "and none exceeds 1.02, which happens by chance when there are many.",
        means="The chains have not mixed: they give different answers, so their pooled mean and interval describe no "
        "one distribution. Draw more; if it stays, reparametrise, use tighter priors, or look for two modes.",
        source=f"{VEHTARI}, sections 4 and 5",
    ),
    Rule(
        name="ess_bulk", group=CONVERGENCE, looks_at="Bulk effective sample size",
        severities=("error", "warning", "note"),
        begins="Fewer than 100 effective draws per chain for the centre of a distribution: below 400 with four chains. "
        "An error below 100 in all.",
        means="The draws are so autocorrelated that the mean is known less precisely than their number suggests. "
        "Draw more, or rescale the predictors.",
        source=f"{VEHTARI}, sections 4 and 5",
    ),
    Rule(
        name="ess_tail", group=CONVERGENCE, looks_at="Tail effective sample size",
        severities=("error", "warning", "note"),
        begins="Fewer than 100 effective draws per chain for the 5% or the 95% quantile. An error below 100 in all.",
        means="The mean may be good and the ends of the interval are not. Draw more before you report an interval.",
        source=f"{VEHTARI}, sections 4 and 5",
    ),
    Rule(
        name="mcse", group=CONVERGENCE, looks_at="Monte Carlo error", severities=("warning", "note"),
        begins="Monte Carlo standard error of a mean above 0.05 posterior standard deviations. A note up to 0.06 for "
        "at most 5% of the numbers.",
        means="Another seed would change the mean by an amount you could see. The table shows only the digits that "
        "the draws support.",
        source="Vehtari et al. 2021, section 4.4; the digits shown are rounded by the MCSE",
    ),
    Rule(
        name="circular", group=CONVERGENCE, looks_at="Angles", severities=("note",),
        begins="The model has a parameter that is an angle, with a von Mises prior for example.",
        means="Its mean is a direction, and R-hat and effective sample sizes do not apply to it: -π and π are the "
        "same place.",
        source="Mardia & Jupp 2000, Directional Statistics, section 2.2",
    ),
    Rule(
        name="draws", group=CONVERGENCE, looks_at="Number of draws", severities=("error",),
        begins="Fewer than 100 draws per chain.",
        means="Too few to tell whether the chains agree. Use the default of 1,000.",
        source="PyMC's own convergence check (pymc.stats.convergence)",
    ),
    Rule(
        name="chains", group=CONVERGENCE, looks_at="Number of chains", severities=("error", "warning"),
        begins="Fewer than four chains; an error with one.",
        means="Whether independent runs agree is the main evidence that a sampler has converged, and it needs "
        "independent runs.",
        source=f"{VEHTARI}, section 1",
    ),
    Rule(
        name="lost_chains", group=CONVERGENCE, looks_at="Chains that never arrived", severities=("warning", "note"),
        begins="A chain whose log density stays below the lowest percent of half of the chains, or of the one chain "
        "that lies above all others.",
        means="The chain was caught on its way, and was begun again from another start. When most chains miss what one "
        "of them found, or a second start does not help either, the posterior may have several modes, and the numbers "
        "depend on which were found.",
        source="glm_magic.engines.arrival",
    ),
    Rule(
        name="divergences", group=SAMPLER, looks_at="Divergences", severities=("error", "warning"),
        begins="Any divergent transition; an error from 1% of the draws.",
        means="The sampler met a region that is too curved for its step size and did not explore it, so the draws are "
        "biased away from there. Raise the target acceptance rate, or write the hierarchy in the non-centred form.",
        source=f"{BETANCOURT}, section 6.2; PyMC and ArviZ warn at any",
    ),
    Rule(
        name="tree_depth", group=SAMPLER, looks_at="Tree depth", severities=("warning",),
        begins="More than 5% of the draws of a chain reach the maximum tree depth.",
        means="The trajectories are cut before they turn back, so the chains move slowly. Predictors that nearly "
        "determine each other are the usual reason.",
        source="PyMC's own check (pymc.stats.convergence.warn_treedepth)",
    ),
    Rule(
        name="energy", group=SAMPLER, looks_at="Energy (E-BFMI)", severities=("error", "warning"),
        begins="Estimated Bayesian fraction of missing information below 0.3 in a chain; an error below 0.2.",
        means="The momentum that is drawn anew at each step cannot carry the sampler into the tails, so intervals may "
        "be too short. A tighter prior on scales, or the non-centred form, helps.",
        source="Betancourt 2016, arXiv:1604.00695; threshold of ArviZ's stats.bfmi_threshold",
    ),
    Rule(
        name="incomplete", group=SAMPLER, looks_at="An interrupted run", severities=("warning",),
        begins="The run was stopped by the user after some draws were made.",
        means="The panel shows what was drawn until then. Run the cell to its end before you report the numbers.",
        source="the draws that were asked for",
    ),
    Rule(
        name="fallback", group=SAMPLER, looks_at="Another engine", severities=("note",),
        begins="The engine that was to sample could not, or its density was not PyMC's, and another one did.",
        means="The draws are those of the engine that is named. It took longer; nothing is wrong with the numbers.",
        source="every precompiled density is compared with PyMC's before its draws are shown",
    ),
    Rule(
        name="kernel_cache", group=SAMPLER, looks_at="The cache of compiled code", severities=("note",),
        begins="Compiled kernels could not be stored or were damaged.",
        means="The draws are not affected. The next process compiles again, which takes some seconds; set "
        "`NUMBA_CACHE_DIR` to a folder that can be written.",
        source="numba's cache",
    ),
    Rule(
        name="argument", group=SAMPLER, looks_at="Arguments of pm.sample", severities=("note",),
        begins="A `sample(...)` call in a PyMC block has an argument that has no meaning for the engine.",
        means="The argument was left out, and the finding says what to use in its place.",
        source="the arguments of pm.sample(...)",
    ),
    Rule(
        name="dropped", group=DATA, looks_at="Rows left out", severities=("warning",),
        begins="A row has a missing value in a column that the formula uses.",
        means="The fit is a complete-case analysis. It is biased when whether a value is missing depends on the "
        "response.",
        source="complete-case analysis: Little & Rubin 2019, Statistical Analysis with Missing Data, chapter 3",
    ),
    Rule(
        name="collinear", group=DATA, looks_at="Collinear predictors", severities=("warning",),
        begins="A column of the design matrix is a linear combination of others: 1 - R² below 1e-8.",
        means="The data say something about their sum and nothing about each of them: only the priors tell them apart. "
        "Leave one out.",
        source="Belsley, Kuh & Welsch 1980, Regression Diagnostics, chapter 3",
    ),
    Rule(
        name="separation", group=DATA, looks_at="Separation", severities=("warning",),
        begins="A combination of the predictors tells the zeros from the ones of a Bernoulli response, at least in "
        "part.",
        means="The likelihood grows without bound in that direction, so that the size of the slopes is the prior's. "
        "Use a prior you can defend, or gather more data.",
        source="Albert & Anderson 1984, Biometrika 71(1), 1-10; Konis 2007 for the linear programme",
    ),
    Rule(
        name="family", group=DATA, looks_at="Another family", severities=("note",),
        begins="The response of a gaussian or t model is 0 or 1 in every row, or small whole numbers.",
        means="If it is a yes or no, or a count, a Bernoulli or a count family describes it better.",
        source="McCullagh & Nelder 1989, Generalized Linear Models, section 2.2",
    ),
    Rule(
        name="imputed", group=DATA, looks_at="Imputed observations", severities=("note",),
        begins="The observed values of a PyMC block hold NaN or are masked.",
        means="PyMC makes each missing response a parameter of the model. Drop the rows if that is not meant.",
        source="PyMC imputes masked and NaN observations",
    ),
    Rule(
        name="text_numbers", group=READING, looks_at="Numbers stored as text", severities=("note",),
        begins="Every value of a text column is a number.",
        means="The column is used as categories, with a coefficient for each different number. Convert it if it is a "
        "quantity.",
        source="formulae takes text as categories",
    ),
    Rule(
        name="unused_categories", group=READING, looks_at="Categories without rows", severities=("note",),
        begins="A categorical column declares a level that no row has.",
        means="The level has no coefficient. Check how the rows were selected if it should have some.",
        source="a category without a row has no column in the design",
    ),
    Rule(
        name="intercept_prior", group=READING, looks_at="The prior of the intercept", severities=("note",),
        begins="You gave the intercept a prior, and Bambi centres the predictors.",
        means="The prior holds for the response at the mean of the predictors, while the table shows the intercept at "
        "zero of every predictor. Write `0 + Intercept` to have both at zero.",
        source="Bambi's documentation, Model(center_predictors=True)",
    ),
    Rule(
        name="class_prior", group=READING, looks_at="A column named like a class of priors", severities=("note",),
        begins="A prior line names `common` or `group_specific`, and a column has that name.",
        means="The prior is that of the column alone.",
        source="the more specific target wins",
    ),
    Rule(
        name="correlation", group=READING, looks_at="Effects without a correlation", severities=("note",),
        begins="A bracket such as `(x|g)` holds more than one effect.",
        means="Bambi gives the effects independent priors; lme4 and brms estimate a correlation. The finding offers "
        "the same model as a PyMC block with an LKJ prior, where it can be written down.",
        source="Lewandowski, Kurowicka & Joe 2009, Journal of Multivariate Analysis 100(9), for its prior",
    ),
    Rule(
        name="update", group=READING, looks_at="What an update left out", severities=("note",),
        begins="`fit.update` changed the formula or the family, and a prior or an auxiliary formula no longer applies.",
        means="It was dropped. Give a new one where it matters.",
        source="the arguments of update",
    ),
    Rule(
        name="failed", group=ITSELF, looks_at="What could not be made", severities=("warning",),
        begins="A table, a tab or a check of the fit raised an error after the draws existed.",
        means="The draws are whole, and a part of what is shown is missing. `fit.failures` holds the error: please "
        "report it.",
        source="glm-magic's own stages after the draws",
    ),
    Rule(
        name="page_size", group=ITSELF, looks_at="Size of the page", severities=("note",),
        begins="The page with the whole panel would exceed `max_page_bytes` of a notebook, or `max_bytes` of a file.",
        means="The page holds fewer lines, draws and observations than the fit. The table is of all draws.",
        source="glm-magic's own budget of bytes",
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
