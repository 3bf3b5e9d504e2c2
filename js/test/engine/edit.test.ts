import { expect, it } from "vitest";
import { changed, difference } from "../../src/engine/edit.js";
import type { WhatIf } from "../../src/state/what-if.js";
import type { Factor, LinearSlot, Program } from "../../src/wire.js";
import { f8, i4 } from "../fit/hand.js";
import { likelihood, PRIORS, prior, PROGRAM, record, variable, VIEW, Y } from "../lab/hand.js";

const made = (whatIf: WhatIf, view = VIEW, priors = PRIORS): Program => {
  const found = changed(view, priors, whatIf);
  if ("refused" in found) throw new Error(found.refused);
  return found.program;
};
const refusal = (whatIf: WhatIf, view = VIEW, priors = PRIORS) => changed(view, priors, whatIf) as { readonly refused: string; readonly where: string };
const of = ({ factors }: Program, name: string): Factor => factors.find(({ variables }) => variables.includes(name))!;
const withLikelihood = (factor: Factor) => ({ ...VIEW, program: { ...PROGRAM, factors: [factor, ...PROGRAM.factors.slice(1)] } });

it("gives the program itself where nothing is changed", () => {
  expect(made({})).toEqual(PROGRAM);
});

it("replaces the prior of a variable, whatever its family", () => {
  expect(of(made({ priors: { x: "Normal(1, 0.5)" } }), "x")).toEqual(prior("x", "normal", 1, "identity", 1, 0.5));
  expect(of(made({ priors: { x: "StudentT(3, 0, 1)" } }), "x")).toEqual(prior("x", "student_t", 1, "identity", 3, 0, 1));
  expect(of(made({ priors: { sigma: "Exponential(4)" } }), "sigma")).toEqual(prior("sigma", "exponential", 2, "log", 0.25));
  expect(made({ priors: { sigma: "Exponential(4)" } }).factors).toHaveLength(4);
});

it("gives a flat prior a factor, and every element of a variable the same one", () => {
  const flat: Program = { variables: [variable("b", 0, "identity", [3])], factors: [PROGRAM.factors[0]!] };
  const { factors } = made({ priors: { b: "Normal(0, 1)" } }, { ...VIEW, program: flat }, [record("b", "Flat", {})]);
  expect(factors[1]).toMatchObject({ distribution: "normal", rows: 3, variables: ["b"] });
  expect(factors[1]!.slots[0]).toMatchObject({ positions: i4([0, 1, 2]), source: "c" });
});

it("keeps some rows of whatever has one for each", () => {
  const { rows, slots } = of(made({ rows: [0, 2, 5] }), "y");
  expect(rows).toBe(3);
  expect(slots[0]).toEqual({ values: f8([Y[0]!, Y[2]!, Y[5]!]) });
  const { dense, offset } = slots[1] as LinearSlot;
  expect([...dense.data].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 1, 1, -3, -1, 4]);
  expect([dense.shape, offset.data.length]).toEqual([[2, 3], 1]);
  expect(slots[2]).toEqual(PROGRAM.factors[0]!.slots[2]);
});

it("takes groups, weights and positions along with their rows", () => {
  const groups = [{ multiplier: f8([1, 2, 3, 4, 5, 6]), index: i4([0, 0, 1, 1, 0, 1]), scale: 2 }];
  const slot = { ...(PROGRAM.factors[0]!.slots[1] as LinearSlot), groups };
  const factor: Factor = { ...likelihood("normal", Y, { positions: i4([0, 1, 0, 1, 0, 1]), source: "c", link: "identity" }), weights: f8([1, 2, 3, 4, 5, 6]) };
  const found = of(made({ rows: [1, 4] }, withLikelihood({ ...factor, slots: [factor.slots[0]!, slot, factor.slots[2]!] })), "y");
  expect((found.slots[1] as LinearSlot).groups).toEqual([{ multiplier: f8([2, 5]), index: i4([0, 0]), scale: 2 }]);
  expect(found.slots[2]).toMatchObject({ positions: i4([1, 0]) });
  expect(found.weights).toEqual(f8([2, 5]));
});

it("observes another response, of the rows that are used", () => {
  const response = Y.map((y) => -y);
  expect(of(made({ response }), "y").slots[0]).toEqual({ values: f8(response) });
  expect(of(made({ response, rows: [1, 2] }), "y").slots[0]).toEqual({ values: f8([2.2, -0.3]) });
});

