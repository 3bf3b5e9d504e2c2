/** The records of `glm_magic/predictor/tables`: design rows are products of table entries. */
import type { F8, I4 } from "./wire.js";

/** All that the mean of a formula's response needs besides draws. */
export interface PredictorTables {
  readonly variables: readonly Variable[];
  readonly tables: readonly Table[];
  readonly parameters: readonly Parameter[];
  readonly family: string;
  readonly mean: string;
  readonly reason: string;
  readonly inputs: readonly string[];
  readonly categories: readonly string[];
  readonly ylabel: string;
  readonly exposure: readonly string[];
  readonly population: string;
  /** What the mean is: "P(hit = 1)"; and the main linear predictor: "log odds of P(hit = 1)". */
  readonly modelled: string;
  readonly scale: string;
  /** What exponentiated differences of that linear predictor are, where they are ratios. */
  readonly ratios: Ratios | null;
  /** The variables whose effects are asked for: those of common terms, exposures left out. */
  readonly common: readonly string[];
  readonly observation: Observation;
  readonly n_rows: number;
}

/** What a new observation is, besides its parameters. */
export interface Observation {
  /** Of how many trials it is; 0 where there are none, or that is not known. */
  readonly trials: number;
  /** Two, between which the response is observed; infinite where there is no bound. Null where it is any number. */
  readonly bounds: F8 | null;
  /** Why it is not known, or how the trials were chosen; empty where it is as every row is. */
  readonly reason: string;
}

/** "odds ratio" of a difference, "odds" of a linear predictor itself. */
export interface Ratios {
  readonly ratio: string;
  readonly base: string;
}

export interface Variable {
  readonly name: string;
  /** Numbers in ascending order, or 0, 1, ... for levels. */
  readonly grid: F8;
  readonly levels: readonly string[];
  /** Positions at which a control can stand; empty for all. */
  readonly stops: I4;
  readonly start: number;
  /** Positions of a number that tell three fans apart: the mean, and one standard deviation to either side. */
  readonly places: readonly (readonly [string, number])[];
  /** Why it cannot be moved; empty where it can. */
  readonly reason: string;
  /** At the rows of the data: its values, or the positions of its levels. */
  readonly observed: F8;
  /** A number that is 0 or 1 in every row. */
  readonly indicator: boolean;
  /** Why no number can be added to it in the rows of the data; empty where one can. */
  readonly unmoved: string;
}

/** How a function changes at the rows of the data when a number moves there; once where all rows change alike. */
export interface Shift {
  readonly variable: string;
  /** The change where it is 1 more. */
  readonly one: F8;
  /** The derivative. */
  readonly slope: F8;
}

export interface Table {
  readonly variables: readonly string[];
  /** A dimension for each variable. */
  readonly values: F8;
  /** At the rows of the data. */
  readonly observed: F8;
  readonly shifts: readonly Shift[];
}

export interface DesignColumn {
  readonly term: string;
  /** The numbers that it multiplies, one for each category of the response; empty where the coefficient is 1. */
  readonly labels: readonly string[];
  /** Places of the tables whose product it is. */
  readonly tables: readonly number[];
}

export interface Grouping {
  readonly variable: string;
  /** The group at each position of the grid; -1 where the data have none. */
  readonly codes: I4;
  readonly n_groups: number;
  readonly observed: I4;
}

export interface GroupTerm {
  readonly term: string;
  readonly by: readonly Grouping[];
  readonly groups: readonly string[];
  readonly columns: readonly (readonly number[])[];
  readonly labels: readonly (readonly (readonly string[])[])[];
  readonly distribution: string;
  readonly arguments: readonly { readonly name: string; readonly labels: readonly (readonly string[])[]; readonly values: F8 | null }[];
}

export interface Parameter {
  readonly name: string;
  readonly link: string;
  readonly columns: readonly DesignColumn[];
  readonly groups: readonly GroupTerm[];
}
