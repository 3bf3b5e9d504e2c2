/** What is said of effects: the words of the picture, of its sentence and of the file that it is saved as. */
import { nameOfEffect, type Effect, type Question } from "../fit/effects.js";
import { brief, count, fixed, isNumber, percent, tailLabels } from "../stats/format.js";
import { quantile, sampleInterval } from "../stats/interval.js";
import { density, type Kernel } from "../stats/kde.js";
import { errorPercent, shareAbove, sharePercent } from "../stats/share.js";
import type { Table } from "../stats/table.js";

/** Of a brush: the places of the draws that it leaves; null where nothing is brushed. */
export interface Asked {
  readonly question: Question;
  readonly prob: number;
  readonly threshold: number;
  readonly n_chains: number;
  readonly kept: Uint32Array | null;
}

/** An effect with what is drawn and said of it. */
export interface Row {
  readonly effect: Effect;
  readonly label: string;
  readonly density: Kernel | null;
  /** NaN where there are no draws, or one is no finite number. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly mcse: number;
  /** "0.12 (0.05 to 0.19)". */
  readonly estimate: string;
  /** "P(> 0) = 97.3%, MCSE 0.3%". */
  readonly above: string;
}

interface Posterior {
  readonly of: Uint32Array | null;
  readonly draws: Float64Array;
  readonly sorted: Float64Array;
  readonly density: Kernel | null;
}

const known = new WeakMap<Effect, Posterior>();

function posteriorOf(effect: Effect, kept: Uint32Array | null): Posterior {
  const before = known.get(effect);
  if (before && before.of === kept) return before;
  const draws = kept === null ? effect.draws : Float64Array.from(kept, (place) => effect.draws[place]!);
  const made = { of: kept, draws, sorted: draws.slice().sort(), density: density(draws) };
  known.set(effect, made);
  return made;
}

export function rowOf(effect: Effect, { question, prob, threshold, n_chains, kept }: Asked): Row {
  const label = nameOfEffect(effect, question);
  const { draws, sorted, density: seen } = posteriorOf(effect, kept);
  if (draws.length === 0 || !draws.every(Number.isFinite)) {
    const estimate = draws.length === 0 ? "no draw is in the brush" : "draws that are no finite number";
    return { effect, label, density: null, median: NaN, low: NaN, high: NaN, p: NaN, mcse: NaN, estimate, above: "" };
  }
  const { low, high } = sampleInterval(sorted, prob);
  const median = quantile(sorted, 0.5);
  const digits = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(high - low || 1))));
  const [middle, from, to] = [median, low, high].map((value) => fixed(value, digits));
  const share = shareAbove(draws, threshold, kept === null ? n_chains : 1);
  const p = sharePercent(share);
  const rounded = /^[<>]/.test(p);
  // A brush leaves no chains, whose draws would say how large the error is.
  const more = kept !== null ? `, ${count(draws.length)} brushed draws` : rounded ? "" : `, MCSE ${errorPercent(share)}`;
  return {
    effect,
    label,
    density: seen,
    median,
    low,
    high,
    p: share.p,
    mcse: kept === null ? share.mcse : NaN,
    estimate: `${middle} (${from} to ${to})`,
    above: `P(> ${brief(threshold, 6)}) ${rounded ? p : `= ${p}`}${more}`,
  };
}

/** Rows that a sentence names. */
const NAMED = 12;

/** The result, for a reader who cannot see it. */
export function sentence(title: string, rows: readonly Row[], prob: number): string {
  const said = rows.slice(0, NAMED).map(({ label, estimate, above }) => `${label}: ${[estimate, above].filter(Boolean).join(", ")}`);
  const rest = rows.length > NAMED ? [`and ${rows.length - NAMED} more`] : [];
  return `${title}, median and ${percent(prob)} interval. ${[...said, ...rest].join("; ")}`;
}

/** A row for each effect. */
export function table(title: string, rows: readonly Row[], { question, prob, threshold }: Asked): Table {
  const parts = (["contrast", "level", "category"] as const).filter((name) => rows.some(({ effect }) => effect[name] !== ""));
  const named = parts.map((name) => (name === "level" ? question.by : name));
  const number = (value: number) => (isNumber(value) ? String(value) : null);
  return {
    caption: title,
    header: [...named, "median", ...tailLabels(prob), `P(> ${threshold})`, "MCSE"],
    rows: rows.map((row) => [...parts.map((name) => row.effect[name]), ...[row.median, row.low, row.high, row.p, row.mcse].map(number)]),
  };
}
