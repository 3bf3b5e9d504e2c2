import { moments } from "./moments.js";

/** The autocovariance of a chain at one lag, divided by n at every lag (Geyer 1992, "Practical Markov chain Monte Carlo"). */
export function autocovariance(centred: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < centred.length; i++) sum += centred[i]! * centred[i - lag]!;
  return sum / centred.length;
}

/** A chain about its mean. */
export function centred(chain: Float64Array): Float64Array {
  const { mean } = moments(chain);
  return chain.map((value) => value - mean);
}

/** The autocorrelation of a chain at the lags 0 to `most`; NaN where it does not move. */
export function autocorrelation(chain: Float64Array, most: number): Float64Array {
  const about = centred(chain);
  const variance = autocovariance(about, 0);
  return Float64Array.from({ length: Math.min(most + 1, chain.length) }, (_, lag) => autocovariance(about, lag) / variance);
}
