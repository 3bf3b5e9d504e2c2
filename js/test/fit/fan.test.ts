import { expect, it } from "vitest";
import { fanOf, whyNoneNew, withNew, type FanQuestion } from "../../src/fit/fan.js";
import { pointsOf } from "../../src/fit/observed.js";
import { spreadPoints } from "../../src/tabs/fan/picture.js";
import type { Fan } from "../../src/fit/fan.js";
import type { Fit } from "../../src/wire.js";
import { columnOf, f8, i4, number, parameter, sourceWith, table } from "./hand.js";

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

it("places points at the level and the stratum that their rows belong to", () => {
  const factor = (name: string, levels: readonly string[]) => ({ ...number(name, levels.map((_, i) => i)), levels });
  const { draws, predictor } = sourceWith({ variables: [factor("k", ["u", "v"]), factor("g", ["a", "b", "c"])], tables: [table("k", [0, 1]), table("g", [0, 0, 1])] }, { a: [1] });
  const column = (name: string, levels: readonly string[], codes: readonly number[]) => ({ name, kind: "category", levels, codes: i4(codes) });
  // The data have their levels in another order.
  const data = { hollow: null, jitter: false, columns: [column("k", ["v", "u"], [0, 1, 1]), column("g", ["c", "b", "a"], [0, 1, 2])] };
  const source = { draws, predictor: { ...predictor, observed: { data: Float32Array.of(1, 2, 3), shape: [3] } } };
  const question: FanQuestion = { x: "k", held: new Map(), groups: {}, scale: "response", by: { name: "g", positions: [0, 1, 2] }, averaged: false };
  const points = pointsOf({ tabs: { data } } as unknown as Fit, source, question, "raw")!;
  expect(points.strata).toEqual(Float64Array.of(2, 1, 0));
  const x = Array.from(spreadPoints({ strata: [0, 1, 2] } as unknown as Fan, points), (at) => Math.round(at * 5) / 5 + 0);
  expect(x).toEqual([1.2, 0, -0.2]);
  const byNumber = { ...source, predictor: { ...source.predictor, tables: { ...predictor.tables, variables: [predictor.tables.variables[0]!, { ...number("g", [0, 1, 2]), grid: f8([0, 1, 2]) }] } } };
  expect(pointsOf({ tabs: { data } } as unknown as Fit, byNumber, question, "raw")!.strata).toBeNull();
});
