/** The rows of Summary and Trace, of other draws. */
import { chainsOf, column } from "../fit/draws.js";
import { essBulk, essOfMean, essTail, normalised, split } from "../stats/ess.js";
import { decimals } from "../stats/format.js";
import { quantile } from "../stats/interval.js";
import { moments } from "../stats/moments.js";
import { rHat } from "../stats/r-hat.js";
import { isUnavailable, type Draws, type Fit, type SummaryRow } from "../wire.js";
import type { Work } from "./slices.js";

type Views = Pick<Fit["tabs"], "summary" | "trace">;

/** Draws whose range is a smaller part of them than this do not move; as in `glm_magic/diagnose/estimates.py`. */
const ROUNDING = 1e-12;

/** Both views of the draws. Where these are weighted, `effective` of them: they have no chains that could be compared. */
export function* summarised({ summary, trace }: Views, draws: Draws, effective: number | null): Work<Views> {
  const rows = new Map<string, SummaryRow>();
  const quantiles: number[] = [];
  if (!isUnavailable(summary)) {
    for (const row of summary.rows) {
      const values = column(draws, row.label);
      const sorted = values?.slice().sort() ?? new Float64Array();
      rows.set(row.label, values === undefined ? row : rowOf(row, values, sorted, chainsOf(draws, row.label), effective));
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

function rowOf(row: SummaryRow, values: Float64Array, sorted: Float64Array, chains: readonly Float64Array[], effective: number | null): SummaryRow {
  const { mean, sd: spread } = moments(values);
  const sd = spread * Math.sqrt(values.length / (values.length - 1));
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const moves = high - low > ROUNDING * Math.max(Math.abs(low), Math.abs(high));
  const compared = moves && effective === null;
  const scores = compared ? normalised(split(chains)) : [];
  const mcse = moves ? sd / Math.sqrt(effective ?? essOfMean(chains)) : NaN;
  return {
    ...row,
    mean: finite(mean),
    sd: finite(sd),
    mcse_mean: finite(mcse),
    ess_bulk: compared ? finite(essBulk(chains, scores)) : null,
    ess_tail: compared ? finite(essTail(chains)) : null,
    r_hat: compared ? finite(rHat(chains, scores)) : null,
    digits: decimals(mcse, sd),
  };
}
