import { describe, expect, it } from "vitest";
import { agreement } from "../../src/engine/check.js";
import type { EngineView, F8 } from "../../src/wire.js";
import { cases, type Case } from "./cases.js";

const none: F8 = { data: new Float64Array(0), shape: [0] };
const changed = ({ data, shape }: F8, change: (x: number, place: number) => number): F8 => ({ data: data.map(change), shape });

function view({ program, points, values, gradients }: Case): EngineView {
  return { program, points, values, gradients, columns: [], coordinates: null, saying: [], starts: none, steps: none, mass: none };
}

const example = view(cases.find(({ name }) => name === "negative_binomial log")!);

describe("the check against PyMC", () => {
  it.each(cases.map((one) => [one.name, one] as const))("holds up to a constant: %s", (_, one) => {
    const own = view(one);
    expect(agreement({ ...own, values: changed(own.values, (x) => x + 3.5) })).toEqual({ agrees: true, words: "agrees with PyMC at 3 points" });
  });

  it("finds another density at one point", () => {
    const values = changed(example.values, (x, place) => (place === 1 ? x * (1 + 1e-8) : x));
    expect(agreement({ ...example, values })).toEqual({ agrees: false, words: "its log density is not PyMC's at 3 points" });
  });

  it("finds another gradient in one coordinate", () => {
    const gradients = changed(example.gradients, (x, place) => (place === 4 ? x + 1e-6 : x));
    expect(agreement({ ...example, gradients })).toEqual({ agrees: false, words: "its gradient is not PyMC's at 3 points" });
  });

  it("does not hold where nothing is finite or nothing is given", () => {
    const far = changed(example.points, () => 1e6);
    expect(agreement({ ...example, points: far }).agrees).toBe(false);
    expect(agreement({ ...example, values: none, points: none, gradients: none })).toEqual({ agrees: false, words: "there are no points of PyMC to compare with" });
  });
});
