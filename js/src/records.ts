/** The records of a fit, field by field those of `glm_magic/views`. */
import type { EngineView } from "./engine-records.js";
import type { ModelView } from "./model-records.js";
import type { PredictorTables } from "./predictor-tables.js";
import type { F4, F8, U4 } from "./wire.js";

/** What crosses the wall: the fits that a panel shows. */
export interface Payload {
  readonly version: 2;
  /** One. */
  readonly fits: readonly Fit[];
}

/** What the panel shows of a fit; the tabs are drawn from it. */
export interface Fit {
  readonly title: string;
  readonly tabs: {
    readonly data: DataView_ | Unavailable;
    /** Missing in panels saved before 0.3. */
    readonly model?: ModelView | Unavailable;
    readonly trace: TraceView | Unavailable;
    readonly summary: SummaryView | Unavailable;
    readonly fan: FanView | Unavailable;
  };
  readonly findings: readonly Finding[];
  readonly footer: string;
  readonly n_lines: number;
  readonly prob: number;
  /** Missing in saved panels of 0.1, which show true values. */
  readonly show_truth?: boolean;
  /** The fit was interrupted: what is shown rests on fewer draws than were asked for. */
  readonly incomplete: boolean;
  /** What is modelled, where the title does not say it: "P(outcome = alive)". Missing in saved panels of 0.1. */
  readonly modelled?: string;
  readonly draws: Draws | Unavailable;
  /** What evaluates the mean at any held values; where there is none, the fan has the curves that Python made. */
  readonly predictor: Predictor | Unavailable;
  readonly prior: Prior | Unavailable;
  /** What the page samples again; missing in panels saved before 0.3. */
  readonly engine?: EngineView | Unavailable;
}

/**
 * The draws of a fit. A draw is known by its number in the fit, chain * n_draws + draw. Its place among the shipped ones
 * is chain * n_shown + draw / every.
 */
export interface Draws {
  readonly n_chains: number;
  readonly n_draws: number;
  /** Every k-th draw of each chain is shipped. */
  readonly every: number;
  readonly columns: readonly { readonly label: string; readonly term: string | null; readonly truth: number | null }[];
  /** Shape [N]. */
  readonly centre: F8;
  /** Shape [N, C, S]: what is added to the centre; in double precision where the page has drawn them. */
  readonly values: F4 | F8;
  /** The draws that these repeat some of, where they were weighted. */
  readonly repeats?: Draws;
  /** Line i of the fan is the draw at the place order[i]. */
  readonly order: U4;
  /** Numbers in the fit of every draw that diverged, shipped or not. */
  readonly divergent: U4;
  readonly left_out: readonly string[];
}

export interface Predictor {
  readonly tables: PredictorTables;
  /** The rows over which the tables can be averaged, by their places among the rows of the Data tab. */
  readonly rows: U4;
  /** The response on the scale of the mean, at the rows of the Data tab; NaN where it has no such value. */
  readonly observed: F4;
  /** For each parameter: the linear predictor of the shipped draws at the start, where the draws are too coarse for it. */
  readonly linear: readonly F8[];
}

/** Independent joint draws from the prior: of what the tables multiply, and of the parameters of groups' distributions. */
export interface Prior {
  /** Those of `Draws.columns`, as far as the predictor needs them. */
  readonly labels: readonly string[];
  /** Shape [N]. */
  readonly centre: F8;
  /** Shape [N, S]: what is added to the centre. */
  readonly values: F4 | F8;
  /** As in `Predictor`, of these draws. */
  readonly linear: readonly F8[];
}

/** A view that cannot be drawn says why. */
export interface Unavailable {
  readonly unavailable: string;
}

export type Severity = "error" | "warning" | "note";

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  readonly value: string;
  readonly threshold: string;
  readonly source: string;
  /** What would help, where it is a setting: its short name, and the line to paste. Missing in saved panels of 0.1. */
  readonly remedy?: { readonly change: string; readonly line: string } | null;
}

export type Column =
  | { readonly name: string; readonly kind: "numeric"; readonly values: F4 }
  | { readonly name: string; readonly kind: "category"; readonly levels: readonly string[]; readonly codes: U4 };

