/** A group that the data do not have: in each draw its effects come from the distribution of the groups in that draw. */
import * as variate from "../stats/random.js";
import { stream, wordOf, type Random } from "../stats/random.js";
import type { GroupTerm } from "../wire.js";
import { column, drawAt, shippedDraws } from "./draws.js";
import type { Fresh, Source } from "./predictor.js";

type Arguments = Readonly<Record<string, number>>;

/** What PyMC calls a distribution's scale: itself, or a precision. */
const scale = ({ sigma, tau, lam }: Arguments): number => sigma ?? 1 / Math.sqrt(tau ?? lam ?? 1);

/** Distributions of groups' effects about their mu, by PyMC's names of them and of their arguments, with its defaults. */
const DISTRIBUTIONS: Readonly<Record<string, (random: Random, given: Arguments) => number>> = {
  Normal: (random, q) => scale(q) * variate.normal(random),
  StudentT: (random, q) => scale(q) * variate.studentT(random, q.nu!),
  Laplace: (random, { b }) => b! * variate.laplace(random),
  AsymmetricLaplace: (random, { b, kappa, q }) => variate.laplace(random, kappa ?? Math.sqrt(q! / (1 - q!))) / b!,
  Cauchy: (random, { alpha, beta }) => alpha! + beta! * Math.tan(Math.PI * (variate.uniform(random) - 0.5)),
  Logistic: (random, { s = 1 }) => s * logit(variate.uniform(random)),
  Gumbel: (random, { beta }) => -beta! * Math.log(variate.exponential(random)),
  Uniform: (random, { lower = 0, upper = 1 }) => lower + (upper - lower) * variate.uniform(random),
  // Azzalini 1985, A class of distributions which includes the normal ones, Scandinavian Journal of Statistics 12, 171-178.
  SkewNormal: (random, q) => {
    const { alpha = 1 } = q;
    return (scale(q) * (alpha * Math.abs(variate.normal(random)) + variate.normal(random))) / Math.hypot(1, alpha);
  },
  HalfNormal: (random, q) => scale(q) * Math.abs(variate.normal(random)),
  Exponential: (random, q) => (q.scale ?? 1 / q.lam!) * variate.exponential(random),
};

const logit = (p: number): number => Math.log(p / (1 - p));

/** Terms whose effects differ between groups of these variables. */
function termsOf({ predictor }: Source, variables: ReadonlySet<string>): GroupTerm[] {
  const terms = predictor.tables.parameters.flatMap(({ groups }) => groups);
  return terms.filter(({ by }) => by.some((one) => variables.has(one.variable)));
}

/** Why the effects of a new group cannot be drawn; null where they can. */
export function whyNoNewGroup(source: Source, variables: ReadonlySet<string>): string | null {
  for (const term of termsOf(source, variables)) {
    if (!(term.distribution in DISTRIBUTIONS)) {
      return `the effects of ${term.term} have the distribution ${term.distribution}, from which no new group is drawn here`;
    }
    const missing = term.arguments.flatMap(({ labels }) => labels.flat()).find((label) => !column(source.draws, label));
    if (missing !== undefined) return `the draws of ${missing} are not here`;
  }
  return null;
}

/**
 * Effects of one group that the data do not have, for `Groups.fresh`: at a new level of each of the variables. They depend
 * on the seed, the term and the draw alone, so that the group is the same wherever the draw is seen.
 *
 * Throws what `whyNoNewGroup` says where they cannot be drawn.
 */
export function newGroup(source: Source, variables: ReadonlySet<string>, seed: number): Fresh {
  const reason = whyNoNewGroup(source, variables);
  if (reason !== null) throw new Error(reason);
  const known = new Map<string, readonly (readonly Float64Array[])[]>();
  return {
    variables,
    effects: (parameter, term) => {
      const key = JSON.stringify([parameter, term.term]);
      if (!known.has(key)) known.set(key, drawn(source, term, seed, wordOf(key)));
      return known.get(key)!;
    },
  };
}

function drawn({ draws }: Source, term: GroupTerm, seed: number, word: number): Float64Array[][] {
  const draw = DISTRIBUTIONS[term.distribution]!;
  return term.columns.map((_, c) => {
    const width = term.labels[c]?.[0]?.length ?? 1;
    return Array.from({ length: width }, (_, k) => {
      const given = term.arguments.map(({ name, labels, values }) => {
        const own = values ? values.data[c * values.shape[1]! + k]! : column(draws, labels[c]![k]!)!;
        return [name, own] as const;
      });
      return Float64Array.from({ length: shippedDraws(draws) }, (_, place) => {
        const at: Arguments = Object.fromEntries(given.map(([name, own]) => [name, typeof own === "number" ? own : own[place]!]));
        return (at.mu ?? 0) + draw(stream(seed, word, drawAt(draws, place), c, k), at);
      });
    });
  });
}
