/** Draws from the prior, those of the priors that are changed drawn again. */
import { sizeOf, valuesOf } from "../engine/coordinates.js";
import { drawPrior, readPrior } from "../engine/prior.js";
import { column } from "../fit/draws.js";
import type { Source } from "../fit/predictor.js";
import { priorOf } from "../fit/prior.js";
import { stream, uniform, wordOf } from "../stats/random.js";
import type { WhatIf } from "../state/what-if.js";
import { isUnavailable, type Draws, type EngineView, type Fit, type PriorRecord, type Slot } from "../wire.js";

/** The same random numbers for the same number: the fan moves with the prior, and does not flicker. */
const again = (label: string, draw: number) => {
  const random = stream(wordOf(label), draw);
  return () => uniform(random);
};

const UNDRAWN = { unavailable: "The fan of the changed prior is not drawn here: what groups differ by depends on it. Fit again to see it." };

export function priorFan(fit: Fit, priors: readonly PriorRecord[], { priors: texts = {} }: WhatIf): Fit["prior"] {
  const { prior } = fit;
  const source = priorOf(fit);
  const own = priors.filter(({ name }) => Object.hasOwn(texts, name));
  if (source === null || isUnavailable(prior) || own.length === 0) return prior;
  const { labels } = prior;
  const n = prior.values.shape[1]!;
  const asked: Asked = {
    own,
    n,
    of: (label) => column(source.draws, label),
    drawn({ name }, label) {
      const { family, values } = readPrior(texts[name]!) as Exclude<ReturnType<typeof readPrior>, { readonly refused: string }>;
      return Float64Array.from({ length: n }, (_, i) => drawPrior(family, values, again(label, i)));
    },
  };
  const { engine } = fit;
  const made = engine === undefined || isUnavailable(engine) ? byLabels(source, labels, asked) : byCoordinates(engine, fit.draws as Draws, labels, asked);
  if (made === null || made.some((one) => one.some(Number.isNaN))) return UNDRAWN;
  const values = new Float64Array(made.length * n);
  made.forEach((one, at) => values.set(one, at * n));
  return { labels, centre: { data: new Float64Array(made.length), shape: [made.length] }, values: { data: values, shape: [made.length, n] }, linear: [] };
}

interface Asked {
  /** The priors that are changed. */
  readonly own: readonly PriorRecord[];
  readonly n: number;
  /** The draws of a number from the given prior. */
  readonly of: (label: string) => Float64Array | undefined;
  readonly drawn: (record: PriorRecord, label: string) => Float64Array;
}

/** Where a prior is of the labels themselves, and no other one depends on it. */
function byLabels({ predictor }: Source, labels: readonly string[], { own, of, drawn }: Asked): Float64Array[] | null {
  const scales = predictor.tables.parameters.flatMap(({ groups }) => groups.flatMap((term) => term.arguments.flatMap((one) => one.labels.flat())));
  if (own.some((record) => record.shift.length > 0 || record.labels.some((label) => scales.includes(label)))) return null;
  return labels.map((label) => {
    const record = own.find((one) => one.labels.includes(label));
    return record ? drawn(record, label) : of(label)!;
  });
}

/** By the coordinates of the program: the intercept at the means of the predictors, effects without their scale. */
function byCoordinates(engine: EngineView, { columns }: Draws, labels: readonly string[], { own, n, of, drawn }: Asked): Float64Array[] | null {
  const { program: { variables, factors }, coordinates } = engine;
  if (coordinates === null) return null;
  const nothing = new Float64Array(n).fill(NaN); // of numbers that no predictor needs
  const known = coordinates.map((sum) => valuesOf(sum, (at) => of(columns[at]!.label) ?? nothing, n));
  const priors = factors.filter((factor) => variables.some(({ name }) => factor.variables.includes(name)));
  for (const record of own) {
    const variable = variables.find(({ name }) => name === record.variable)!;
    const [from, to] = [variable.start, variable.start + sizeOf(variable)];
    const isOf = (slot: Slot) => "positions" in slot && slot.positions.data.some((at) => at >= from && at < to);
    if (priors.some(({ slots }) => slots.slice(1).some(isOf))) return null; // effects that are no multiples of their scale
    for (let at = from; at < to; at++) known[at] = drawn(record, `${record.name} ${at}`);
  }
  return labels.map((label) => valuesOf(engine.columns[columns.findIndex((one) => one.label === label)]!, (at) => known[at]!, n));
}
