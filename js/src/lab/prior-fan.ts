/** Draws from the prior, those of the priors that are changed drawn again. */
import { matrixOf, sizeOf, valuesOf } from "../engine/coordinates.js";
import { isLikelihood } from "../engine/edit.js";
import { drawPrior, readPrior } from "../engine/prior.js";
import { column } from "../fit/draws.js";
import { priorOf } from "../fit/prior.js";
import { once } from "../stats/once.js";
import { stream, uniform, wordOf } from "../stats/random.js";
import type { WhatIf } from "../state/what-if.js";
import { isUnavailable, type Draws, type Factor, type Fit } from "../wire.js";
import { priorsOf } from "./posterior.js";

/** The same random numbers for the same number: the fan moves with the prior, and does not flicker. */
const again = (label: string, draw: number) => {
  const random = stream(wordOf(label), draw);
  return () => uniform(random);
};

const UNDRAWN = { unavailable: "The fan of the changed prior is not drawn here: fit again to see it." };

/** The reweighted and the sampled posterior of a change share them. */
const ofChange = once(({ priors = {} }: WhatIf) => once((fit: Fit) => drawnAgain(fit, priors)));

export const priorFan = (fit: Fit, whatIf: WhatIf): Fit["prior"] => ofChange(whatIf)(fit);

function drawnAgain(fit: Fit, texts: Readonly<Record<string, string>>): Fit["prior"] {
  const { prior, engine } = fit;
  const source = priorOf(fit);
  const own = priorsOf(fit).filter(({ name }) => Object.hasOwn(texts, name));
  if (source === null || isUnavailable(prior) || own.length === 0) return prior;
  if (engine === undefined || isUnavailable(engine) || engine.coordinates === null) return UNDRAWN;
  const { program: { variables, factors }, coordinates } = engine;
  const labels = (fit.draws as Draws).columns.map(({ label }) => label);
  const n = prior.values.shape[1]!;
  const nothing = new Float64Array(n).fill(NaN); // of numbers that no predictor needs
  // The intercept is at the means of the predictors there, and effects are without their scale.
  const known = coordinates.map((sum) => valuesOf(sum, (at) => column(source.draws, labels[at]!) ?? nothing, n));
  const likelihoods = factors.filter((factor) => isLikelihood(engine.program, factor));
  for (const { name, variable } of own) {
    const { family, values } = readPrior(texts[name]!) as Exclude<ReturnType<typeof readPrior>, { readonly refused: string }>;
    const moved = variables.find((one) => one.name === variable)!;
    const isOf = (at: number) => at >= moved.start && at < moved.start + sizeOf(moved);
    const depends = ({ slots }: Factor) => slots.slice(1).some((slot) => "positions" in slot && slot.positions.data.some(isOf));
    // Effects that are no multiples of their scale.
    if (factors.some((factor) => depends(factor) && !likelihoods.includes(factor))) return UNDRAWN;
    known.forEach((_, at) => {
      if (isOf(at)) known[at] = Float64Array.from({ length: n }, (__, i) => drawPrior(family, values, again(`${name} ${at}`, i)));
    });
  }
  const made = prior.labels.map((label) => valuesOf(engine.columns[labels.indexOf(label)]!, (at) => known[at]!, n));
  if (made.some((one) => one.some(Number.isNaN))) return UNDRAWN;
  return { ...prior, ...matrixOf(made, [n]), linear: [] };
}
