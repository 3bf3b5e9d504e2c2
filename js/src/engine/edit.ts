/** A program and a change of it -> the program as it is then, or why there is none. */
import type { EngineView, F8, Factor, FreeVariable, I4, PriorRecord, Program, Slot } from "../wire.js";
import type { WhatIf } from "../state/what-if.js";
import { count, plural } from "../stats/format.js";
import { sizeOf } from "./coordinates.js";
import { DISTRIBUTIONS } from "./layout.gen.js";
import { readPrior } from "./prior.js";
import type { PriorFamily } from "./priors.gen.js";

/** A sentence, and what it is about: the name of a prior, "rows" or "response". */
export interface Refusal {
  readonly refused: string;
  readonly where: string;
}

/** The program of a change. */
export function changed(view: EngineView, priors: readonly PriorRecord[], whatIf: WhatIf): { readonly program: Program } | Refusal {
  const { program } = view;
  let { factors } = program;
  for (const [where, text] of Object.entries(whatIf.priors ?? {})) {
    const made = priorFactor(program, priors, where, text);
    if ("refused" in made) return { ...made, where };
    const isOld = ({ variables }: Factor) => variables.includes(made.variables[0]!);
    // A flat prior has no factor.
    factors = factors.some(isOld) ? factors.map((factor) => (isOld(factor) ? made : factor)) : [...factors, made];
  }
  if (whatIf.rows || whatIf.response) {
    const refusal = refusedData(program, whatIf);
    if (refusal !== null) return refusal;
    factors = factors.map((factor) => (isLikelihood(program, factor) ? observed(factor, whatIf) : factor));
  }
  return { program: { ...program, factors } };
}

/**
 * What differs between two changes that are both possible, for the ratio of their densities at a point: the priors that
 * are not the same, and the rows that are not.
 */
export function difference(view: EngineView, priors: readonly PriorRecord[], before: WhatIf, after: WhatIf): readonly [Program, Program] {
  const { program } = view;
  const names = Object.keys({ ...before.priors, ...after.priors }).filter((name) => before.priors?.[name] !== after.priors?.[name]);
  const variables = priors.filter(({ name }) => names.includes(name)).map(({ variable }) => variable);
  const likelihood = program.factors.find((factor) => isLikelihood(program, factor))!;
  const states = [before, after].map((whatIf) => stateOf(likelihood, whatIf)) as [State, State];
  const rows = [...states[0].keys()].filter((row) => states[0][row] !== states[1][row]);
  const partOf = ({ rows: _, ...rest }: WhatIf, state: State): Program => {
    const made = changed(view, priors, { priors: rest.priors ?? {} }) as { readonly program: Program };
    const factors = made.program.factors.filter((factor) => factor.variables.some((name) => variables.includes(name)));
    const used = rows.filter((row) => state[row] !== null);
    return { ...program, factors: used.length > 0 ? [...factors, observed(likelihood, { ...rest, rows: used })] : factors };
  };
  return [partOf(before, states[0]), partOf(after, states[1])];
}

/** Whose rows are those of the data. */
export const isLikelihood = ({ variables }: Program, factor: Factor): boolean => !variables.some(({ name }) => factor.variables.includes(name));

/** The response of each row; null for a row that is left out. */
type State = readonly (number | null)[];

function stateOf({ rows: n, slots: [value] }: Factor, { rows, response }: WhatIf): State {
  const { data } = (value as { readonly values: F8 }).values;
  const used = rows && new Set(rows);
  return Array.from({ length: n }, (_, row) => (used && !used.has(row) ? null : (response?.[row] ?? data[row % data.length]!)));
}

const SUPPORTS: Readonly<Record<string, PriorFamily["support"]>> = { identity: "real", log: "positive", logodds: "unit" };
const SAID = { real: "any number", positive: "a positive number", unit: "a number between 0 and 1" };

function priorFactor({ variables }: Program, priors: readonly PriorRecord[], name: string, text: string): Factor | { readonly refused: string } {
  const record = priors.find((one) => one.name === name);
  const own = variables.find((one) => one.name === record?.variable);
  if (record === undefined || own === undefined) return noPrior(priors, name);
  const read = newPrior(record, SUPPORTS[own.transform.kind], text);
  if ("refused" in read) return read;
  const { family, values } = read;
  const slots = family.slots(values).map((value): Slot => ({ values: { data: Float64Array.of(value), shape: [1] } }));
  return { distribution: family.distribution, rows: sizeOf(own), slots: [pointOf(own), ...slots], weights: null, variables: [own.name] };
}

export const noPrior = (priors: readonly PriorRecord[], name: string): { readonly refused: string } =>
  ({ refused: `The model has no prior of ${name}; it has those of ${priors.map((one) => one.name).join(", ")}.` });

/** Another prior of a number with that support; undefined where it has bounds of its own. */
export function newPrior({ name, fixed }: PriorRecord, support: PriorFamily["support"] | undefined, text: string): ReturnType<typeof readPrior> {
  if (fixed !== "") return { refused: fixed };
  if (support === undefined) return { refused: `${name} is sampled within bounds: change its prior in the cell, and fit again.` };
  const read = readPrior(text);
  if ("refused" in read || read.family.support === support) return read;
  return { refused: `A ${read.family.name} prior is of ${SAID[read.family.support]}, and ${name} is ${SAID[support]}: choose one of its support.` };
}

