/** What passes between the engine and the panel. */

/** A program as the driver of the kernels reads it; `glm_magic/engines/instant/pack.py`, with ids of kernels in place of addresses. */
export interface Packed {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** The log density of a packed program. */
export interface Density {
  readonly size: number;
  /** The log density up to a constant; its gradient goes to `gradient`. Both have `size` numbers. NaN or -Infinity where there is none. */
  evaluate(u: Float64Array, gradient: Float64Array): number;
  /** Takes an unconstrained point to the constrained one. */
  constrain(u: Float64Array, c: Float64Array): void;
}

/** What is to be sampled. */
export interface Question {
  readonly packed: Packed;
  /** Shape [C, D], unconstrained. */
  readonly starts: Float64Array;
  /** Shape [C]. */
  readonly steps: Float64Array;
  /** Shape [D, D]: the covariance of unconstrained draws; or shape [D], variances alone. */
  readonly mass: Float64Array;
  readonly seed: number;
}

/** How well chains agree about a number; NaN where it does not move. */
export interface Estimates {
  /** Rank-normalised split R-hat. */
  readonly r_hat: number;
  readonly ess_bulk: number;
  readonly ess_tail: number;
  /** Of the mean. */
  readonly ess_mean: number;
}

/** Draws of a question. */
export interface Answer {
  readonly n_chains: number;
  /** Of each chain, after warm-up. */
  readonly n_draws: number;
  /** Shape [C * n_draws, D], constrained, chain by chain. */
  readonly draws: Float64Array;
  /** Shape [C * n_draws]. */
  readonly energy: Float64Array;
  readonly depth: Uint8Array;
  /** chain * n_draws + draw of each. */
  readonly divergent: Uint32Array;
  /** The numbers that are made of the draws, and what their chains say of each. */
  readonly columns: readonly Float64Array[];
  readonly estimates: readonly Estimates[];
  /** The largest R-hat of them, and the smallest of bulk and tail ESS. */
  readonly r_hat: number;
  readonly ess: number;
  /** R-hat <= 1.01 and ESS >= 400, within the budget. */
  readonly met: boolean;
  readonly milliseconds: number;
}
