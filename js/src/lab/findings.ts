/** What is wrong with draws that the page has made: the rules of `glm_magic/diagnose`, which say themselves how to say it. */
import type { Answer } from "../engine/records.js";
import { brief, count, fixed, percent, plural } from "../stats/format.js";
import { moments } from "../stats/moments.js";
import { rowsOf } from "../stats/rows.js";
import type { Finding, Said, SummaryRow } from "../wire.js";

/** What a rule looks at: the numbers that may pass its thresholds, and words for the braces of its sentences. */
interface Measured {
  readonly values: readonly { readonly name: string; readonly value: number | null }[];
  readonly words?: Readonly<Record<string, string>>;
}

/** Numbers that may pass a threshold by chance; as in `glm_magic/diagnose/convergence.py`. */
const BY_CHANCE = 0.05;
const NAMED = 3;

/** The findings of new draws, the worst first, and those of what draws do not change. */
export function findingsOf(given: readonly Finding[], saying: readonly Said[], rows: readonly SummaryRow[], answer: Answer): readonly Finding[] {
  const measured = measure(rows, answer);
  const isOld = ({ rule }: Finding) => rule === "incomplete" || rule === "draws" || rule === "chains" || saying.some((said) => said.rule === rule);
  const found = saying.flatMap((said) => findingOf(said, measured[said.rule] ?? { values: [] }));
  const order = ["error", "warning", "note"];
  return [...given.filter((one) => !isOld(one)), ...found].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function measure(rows: readonly SummaryRow[], { n_draws, divergent, depth, energy }: Answer): Readonly<Record<string, Measured>> {
  const ofRows = (value: (row: SummaryRow) => number | null): Measured => ({ values: rows.map((row) => ({ name: row.label, value: value(row) })) });
  const one = (value: number, words: Record<string, string>): Measured => ({ values: [{ name: "", value }], words });
  const all = energy.length;
  const deep = Array.from({ length: all / n_draws }, (_, c) => depth.subarray(c * n_draws, (c + 1) * n_draws).filter((one) => one >= DEEPEST).length);
  const worst = Math.min(...rowsOf(energy, n_draws).map(fraction));
  return {
    r_hat: ofRows(({ r_hat }) => r_hat),
    ess_bulk: ofRows(({ ess_bulk }) => ess_bulk),
    ess_tail: ofRows(({ ess_tail }) => ess_tail),
    mcse: ofRows(({ mcse_mean, sd }) => mcse_mean && sd && mcse_mean / sd),
    divergences: one(divergent.length / all, { count: count(divergent.length), of: count(all), value: count(divergent.length) }),
    tree_depth: one(Math.max(...deep) / n_draws, { share: percent(Math.round((100 * deep.reduce((a, b) => a + b)) / all) / 100) }),
    energy: one(worst, { worst: fixed(worst, 2) }),
  };
}

/** Doublings of a trajectory, after which it is cut. */
const DEEPEST = 10;

/** Estimated Bayesian fraction of missing information: Betancourt 2016, arXiv:1604.00695, eq. 3. */
function fraction(energy: Float64Array): number {
  let steps = 0;
  for (let i = 1; i < energy.length; i++) steps += (energy[i]! - energy[i - 1]!) ** 2;
  return steps / (moments(energy).sd ** 2 * energy.length);
}

function findingOf({ rule, side, careful, slight, stop, threshold, messages, advice, source }: Said, { values, words }: Measured): Finding[] {
  const beyond = (value: number, limit: number) => (side === "above" ? value - limit : limit - value);
  const bad = values.flatMap(({ name, value }) => (value !== null && beyond(value, careful) > 0 ? [{ name, value }] : []));
  bad.sort((a, b) => beyond(b.value, careful) - beyond(a.value, careful));
  const [worst] = bad;
  if (worst === undefined) return [];
  const size = stop !== null && beyond(worst.value, stop) > 0 ? 2 : beyond(worst.value, slight) > 0 ? 1 : 0;
  const more = bad.length > NAMED ? ` and ${count(bad.length - NAMED)} more` : "";
  const said: Readonly<Record<string, string>> = {
    named: bad.slice(0, NAMED).map(({ name, value }) => `${name} (${brief(value, 4)})`).join(", ") + more,
    count: count(bad.length),
    of: plural(values.length, "number"),
    value: brief(worst.value, 4),
    ...words,
  };
  const message = messages[size]!.replace(/{(\w+)}/g, (_, name: string) => said[name]!);
  const severity = size === 2 ? "error" : size === 1 || bad.length > BY_CHANCE * values.length ? "warning" : "note";
  return [{ rule, severity, message, advice: advice[size]!, value: said.value!, threshold, source }];
}
