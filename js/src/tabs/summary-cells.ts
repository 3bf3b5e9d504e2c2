import { chainsOf, column, drawsOf, placeOfDraw } from "../fit/draws.js";
import { essOfMean } from "../stats/ess.js";
import { brief, count, decimals, fixed, isNumber, NONE, percent, tailLabels } from "../stats/format.js";
import { sampleInterval, tabledInterval, type Interval } from "../stats/interval.js";
import { moments } from "../stats/moments.js";
import { isUnavailable, type Fit, type SummaryRow, type SummaryView } from "../wire.js";

/** One printed number, and why it is flagged. */
export interface Cell {
  readonly text: string;
  readonly flag: string | null;
}

/** What is asked of the table. */
export interface Asked {
  readonly prob: number;
  /** Coefficients are exponentiated, where that has a meaning. */
  readonly ratios: boolean;
  /** The selected draw, by its number in the fit; null where none is. */
  readonly draw: number | null;
  /** Whether some draws are brushed: the table is of all of them. */
  readonly brushed: boolean;
}

/** The headings that stand only where ratios do. */
const SCALE = "scale";
const MEDIAN = "median";

/** Whether a coefficient's exponential has a meaning, and its draws are here. */
export const hasRatios = ({ tabs: { summary }, draws }: Fit): boolean =>
  !isUnavailable(summary) && !isUnavailable(draws) && summary.rows.some(({ exponential }) => exponential !== "");

/** The column of each heading, in the order of the table. */
export function header({ columns }: SummaryView, { prob, ratios, draw }: Asked): string[] {
  const own = draw === null ? [] : [nameOf(draw)];
  const more = (name: string) => (name === "parameter" ? [name, SCALE] : name === "mean" ? [name, MEDIAN] : [name]);
  return [...columns.flatMap(({ name }) => (name === "interval" ? tailLabels(prob) : ratios ? more(name) : [name])), ...own];
}

const nameOf = (draw: number): string => `draw ${count(draw + 1)}`;

export function caption({ scale, rows }: SummaryView, { prob, ratios, brushed }: Asked): string {
  const interval = `${percent(prob)} equal-tailed interval${brushed ? " of all draws, whatever is brushed" : ""}`;
  const words = [...new Set(rows.map(({ exponential }) => exponential))].filter((word) => word !== "" && !word.startsWith("baseline"));
  if (ratios) return `Posterior summary: coefficients as ${words.map((word) => word.replace("ratio", "ratios")).join(", ")}; mean, median, sd and ${interval}`;
  return `Posterior summary: mean, sd and ${interval}${scale === "" ? "" : `; coefficients are on the scale of ${scale}`}`;
}

/** The numbers of a row in the order of the header, without the label. */
export function cells(fit: Fit, view: SummaryView, at: number, asked: Asked): Cell[] {
  const row = view.rows[at]!;
  const { exponential, ess_bulk, ess_tail, r_hat } = row;
  const numbers = asked.ratios && exponential !== "" ? exponentiated(fit, row, asked.prob) : tabled(view, at, asked.prob);
  const [low, high] = tailLabels(asked.prob);
  const print = (value: number | null) => fixed(value, numbers.digits);
  // Where a draw is selected there are draws.
  const value = asked.draw === null ? NaN : (column(drawsOf(fit)!, row.label)?.[placeOfDraw(drawsOf(fit)!, asked.draw) ?? -1] ?? NaN);
  const printed: Readonly<Record<string, string>> = {
    ...(asked.draw !== null && { [nameOf(asked.draw)]: print(asked.ratios && exponential !== "" ? Math.exp(value) : value) }),
    [SCALE]: exponential || "as it is",
    mean: print(numbers.mean),
    [MEDIAN]: print(numbers.median),
    sd: print(numbers.sd),
    [low]: print(numbers.low),
    [high]: print(numbers.high),
    "ESS bulk": count(ess_bulk),
    "ESS tail": count(ess_tail),
    "R-hat": fixed(r_hat, 3),
    MCSE: brief(numbers.mcse, 2),
  };
  return header(view, asked)
    .slice(1)
    .map((name) => ({ text: printed[name] ?? NONE, flag: flagOf(fit, view, row, name) }));
}

interface Numbers extends Interval {
  readonly mean: number | null;
  readonly median: number;
  readonly sd: number | null;
  readonly mcse: number | null;
  readonly digits: number;
}

function tabled({ rows, probs, quantiles }: SummaryView, at: number, prob: number): Numbers {
  const { mcse_mean: mcse, ...row } = rows[at]!;
  return { ...row, mcse, median: tabledInterval(probs, quantiles, at, 0).low, ...tabledInterval(probs, quantiles, at, prob) };
}

/** Of the exponentials of the draws: the mean of ratios is not the exponential of the mean. */
function exponentiated(fit: Fit, { label }: SummaryRow, prob: number): Numbers {
  const draws = drawsOf(fit)!; // where there are none, no ratios are asked for
  const own = column(draws, label)?.map(Math.exp);
  if (!own) return { mean: NaN, median: NaN, sd: NaN, low: NaN, high: NaN, mcse: NaN, digits: 0 };
  const { mean, sd: spread } = moments(own);
  const sd = spread * Math.sqrt(own.length / (own.length - 1));
  const mcse = sd / Math.sqrt(essOfMean(chainsOf(draws, label).map((chain) => chain.map(Math.exp))));
  return { mean, median: sampleInterval(own, 0).low, sd, ...sampleInterval(own, prob), mcse, digits: decimals(mcse, sd) };
}

/** Why a number is flagged, or null. */
function flagOf(fit: Fit, { limits }: SummaryView, row: SummaryRow, name: string): string | null {
  const limit = limits.find(({ column: own }) => own === name);
  const value = { "R-hat": row.r_hat, "ESS bulk": row.ess_bulk, "ESS tail": row.ess_tail }[name];
  if (!limit || !isNumber(value)) return null;
  const least = limit.per_chain ? limit.value * (drawsOf(fit)?.n_chains ?? 4) : limit.value;
  return (limit.side === "above" ? value > least : value < least) ? `${limit.side} ${least}` : null;
}