it.each([
  [{ priors: { z: "Normal(0, 1)" } }, "z", /no prior of z; it has those of Intercept, x, sigma/],
  [{ priors: { x: "HalfNormal(1)" } }, "x", /positive number, and x is any number/],
  [{ priors: { sigma: "Normal(0, 1)" } }, "sigma", /any number, and sigma is a positive number/],
  [{ rows: [] }, "rows", /No row is left: keep at least 2 rows/],
  [{ rows: [3] }, "rows", /1 row left, and 2 coefficients/],
  [{ rows: [3, 2] }, "rows", /ascending/],
  [{ rows: [0, 1, 6] }, "rows", /from 0 to 5/],
  [{ rows: [0, 1.5, 2] }, "rows", /from 0 to 5/],
  [{ response: [1] }, "response", /6 values, one for each row, and not 1/],
  [{ response: [1, 2, NaN, 4, 5, 6] }, "response", /row 2 would be NaN/],
  [{ response: [1, 2, 3, 4, 5, Infinity] }, "response", /row 5 would be Infinity/],
] as const)("refuses %j", (whatIf, where, sentence) => {
  const found = refusal(whatIf);
  expect(found.where).toBe(where);
  expect(found.refused).toMatch(sentence);
});

it("refuses a prior that the panel cannot change, and bounds of its own", () => {
  expect(refusal({ priors: { x: "Normal(0, 1)" } }, VIEW, [record("x", "Normal", {}, { fixed: "It is a number of the cell." })]).refused).toBe("It is a number of the cell.");
  const bounded = { ...VIEW, program: { ...PROGRAM, variables: [variable("x", 0, "interval")] } };
  expect(refusal({ priors: { x: "Normal(0, 1)" } }, bounded).refused).toMatch(/within bounds/);
});

it.each([
  ["bernoulli", [0, 1, 1, 0, 1, 2], "0 or 1"],
  ["poisson", [0, 1, 1, 0, 1, 1.5], "a count"],
  ["negative_binomial", [0, 1, 1, 0, 1, -1], "a count"],
  ["beta", [0.5, 0.5, 0.5, 0.5, 0.5, 1], "between 0 and 1"],
  ["gamma", [1, 1, 1, 1, 1, 0], "positive"],
])("refuses a response that a %s cannot have", (distribution, response, said) => {
  const view = withLikelihood(likelihood(distribution, Y));
  expect(refusal({ response }, view)).toMatchObject({ where: "response", refused: expect.stringContaining(said) });
  expect("program" in changed(view, PRIORS, { response: [...response.slice(0, 5), response[0]!] })).toBe(true);
  expect("program" in changed(view, PRIORS, { response, rows: [0, 1, 2] })).toBe(true);
});

it("refuses more successes than trials", () => {
  const factor = likelihood("binomial", [1, 1, 1, 1, 1, 1]);
  const view = withLikelihood({ ...factor, slots: [factor.slots[0]!, { values: f8([3]) }, factor.slots[1]!] });
  expect(refusal({ response: [0, 1, 2, 3, 3, 4] }, view).refused).toMatch(/row 5 would be 4, and the model's is a count of at most its trials/);
});

it("refuses other data of several responses", () => {
  const view = { ...VIEW, program: { ...PROGRAM, factors: [...PROGRAM.factors, { ...likelihood("normal", Y), variables: ["z"] }] } };
  expect(refusal({ rows: [0, 1, 2] }, view).refused).toMatch(/several responses/);
});

it("finds the priors and the rows that differ between two changes", () => {
  const whatIf = { priors: { x: "Normal(0, 1)" }, rows: [0, 1, 2, 3, 4] };
  const [before, after] = difference(VIEW, PRIORS, {}, whatIf);
  expect(before.factors.map(({ distribution, rows }) => [distribution, rows])).toEqual([["normal", 1], ["normal", 1]]);
  expect(of(before, "y").slots[0]).toEqual({ values: f8([Y[5]!]) });
  expect(after.factors).toEqual([prior("x", "normal", 1, "identity", 0, 1)]);
  expect(difference(VIEW, PRIORS, whatIf, { ...whatIf }).map(({ factors }) => factors)).toEqual([[], []]);
});

it("finds the responses that differ, but not of rows that are left out before and after", () => {
  const response = Y.map((y, row) => (row > 3 ? 9 : y));
  const [before, after] = difference(VIEW, PRIORS, { rows: [0, 1, 2, 3, 4] }, { rows: [0, 1, 2, 4], response });
  expect(of(before, "y").slots[0]).toEqual({ values: f8([Y[3]!, Y[4]!]) });
  expect(of(after, "y").slots[0]).toEqual({ values: f8([9]) });
});