/** The Data tab. The trailing underscore keeps it apart from the platform's own `DataView`. */
export interface DataView_ {
  readonly n_rows: number;
  readonly n_shown: number;
  readonly response: string;
  readonly columns: readonly Column[];
  readonly x: readonly string[];
  readonly colours: readonly string[];
  /** The response is 0/1: it is drawn jittered, and the tab says so. */
  readonly jitter: boolean;
  /** A category column ("censored"): rows at another level than the first are drawn hollow. */
  readonly hollow: string | null;
  readonly notes: readonly string[];
  /** What is not shipped, and how to get it; payloads of older fits have none. */
  readonly left_out?: readonly string[];
  readonly truth: readonly { readonly x: string; readonly grid: F4; readonly y: F4 }[];
}

export interface TraceView {
  readonly rows: readonly TraceRow[];
  readonly notes: readonly string[];
  /** The rows of a figure, which Python draws. */
  readonly drawn: readonly string[];
}

export interface TraceRow {
  readonly label: string;
  /** The group-specific term this row is folded under. */
  readonly term: string | null;
  readonly mean: number | null;
  readonly truth: number | null;
  /** One density per chain, shape [C, K], over the common grid `x`, shape [K]; null where the browser estimates it. */
  readonly density: Density | null;
  /** An angle. Missing in saved panels of 0.1. */
  readonly circular?: boolean;
}

/** Densities of chains. */
export interface Density {
  readonly x: F4;
  readonly y: F4;
}

export interface SummaryView {
  /** Shape [Q], ascending. */
  readonly probs: F4;
  readonly rows: readonly SummaryRow[];
  /** Shape [R, Q]. */
  readonly quantiles: F4;
  readonly notes: readonly string[];
  /** What the coefficients are of: "log odds of P(outcome = alive)". */
  readonly scale: string;
  /** In the order of the table; the two ends of the interval are one. */
  readonly columns: readonly Meaning[];
  /** A row belongs to the longest name that its label begins with. */
  readonly parameters: readonly Meaning[];
  readonly limits: readonly Limit[];
}

/** Where a column is flagged. */
export interface Limit {
  readonly column: string;
  readonly side: "above" | "below";
  readonly value: number;
  readonly per_chain: boolean;
}

/** One line on what a column or a parameter means. */
export interface Meaning {
  readonly name: string;
  readonly words: string;
}

export interface SummaryRow {
  readonly label: string;
  readonly term: string | null;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly mcse_mean: number | null;
  readonly ess_bulk: number | null;
  readonly ess_tail: number | null;
  readonly r_hat: number | null;
  /** Decimals of mean, sd and interval that the Monte Carlo error supports. */
  readonly digits: number;
  /** What its exponential is: "odds ratio"; empty where that has no meaning. */
  readonly exponential: string;
}

export interface FanView {
  /** The draw of each line, by its number in the fit; panels of older files have none. */
  readonly numbers: U4;
  readonly title: string;
  readonly response: string;
  readonly ylabel: string;
  /** L, the number of lines shipped. */
  readonly n_draws: number;
  readonly axes: readonly FanAxis[];
  readonly notes: readonly string[];
  readonly left_out?: readonly string[];
}

export interface FanAxis {
  readonly label: string;
  readonly x: string;
  readonly kind: "numeric" | "category";
  /** Shape [G]; for a category 0..G-1. */
  readonly grid: F4;
  readonly levels: readonly string[];
  readonly held: readonly { readonly name: string; readonly value: string }[];
  readonly points: { readonly x: F4 | U4; readonly y: F4; readonly hollow: U4 | null } | null;
  readonly jitter: boolean;
  readonly note: string | null;
  /** Whom the lines are for, where groups have effects of their own: "an average school". Missing in panels of 0.1. */
  readonly population?: string;
  readonly strata: readonly Stratum[];
}

export interface Stratum {
  readonly label: string;
  readonly lines: Lines;
  readonly mean: F4;
  readonly truth: F4 | null;
}

/** Lines in their seeded order: n + 1 lines are n lines and one more. */
export type Lines =
  | { readonly kind: "affine"; readonly draws: F4; readonly rows: F4; readonly offset: F4; readonly link: Link }
  | { readonly kind: "curves"; readonly values: F4 };

export type Link =
  | "identity"
  | "log"
  | "logit"
  | "probit"
  | "cloglog"
  | "loglog"
  | "inverse"
  | "inverse_squared"
  | "sqrt"
  | "softplus"
  | "cauchit"
  | "tan_2";

/** Tells a view from the reason why there is none. */
export function isUnavailable(view: object): view is Unavailable {
  return "unavailable" in view;
}