/** The elements of a variable as the value of its prior; `point` of `glm_magic/engines/instant/slots.py`. */
function pointOf(variable: FreeVariable): Slot {
  const size = sizeOf(variable);
  const positions = { data: Int32Array.from({ length: size }, (_, i) => variable.start + i), shape: [size] };
  const link = { log: "log", logodds: "logit" }[variable.transform.kind as string];
  return link === undefined ? { positions, source: "c", link: "identity" } : { positions, source: "u", link };
}

/** Why rows cannot be left out, or responses cannot be what they are to be. */
function refusedData(program: Program, { rows, response }: WhatIf): Refusal | null {
  const likelihoods = program.factors.filter((factor) => isLikelihood(program, factor));
  const [likelihood] = likelihoods;
  if (likelihood === undefined || likelihoods.length > 1) {
    return { refused: "The model has several responses: change its data in Python, and fit again.", where: rows ? "rows" : "response" };
  }
  const n = likelihood.rows;
  if (rows) {
    if (rows.some((row, i) => !Number.isInteger(row) || row < 0 || row >= n || row <= (rows[i - 1] ?? -1))) {
      return { refused: `Rows are numbers from 0 to ${count(n - 1)}, in ascending order.`, where: "rows" };
    }
    const coefficients = Math.max(1, ...likelihood.slots.map((slot) => ("columns" in slot ? slot.columns.data.length : 0)));
    if (rows.length < coefficients) {
      const left = rows.length === 0 ? "No row is left" : `${plural(rows.length, "row")} left, and ${plural(coefficients, "coefficient")}`;
      return { refused: `${left}: keep at least ${plural(coefficients, "row")}.`, where: "rows" };
    }
  }
  if (response === undefined) return null;
  if (response.length !== n) return { refused: `A response has ${plural(n, "value")}, one for each row, and not ${count(response.length)}.`, where: "response" };
  const { holds, said } = domainOf(likelihood);
  const bad = (rows ?? [...response.keys()]).find((row) => !Number.isFinite(response[row]) || !holds(response[row]!, row));
  return bad === undefined ? null : { refused: `The response of row ${count(bad)} would be ${response[bad]}, and the model's is ${said}.`, where: "response" };
}

export interface Domain {
  readonly holds: (value: number, row: number) => boolean;
  readonly said: string;
}

/** In size: pictures hold single precision, and squares must not overflow. */
const LARGEST = 1e30;

/** What the response of a distribution can be. */
export function domainOf({ distribution, slots }: Factor): Domain {
  if (distribution === "bernoulli") return { holds: (y) => y === 0 || y === 1, said: "0 or 1" };
  if (/^(poisson|negative_binomial)$/.test(distribution)) return { holds: (y) => y >= 0 && Number.isSafeInteger(y), said: "a count" };
  if (/binomial/.test(distribution)) {
    const { data } = (slots[1] as { readonly values: F8 }).values;
    return { holds: (y, row) => y >= 0 && y <= data[row % data.length]! && Number.isInteger(y), said: "a count of at most its trials" };
  }
  const [domain] = DISTRIBUTIONS[distribution]!;
  if (domain === "u") return { holds: (y) => y > 0 && y < 1, said: "between 0 and 1" };
  if (domain === "p") return { holds: (y) => y > 0 && y <= LARGEST, said: `positive, up to ${LARGEST}` };
  return { holds: (y) => Math.abs(y) <= LARGEST, said: `a number, up to ${LARGEST} in size` };
}

/** A likelihood of some rows, with another response. */
function observed(factor: Factor, { rows, response }: WhatIf): Factor {
  const { rows: n, slots: before } = factor;
  const all: Factor = response === undefined ? factor : { ...factor, slots: [{ values: { data: Float64Array.from(response), shape: [n] } }, ...before.slice(1)] };
  if (rows === undefined || rows.length === n) return all;
  const some = <A extends F8 | I4>(values: A): A => picked(values, rows, n);
  const slots = all.slots.map((slot): Slot => {
    if ("values" in slot) return { values: some(slot.values) };
    if ("positions" in slot) return { ...slot, positions: some(slot.positions) };
    const groups = slot.groups.map(({ multiplier, index, scale }) => ({ multiplier: some(multiplier), index: some(index), scale }));
    return { ...slot, offset: some(slot.offset), dense: some(slot.dense), groups };
  });
  return { ...all, rows: rows.length, slots, weights: all.weights && some(all.weights) };
}

/** Some of n rows, which are the last dimension; what has one for all of them stays. */
function picked<A extends F8 | I4>({ data, shape }: A, rows: readonly number[], n: number): A {
  if (n === 1 || shape.at(-1) !== n) return { data, shape } as A;
  const lines = data.length / n;
  const made = data.slice(0, lines * rows.length);
  for (let line = 0; line < lines; line++) rows.forEach((row, i) => (made[line * rows.length + i] = data[line * n + row]!));
  return { data: made, shape: [...shape.slice(0, -1), rows.length] } as unknown as A;
}
