/** The rows of Summary and Trace, of other draws. */
import type { Estimates } from "../engine/records.js";
import { ascending, column } from "../fit/draws.js";
import { decimals } from "../stats/format.js";
import { quantile } from "../stats/interval.js";
import { moments } from "../stats/moments.js";
import { isUnavailable, type Draws, type Fit, type SummaryRow } from "../wire.js";
import type { Work } from "./slices.js";

export type Views = Pick<Fit["tabs"], "summary" | "trace">;

/** What is known of chains, by number; or how many draws weighted ones are worth, which have no chains that could be compared. */
export type Compared = ReadonlyMap<string, Estimates> | number;

/** Both views of the draws. */
export function* summarised({ summary, trace }: Views, draws: Draws, compared: Compared): Work<Views> {
  const rows = new Map<string, SummaryRow>();
  const quantiles: number[] = [];
  if (!isUnavailable(summary)) {
    for (const row of summary.rows) {
      const values = column(draws, row.label);
      const sorted = ascending(draws, row.label) ?? new Float64Array();
      rows.set(row.label, values === undefined ? row : rowOf(row, values, typeof compared === "number" ? compared : compared.get(row.label)!));
      summary.probs.data.forEach((p) => quantiles.push(quantile(sorted, p)));
      yield;
    }
  }
  return {
    summary: isUnavailable(summary) ? summary : { ...summary, rows: [...rows.values()], quantiles: { data: Float32Array.from(quantiles), shape: summary.quantiles.shape } },
    trace: isUnavailable(trace)
      ? trace
      : { ...trace, rows: trace.rows.map((row) => ({ ...row, mean: rows.get(row.label)?.mean ?? meanOf(column(draws, row.label)), density: null })) },
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const meanOf = (values: Float64Array | undefined): number | null => (values === undefined ? null : finite(moments(values).mean));

function rowOf(row: SummaryRow, values: Float64Array, compared: Estimates | number): SummaryRow {
  const { mean, sd: spread } = moments(values);
  const sd = spread * Math.sqrt(values.length / (values.length - 1));
  const { r_hat, ess_bulk, ess_tail, ess_mean } = typeof compared === "number" ? { ...UNKNOWN, ess_mean: compared } : compared;
  const mcse = sd / Math.sqrt(ess_mean);
  return {
    ...row,
    mean: finite(mean),
    sd: finite(sd),
    mcse_mean: finite(mcse),
    ess_bulk: finite(ess_bulk),
    ess_tail: finite(ess_tail),
    r_hat: finite(r_hat),
    digits: decimals(mcse, sd),
  };
}

const UNKNOWN = { r_hat: NaN, ess_bulk: NaN, ess_tail: NaN };
