import { expect, it } from "vitest";
import { orderOf, withCount, withResponse, withRow, withRows, withValue } from "../../src/lab/rows.js";

const N = 12;
const priors = { x: "Normal(0, 1)" };

it("leaves a row out and takes it back, and keeps the rest of the change", () => {
  const out = withRow(withRow({ priors }, 4, N), 2, N);
  expect(out).toEqual({ priors, rows: [0, 1, 3, 5, 6, 7, 8, 9, 10, 11] });
  expect(withRow(withRow(out, 2, N), 4, N)).toEqual({ priors });
  expect(withRows({}, [3, 1], N)).toEqual({ rows: [1, 3] });
});

it("moves a row and moves it back", () => {
  const given = Float64Array.of(1, 2, 3);
  const moved = withValue(withValue({ rows: [0, 1] }, 1, 5, given), 0, -1, given);
  expect(moved).toEqual({ rows: [0, 1], response: [-1, 5, 3] });
  expect(withValue(withValue(moved, 1, 2, given), 0, 1, given)).toEqual({ rows: [0, 1] });
  expect(withValue({ response: [9] }, 1, 5, given)).toEqual({ response: [1, 5, 3] });
  expect(withResponse(moved, [1, 2, 3], given)).toEqual({ rows: [0, 1] });
});

it("has orders of which n + 1 rows are n and one more", () => {
  expect(orderOf(4, "first")).toEqual([0, 1, 2, 3]);
  const random = orderOf(N, "random");
  expect([...random].sort((a, b) => a - b)).toEqual(orderOf(N, "first"));
  expect(random).not.toEqual(orderOf(N, "first"));
  for (const which of ["first", "random"] as const) {
    let before: readonly number[] = [];
    for (let n = 2; n <= N; n++) {
      const { rows = orderOf(N, "first") } = withCount({}, n, N, which);
      expect(rows.length).toBe(n);
      expect(before.every((row) => rows.includes(row))).toBe(true);
      before = rows;
    }
    expect(withCount({ rows: [...before].slice(1) }, N, N, which)).toEqual({});
  }
});

it("takes rows that were left out by hand back last", () => {
  const out = withRow(withCount({}, 8, N, "first"), 3, N);
  expect(out.rows).toEqual([0, 1, 2, 4, 5, 6, 7]);
  expect(withCount(out, 9, N, "first").rows).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
  expect(withCount(out, 5, N, "first").rows).toEqual([0, 1, 2, 4, 5]);
  expect(withCount(out, 11, N, "first").rows).not.toContain(3);
  expect(withCount(out, N, N, "first")).toEqual({});
});
