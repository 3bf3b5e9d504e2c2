/** The record of the Model tab, field by field that of `glm_magic/views/model.py`. */
import type { F8 } from "./wire.js";

/** The model: its mathematics, its priors, and the code that gives the same posterior. */
export interface ModelView {
  /** A `<math>` element for each line of the model. */
  readonly mathml: readonly string[];
  /** The same lines as plain text. */
  readonly lines: readonly string[];
  readonly priors: readonly PriorRecord[];
  /** A PyMC program. A number is the place of the prior whose call, `pm.Normal("x", mu=0, sigma=1)`, belongs there. */
  readonly code: readonly (string | number)[];
  /** The `%%glm` cell without lines of priors that can be changed; empty where there is none, as for a model object. */
  readonly cell: string;
  readonly notes: readonly string[];
}

/** The prior of one random variable. */
export interface PriorRecord {
  /** As `fit.refit(priors=...)` takes it, and as a line of a cell names it: "x", "sigma", "1|school_sigma". */
  readonly name: string;
  /** The PyMC variable. */
  readonly variable: string;
  /** The numbers of the posterior whose prior this is, as the summary labels them. */
  readonly labels: readonly string[];
  /** The prior of a centered intercept is that of its number plus these multiples of other numbers: the means of the predictors, by label. */
  readonly shift: readonly { readonly name: string; readonly values: F8 }[];
  /** "Normal". */
  readonly family: string;
  /** In PyMC's order. Numbers have one value, or one for each label. */
  readonly arguments: readonly { readonly name: string; readonly values: F8 }[];
  /** What follows the arguments in the call of PyMC: `, dims="group__factor_dim"` or nothing. */
  readonly rest: string;
  /** The line of the cell that gives it: "Normal(0, 1)"; null where Bambi chose it. */
  readonly given: string | null;
  /** Why it cannot be changed here; empty where it can. */
  readonly fixed: string;
}
