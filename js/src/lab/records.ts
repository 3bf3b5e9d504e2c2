import type { Finding } from "../wire.js";

/** What the laboratory says of the posterior that is shown. */
export type Refit =
  /** As Python sampled it. */
  | { readonly kind: "given" }
  /** The old draws with weights: while new ones are sampled, or for good where `alone` says why. */
  | { readonly kind: "reweighted"; readonly k: number; readonly ess: number; readonly alone: string }
  /** The old draws cannot be reweighted (Pareto k), and new ones are sampled. */
  | { readonly kind: "sampling"; readonly k: number }
  | {
      readonly kind: "sampled";
      readonly n_chains: number;
      readonly n_draws: number;
      readonly r_hat: number;
      readonly ess: number;
      readonly divergent: number;
      readonly milliseconds: number;
      /** R-hat <= 1.01 and ESS >= 400. */
      readonly met: boolean;
    }
  /** Nothing is shown of the change, and why. */
  | { readonly kind: "refused"; readonly reason: string };

/** Of a fit of which nothing is changed. */
export const GIVEN: { readonly ghost: null; readonly refit: Refit; readonly sensed: readonly Finding[] } = { ghost: null, refit: { kind: "given" }, sensed: [] };

/** Pareto k above which weighted draws are no posterior: Vehtari et al. 2024, Pareto smoothed importance sampling, JMLR 25(72). */
export const RELIABLE = 0.7;
