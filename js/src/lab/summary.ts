/** The rows of Summary and Trace, of other draws. */
import type { Estimates } from "../engine/records.js";
import { ascending, column } from "../fit/draws.js";
import { decimals } from "../stats/format.js";
import { quantile } from "../stats/interval.js";
import { moments } from "../stats/moments.js";
import { isUnavailable, type Draws, type F4, type Fit, type SummaryRow, type TraceRow } from "../wire.js";
import type { Work } from "./slices.js";

type Views = Pick<Fit["tabs"], "summary" | "trace">;

/** What both views hold of draws. */
export interface Numbers {
  readonly rows: readonly SummaryRow[];
  readonly quantiles: F4;
  readonly traced: readonly TraceRow[];
}

/** What is known of chains, by number; or how many draws weighted ones are worth, which have no chains that could be compared. */
export type Compared = ReadonlyMap<string, Estimates> | number;

/** Both views, whose numbers are computed when they are looked at. */
export const viewsOf = ({ summary, trace }: Views, numbers: () => Numbers): Views => ({
  summary: isUnavailable(summary)
    ? summary
    : {
        ...summary,
        get rows() {
          return numbers().rows;
        },
        get quantiles() {
          return numbers().quantiles;
        },
      },
  trace: isUnavailable(trace)
    ? trace
    : {
        ...trace,
        get rows() {
          return numbers().traced;
        },
      },
});

/** The numbers of both views. */
export function* summarised({ summary, trace }: Views, draws: Draws, compared: Compared): Work<Numbers> {
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
    rows: [...rows.values()],
    quantiles: { data: Float32Array.from(quantiles), shape: [rows.size, quantiles.length / rows.size || 0] },
    traced: isUnavailable(trace) ? [] : trace.rows.map((row) => ({ ...row, mean: rows.get(row.label)?.mean ?? meanOf(column(draws, row.label)), density: null })),
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
