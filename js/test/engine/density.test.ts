import { describe, expect, it } from "vitest";
import special from "../../../tests/wire/special.json";
import { density } from "../../src/engine/density.js";
import { digamma, erfcx, lgamma } from "../../src/engine/kernels.gen.js";
import { layOut, pack } from "../../src/engine/pack.js";
import { cases, rows } from "./cases.js";

/** Relative to the larger of 1 and the largest of what is expected. */
function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const size = Math.max(1, ...Array.from(expected, Math.abs));
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, place) => expect(Math.abs(found[place]! - value) / size).toBeLessThanOrEqual(tolerance));
}

describe("a program", () => {
  it.each(cases.map((one) => [one.name, one] as const))("is packed and evaluated as Python does: %s", (_, { program, words, numbers, ...at }) => {
    const laidOut = layOut(program);
    expect([...laidOut.words]).toEqual([...words.data]);
    expectNear(laidOut.numbers, numbers.data, 1e-15);
    const own = density(pack(program));
    const [gradient, point] = [new Float64Array(own.size), new Float64Array(own.size)];
    rows(at.points).forEach((u, place) => {
      const value = at.values.data[place]!;
      expect(Number.isFinite(value)).toBe(true);
      expectNear([own.evaluate(u, gradient)], [value], 1e-9);
      expectNear(gradient, rows(at.gradients)[place]!, 1e-9);
      own.constrain(u, point);
      expectNear(point, rows(at.constrained)[place]!, 1e-14);
    });
  });

  it("has no density where a part of it is not finite", () => {
    const own = density(pack(cases.find(({ name }) => name === "poisson log")!.program));
    expect(own.evaluate(new Float64Array(own.size).fill(1e3), new Float64Array(own.size))).toBeNaN();
  });
});

describe("a special function", () => {
  it.each(Object.entries({ lgamma, digamma, erfcx }))("is exact to 14 digits: %s", (name, own) => {
    const table = special[name as keyof typeof special];
    expect(table.length).toBeGreaterThan(100);
    for (const [x = NaN, value = NaN] of table) expect(Math.abs(own(x) - value)).toBeLessThanOrEqual(1e-14 * Math.abs(value));
  });
});
