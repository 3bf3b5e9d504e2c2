import { expect, it } from "vitest";
import type { FanQuestion } from "../../src/fit/fan.js";
import { partialResiduals, whyNoResiduals } from "../../src/fit/residuals.js";
import { columnOf, f8, number, parameter, sourceWith, table } from "./hand.js";

const X = [0, 1, 2];
const Z = [-1, 0.5, 3];
const Y = [2, 4, 5];
const question: FanQuestion = { x: "x", held: new Map([["z", 1]]), groups: {}, scale: "response", by: null, averaged: false };

/** mu = 1 + 2 x + b z, for two draws of b. */
function source() {
  const made = sourceWith(
    {
      variables: [number("x", [0, 2]), number("z", [0, 10])],
      tables: [table("x", [0, 2], X), table("z", [0, 10], Z)],
      parameters: [parameter("mu", "identity", columnOf(["a"]), columnOf(["s"], 0), columnOf(["b"], 1))],
      n_rows: 3,
    },
    { a: [1, 1], s: [2, 2], b: [3, 5] },
  );
  const rows = { data: Uint32Array.of(0, 1, 2), shape: [3] };
  return { ...made, predictor: { ...made.predictor, rows, observed: { data: Float32Array.from(Y), shape: [3] } } };
}

it("takes away what the other predictors do, at their mean effect", () => {
  const found = partialResiduals(source(), question);
  Y.forEach((y, row) => expect(found[row]).toBeCloseTo(y - 4 * (Z[row]! - 10), 5));
});

it("says where there are none", () => {
  expect(whyNoResiduals(source(), question, false)).toBeNull();
  expect(whyNoResiduals(source(), { ...question, scale: "link" }, false)).toMatch(/scale of the response/);
  expect(whyNoResiduals(source(), { ...question, averaged: true }, false)).toMatch(/one curve/);
  expect(whyNoResiduals(source(), question, true)).toMatch(/censored/);
  for (const observation of [{ trials: 0, bounds: f8([0, Infinity]), reason: "" }, { trials: 0, bounds: null, reason: "the bounds differ" }]) {
    const { predictor, ...made } = source();
    expect(whyNoResiduals({ ...made, predictor: { ...predictor, tables: { ...predictor.tables, observation } } }, question, false)).toMatch(/truncation/);
  }
});

it("compares an observed rate with the fitted rate", () => {
  const made = source();
  const { tables } = made.predictor;
  const z = { ...tables.variables[1]!, grid: f8([0, 10]) };
  const offset = { ...made, predictor: { ...made.predictor, tables: { ...tables, variables: [tables.variables[0]!, z], exposure: ["z"] } } };
  const found = partialResiduals(offset, { ...question, held: new Map() });
  Y.forEach((y, row) => expect(found[row]).toBeCloseTo(y, 5));
});
