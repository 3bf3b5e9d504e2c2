import { expect, it } from "vitest";
import { ofParameter } from "../../src/tabs/summary.js";

it("explains a row by the longest name that its label is, or begins with", () => {
  const parameters = [
    { name: "1|g", words: "levels" },
    { name: "1|g_sigma", words: "spread" },
    { name: "g[a]", words: "a parameter of that very name" },
    { name: "g", words: "factor" },
  ];
  const words = ["1|g[7]", "1|g_sigma", "g[b]", "g[a]", "gg"].map((label) => ofParameter({ parameters }, label));
  expect(words).toEqual(["levels", "spread", "factor", "a parameter of that very name", ""]);
});
