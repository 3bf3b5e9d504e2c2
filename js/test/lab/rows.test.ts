import { expect, it } from "vitest";
import { withCount, withResponse, withRow } from "../../src/lab/rows.js";

const N = 12;
const all = Array.from({ length: N }, (_, row) => row);
const priors = { x: "Normal(0, 1)" };

it("leaves a row out and takes it back, and keeps the rest of the change", () => {
  const out = withRow(withRow({ priors }, 4, N), 2, N);
  expect(out).toStrictEqual({ priors, rows: [0, 1, 3, 5, 6, 7, 8, 9, 10, 11] });
  expect(withRow(withRow(out, 2, N), 4, N)).toStrictEqual({ priors });
});

it("has no response that is that of the data", () => {
  const given = Float64Array.of(1, 2, 3);
  const moved = withResponse({ rows: [0, 1] }, [-1, 5, 3], given);
  expect(moved).toStrictEqual({ rows: [0, 1], response: [-1, 5, 3] });
  expect(withResponse(moved, [1, 2, 3], given)).toStrictEqual({ rows: [0, 1] });
});

it.each(["first", "random"] as const)("uses some rows, the %s ones, of which n + 1 are n and one more", (which) => {
  let before: readonly number[] = [];
  for (let n = 2; n <= N; n++) {
    const { rows = all } = withCount({ priors }, n, N, which);
    expect(rows).toHaveLength(n);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(before.every((row) => rows.includes(row))).toBe(true);
    before = rows;
  }
  expect(withCount({ priors, rows: [1] }, N, N, which)).toStrictEqual({ priors });
  expect(withCount({}, 4, N, "first").rows).toEqual([0, 1, 2, 3]);
  expect(withCount({}, 4, N, "random").rows).not.toEqual([0, 1, 2, 3]);
});
