import { expect, it } from "vitest";
import { fold } from "../../src/tabs/fold.js";

it("gathers a term where its first row stands and keeps positions", () => {
  const rows = [null, "1|g", null, "1|g"].map((term) => ({ term }));
  expect(fold(rows).map(({ term, at }) => (term === null ? at[0] : [term, ...at]))).toEqual([0, ["1|g", 1, 3], 2]);
});
