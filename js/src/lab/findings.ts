/** What is wrong with draws that the page has made: the rules of `glm_magic/diagnose`, which say themselves how to say it. */
import type { Answer } from "../engine/records.js";
import { brief, count, fixed, plural } from "../stats/format.js";
import { moments } from "../stats/moments.js";
import { rowsOf } from "../stats/rows.js";
import type { Finding, Said, SummaryRow } from "../wire.js";

/** Numbers that may pass a threshold by chance; as in `glm_magic/diagnose/convergence.py`. */
const BY_CHANCE = 0.05;
const NAMED = 3;
/** Doublings of a trajectory, after which it is cut. */
const DEEPEST = 10;

const ORDER = ["error", "warning", "note"];
/** Of the draws as they were given. */
const OLD = ["incomplete", "draws", "chains"];

/** The findings of new draws, the worst first, and those of what draws do not change. */
export function findingsOf(given: readonly Finding[], saying: readonly Said[], rows: readonly SummaryRow[], answer: Answer): readonly Finding[] {
  const measured = ofDraws(answer);
  const found = saying.flatMap((said) => {
    const own = measured[said.rule];
    const values = rows.map((row) => [row.label, said.rule === "mcse" ? row.mcse_mean! / row.sd! : row[said.rule as "r_hat"] ?? NaN] as const);
    return findingOf(said, own ? [["", own.value]] : values, own?.words);
  });
  const others = given.filter(({ rule }) => !OLD.includes(rule) && saying.every((said) => said.rule !== rule));
  return [...others, ...found].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

type Words = Readonly<Record<string, string>>;

/** What is measured of all numbers together, by rule. */
function ofDraws({ n_draws, divergent, depth, energy }: Answer): Readonly<Record<string, { readonly value: number; readonly words: Words }>> {
  const all = energy.length;
  const deep = rowsOf(depth, n_draws).map((own) => own.filter((one) => one >= DEEPEST).length);
  const worst = Math.min(...rowsOf(energy, n_draws).map(fraction));
  const n = count(divergent.length);
  return {
    divergences: { value: divergent.length / all, words: { count: n, of: count(all), value: n } },
    tree_depth: { value: Math.max(...deep) / n_draws, words: { share: `${fixed((100 * deep.reduce((a, b) => a + b)) / all, 0)}%` } },
    energy: { value: worst, words: { worst: fixed(worst, 2) } },
  };
}

/** Estimated Bayesian fraction of missing information: Betancourt 2016, arXiv:1604.00695, eq. 3. */
function fraction(energy: Float64Array): number {
  let steps = 0;
  for (let i = 1; i < energy.length; i++) steps += (energy[i]! - energy[i - 1]!) ** 2;
  return steps / (moments(energy).sd ** 2 * energy.length);
}

function findingOf({ rule, side, careful, slight, stop, threshold, messages, advice, source }: Said, values: readonly (readonly [string, number])[], words?: Words): Finding[] {
  const beyond = (value: number, limit: number) => (side === "above" ? value - limit : limit - value);
  const bad = values.filter(([, value]) => beyond(value, careful) > 0).sort((a, b) => beyond(b[1], a[1]));
  if (bad.length === 0) return [];
  const worst = bad[0]![1];
  const size = stop !== null && beyond(worst, stop) > 0 ? 2 : beyond(worst, slight) > 0 ? 1 : 0;
  const more = bad.length > NAMED ? ` and ${count(bad.length - NAMED)} more` : "";
  const said: Words = {
    named: bad.slice(0, NAMED).map(([name, value]) => `${name} (${brief(value, 4)})`).join(", ") + more,
    count: count(bad.length),
    of: plural(values.length, "number"),
    value: brief(worst, 4),
    ...words,
  };
  const message = messages[size]!.replace(/{(\w+)}/g, (_, name: string) => said[name]!);
  const severity = size === 2 ? "error" : size === 1 || bad.length > BY_CHANCE * values.length ? "warning" : "note";
  return [{ rule, severity, message, advice: advice[size]!, value: said.value!, threshold, source }];
}
