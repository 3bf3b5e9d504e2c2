import { expect, it } from "vitest";
import { decimate } from "../../src/stats/decimate.js";

it("keeps a short series whole", () => {
  expect(decimate(Float32Array.of(3, 1, 2), 10)).toEqual({ at: [0, 1, 2], values: [3, 1, 2] });
});

it("keeps every excursion of a long one, in order, within two points a pixel", () => {
  const series = Float32Array.from({ length: 10_000 }, (_, i) => Math.sin(i));
  series[1234] = 50;
  series[8765] = -50;
  const { at, values } = decimate(series, 200);
  expect(at.length).toBeLessThanOrEqual(400);
  expect(values).toContain(50);
  expect(values).toContain(-50);
  expect([...at]).toEqual([...at].sort((a, b) => a - b));
});
