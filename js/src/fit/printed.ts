/** Numbers of a fit as they are printed. */
import { brief, fixed } from "../stats/format.js";
import { isUnavailable, type Fit } from "../wire.js";

/** A number of the posterior, with the decimals that the summary gives it. */
export function printed({ tabs: { summary } }: Fit, label: string, value: number): string {
  const row = isUnavailable(summary) ? undefined : summary.rows.find((one) => one.label === label);
  return row === undefined ? brief(value) : fixed(value, row.digits);
}
