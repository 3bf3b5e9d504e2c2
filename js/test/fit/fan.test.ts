import { expect, it } from "vitest";
import { fanOf, whyNoneNew, withNew, type FanQuestion } from "../../src/fit/fan.js";
import { columnOf, number, parameter, sourceWith, table } from "./hand.js";

it("gives new observations of several trials as proportions, as its curves are", () => {
  const source = sourceWith(
    {
      family: "binomial",
      variables: [number("x", [0, 1])],
      tables: [table("x", [0, 1])],
      parameters: [parameter("p", "logit", columnOf(["a"]), columnOf(["b"], 0))],
      observation: { trials: 5, bounds: null, reason: "" },
    },
    { a: [0.1, 0.2, 0.3], b: [1, 2, 3] },
  );
  const question: FanQuestion = { x: "x", held: new Map(), groups: {}, scale: "response", by: null, averaged: false };
  const places = source.draws.order.data;
  expect(whyNoneNew(source, question)).toBeNull();
  const [stratum] = withNew(fanOf(source, question, places, places), source, question, places, 1).strata;
  const fifths = Array.from(stratum!.simulated!.values, (value) => Math.round(value * 5 * 1e5) / 1e5);
  expect(fifths.every((value) => Number.isInteger(value) && value >= 0 && value <= 5)).toBe(true);
  expect(fifths.some((value) => value > 1)).toBe(true);
  expect(Math.max(...stratum!.simulated!.values)).toBeLessThanOrEqual(1);
});
