/** What the user changes of a fit: the keywords of Python's `Fit.refit`. */
export interface WhatIf {
  /** By the names of `PriorRecord`: "Normal(0, 1)", as a line of a cell gives it. */
  readonly priors?: Readonly<Record<string, string>>;
  /** The rows that are used, from 0, ascending; all of them where it is missing. */
  readonly rows?: readonly number[];
  /** The response of every row; that of the data where it is missing. */
  readonly response?: readonly number[];
}
