import { expect, it } from "vitest";
import { column } from "../../src/fit/draws.js";
import { priorOf } from "../../src/fit/prior.js";
import type { Prior } from "../../src/wire.js";
import { columnOf, f8, number, parameter, sourceWith, table } from "./hand.js";
import { linearAt } from "./asked.js";

const { predictor } = sourceWith(
  {
    variables: [number("x", [0, 1, 2])],
    tables: [table("x", [0, 1, 2])],
    parameters: [parameter("mu", "identity", columnOf(["Intercept"]), columnOf(["x"], 0))],
  },
  { Intercept: [0], x: [0] },
);
const prior: Prior = {
  labels: ["Intercept", "x"],
  centre: f8([10, 0]),
  values: { data: Float32Array.of(1, 2, 3, -1, 0, 1), shape: [2, 3] },
  linear: [],
};

it("gives the draws of the prior to what evaluates those of the posterior", () => {
  const source = priorOf({ predictor, prior })!;
  expect([...column(source.draws, "Intercept")!]).toEqual([11, 12, 13]);
  expect([...linearAt(source, new Map([["x", 2]]), source.draws.order.data)[0]!]).toEqual([9, 12, 15]);
  expect(priorOf({ predictor, prior })).toBe(source);
});

it("starts at the prior's own linear predictors", () => {
  const source = priorOf({ predictor, prior: { ...prior, linear: [f8([5, 6, 7])] } })!;
  expect([...linearAt(source, new Map([["x", 2]]), [0, 1, 2])[0]!]).toEqual([3, 6, 9]);
});

it("has none where there is a reason", () => {
  expect(priorOf({ predictor, prior: { unavailable: "flat" } })).toBeNull();
  expect(priorOf({ predictor: { unavailable: "a block" }, prior })).toBeNull();
});
