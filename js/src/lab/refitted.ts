/** Draws of a changed model -> what the panel shows of it. */
import { coordinatesOf, matrixOf, pointsOf, valuesOf } from "../engine/coordinates.js";
import type { Answer } from "../engine/records.js";
import type { Made } from "../engine/run.js";
import { drawsOf } from "../fit/draws.js";
import { count } from "../stats/format.js";
import { once } from "../stats/once.js";
import type { WhatIf } from "../state/what-if.js";
import { isUnavailable, type Draws, type EngineView, type F8, type Fit } from "../wire.js";
import { dataOf } from "./data.js";
import { findingsOf } from "./findings.js";
import type { Known, Reweighted } from "./posterior.js";
import { priorFan } from "./prior-fan.js";
import { drained, type Work } from "./slices.js";
import { summarised, viewsOf, type Numbers } from "./summary.js";

/** Makes the numbers that a fit has from draws of its coordinates. */
export const numbersOf =
  ({ columns }: EngineView): Made =>
  (draws, n) => {
    const coordinates = coordinatesOf(draws, n);
    return columns.map((sum) => valuesOf(sum, (place) => coordinates[place]!, n));
  };

/** The fit as the page has sampled it. */
export function* refitted(given: Fit, view: EngineView, answer: Answer, whatIf: WhatIf, checked: string): Work<Known> {
  const { n_chains, n_draws, draws: flat, columns: made, estimates, milliseconds, r_hat, ess, met } = answer;
  const n = n_chains * n_draws;
  if (!flat.every(Number.isFinite)) throw new Error("the draws went to infinity: this prior and these data have no posterior; use a narrower prior, or more rows");
  const { columns } = drawsOf(given)!;
  const draws: Draws = {
    n_chains,
    n_draws,
    every: 1,
    columns,
    ...matrixOf(made, [n_chains, n_draws]),
    order: orderOf(n_chains, n_draws),
    divergent: { data: answer.divergent, shape: [answer.divergent.length] },
    left_out: [],
  };
  const numbers = yield* summarised(given.tabs, draws, new Map(columns.map(({ label }, at) => [label, estimates[at]!])));
  const fit = remade(given, draws, [], whatIf, () => numbers, {
    incomplete: false,
    findings: findingsOf(given.findings, view.saying, numbers.rows, answer),
    footer: `${given.footer} · here: ${n_chains} chains × ${count(n_draws)} draws (${checked}) · ${(milliseconds / 1000).toFixed(2)} s`,
  });
  const points = once(({ program }: EngineView) => pointsOf(program.variables, coordinatesOf(flat, n), n));
  return { fit, whatIf, points, refit: { kind: "sampled", n_chains, n_draws, r_hat, ess, divergent: answer.divergent.length, milliseconds, met } };
}

/** The fit with the draws of another one, of which each place has the one that takes it. */
export function reweighted(given: Fit, of: Fit, { places, ess }: Reweighted, whatIf: WhatIf, checked: string): Fit {
  const before = drawsOf(of)!;
  const n = places.length;
  const taken = <A extends Float32Array | Float64Array>(from: A, width = 1): A =>
    from.map((_, at) => from[places[Math.floor(at / width)]! * width + (at % width)]!) as A;
  const { data, shape } = before.values;
  const values = data.map((_, at) => data[at - (at % n) + places[at % n]!]!);
  const draws: Draws = { ...before, repeats: before, values: { data: values, shape } as F8, divergent: { data: new Uint32Array(), shape: [0] } };
  const linear = isUnavailable(of.predictor) ? [] : of.predictor.linear.map((one) => one && { ...one, data: taken(one.data, one.data.length / n) });
  const numbers = once((made: Draws) => drained(summarised(given.tabs, made, ess)));
  return remade(given, draws, linear, whatIf, () => numbers(draws), { footer: `${given.footer} · here: reweighted (${checked})` });
}

const NO_CURVES = { unavailable: "The curves of this model are drawn by Python: fit again to see those of the change." };

/** The fit with other draws, and what follows from them. */
function remade(given: Fit, draws: Draws, linear: readonly F8[], whatIf: WhatIf, numbers: () => Numbers, said: Partial<Fit>): Fit {
  const { data, predictor } = dataOf(given, whatIf);
  const fan = isUnavailable(predictor) && !isUnavailable(given.tabs.fan) ? NO_CURVES : given.tabs.fan;
  return {
    ...given,
    ...said,
    tabs: { ...given.tabs, ...viewsOf(given.tabs, numbers), data, fan },
    draws,
    predictor: isUnavailable(predictor) ? predictor : { ...predictor, linear },
    // Drawn when the fan asks for it.
    get prior() {
      return priorFan(given, whatIf);
    },
  };
}

/** Lines of the fan at most; as in `glm_magic/views/lines.py`. */
const MOST_LINES = 1_000;

/** The chains take turns, and lines that follow one another are far apart in their chain. */
function orderOf(n_chains: number, n_draws: number): Draws["order"] {
  const length = Math.min(MOST_LINES, n_chains * n_draws);
  const step = n_draws % 337 === 0 ? 331 : 337; // a prime that does not divide their number meets each draw once
  return { data: Uint32Array.from({ length }, (_, i) => (i % n_chains) * n_draws + ((Math.floor(i / n_chains) * step) % n_draws)), shape: [length] };
}
