/** The prior as draws of their own, so that whatever evaluates the posterior's evaluates these. */
import { isUnavailable, type Draws, type Fit, type Predictor, type Prior } from "../wire.js";
import type { Source } from "./predictor.js";

const sources = new WeakMap<Prior, Source>();

/** Draws from the prior with the predictor of a fit; null where there are none, and then `fit.prior` says why. */
export function priorOf({ predictor, prior }: Pick<Fit, "predictor" | "prior">): Source | null {
  if (isUnavailable(prior) || isUnavailable(predictor)) return null;
  let known = sources.get(prior);
  if (known?.predictor.tables !== predictor.tables) sources.set(prior, (known = source(predictor, prior)));
  return known;
}

function source(predictor: Predictor, { labels, centre, values, linear }: Prior): Source {
  const count = values.shape[1] ?? 0;
  const draws: Draws = {
    n_chains: 1,
    n_draws: count,
    every: 1,
    columns: labels.map((label) => ({ label, term: null, truth: null })),
    centre,
    values: { ...values, shape: [labels.length, 1, count] },
    // They are independent: any order is as random as another.
    order: { data: Uint32Array.from({ length: count }, (_, place) => place), shape: [count] },
    divergent: { data: new Uint32Array(0), shape: [0] },
    left_out: [],
  };
  return { draws, predictor: { ...predictor, linear } };
}
