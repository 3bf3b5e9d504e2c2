import { expect, it } from "vitest";
import { curves } from "../../src/stats/curves.js";
import type { Lines } from "../../src/wire.js";

const nd = (values: readonly number[], shape: readonly number[]) => ({ data: Float32Array.from(values), shape });

const affine: Lines = {
  kind: "affine",
  draws: nd([1, 2, 3, 4], [2, 2]),
  rows: nd([1, 0, 1, 1, 1, 2], [3, 2]),
  offset: nd([0, 0, 10], [3]),
  link: "sqrt",
};

it("multiplies draws with design rows, adds the offset, applies the inverse link", () => {
  const { values, n_lines, n_grid } = curves(affine);
  expect([n_lines, n_grid]).toEqual([2, 3]);
  expect([...values]).toEqual([1, 9, 225, 9, 49, 441]);
});

it("evaluates lines once", () => {
  expect(curves(affine)).toBe(curves(affine));
});

it("takes whole curves as they are", () => {
  const values = nd([1, 2, 3, 4], [2, 2]);
  expect([...curves({ kind: "curves", values }).values]).toEqual([1, 2, 3, 4]);
});
