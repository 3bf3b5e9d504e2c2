import { expect, it } from "vitest";
import { caption, cells, hasRatios, header } from "../../src/tabs/summary-cells.js";
import type { Fit, SummaryView } from "../../src/wire.js";
import { drawsOf } from "../fit/draws.js";
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

const NAMES = ["parameter", "mean", "sd", "interval", "ESS bulk", "ESS tail", "R-hat", "MCSE"];
const row = (label: string, exponential: string) => {
  return { label, term: null, mean: 0.5, sd: 0.1, mcse_mean: 0.01, ess_bulk: 350, ess_tail: 450, r_hat: 1.02, digits: 2, exponential };
};
const f4 = (values: readonly number[], shape: readonly number[]) => ({ data: Float32Array.from(values), shape });
const VIEW: SummaryView = {
  probs: f4([0.1, 0.5, 0.9], [3]),
  rows: [row("Intercept", "baseline odds"), row("x", "odds ratio"), row("sigma", "")],
  quantiles: f4([-1, 0, 1, -1, 0, 1, -1, 0, 1], [3, 3]),
  notes: [],
  scale: "log odds of P(y = 1)",
  columns: NAMES.map((name) => ({ name, words: "" })),
  parameters: [],
  limits: [
    { column: "R-hat", side: "above", value: 1.01, per_chain: false },
    { column: "ESS bulk", side: "below", value: 100, per_chain: true },
  ],
};
const x = [[0, Math.log(2), Math.log(3), Math.log(6)], [Math.log(4), Math.log(8), 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]];
const draws = drawsOf({ Intercept: x, x, sigma: x });
const FIT = { draws, tabs: { summary: VIEW } } as unknown as Fit;

it("has the columns that Python names, and flags what is beyond Python's limits", () => {
  const asked = { prob: 0.8, ratios: false, draw: null, brushed: false };
  expect(header(VIEW, asked)).toEqual(["parameter", "mean", "sd", "10%", "90%", "ESS bulk", "ESS tail", "R-hat", "MCSE"]);
  const printed = cells(FIT, VIEW, 1, asked);
  expect(printed.map(({ text }) => text)).toEqual(["0.50", "0.10", "-1.00", "1.00", "350", "450", "1.020", "0.01"]);
  expect(printed.map(({ flag }) => flag)).toEqual([null, null, null, null, "below 400", null, "above 1.01", null]);
});

it("exponentiates coefficients within each draw, says what they are, and leaves other numbers as they are", () => {
  const asked = { prob: 0.8, ratios: true, draw: null, brushed: false };
  expect(hasRatios(FIT)).toBe(true);
  expect(caption(VIEW, asked)).toBe("Posterior summary: coefficients as odds ratios; mean, median, sd and 80% equal-tailed interval");
  expect(header(VIEW, asked).slice(0, 5)).toEqual(["parameter", "scale", "mean", "median", "sd"]);
  const texts = [0, 1, 2].map((at) => cells(FIT, VIEW, at, asked).map(({ text }) => text));
  expect(texts.map(([scale]) => scale)).toEqual(["baseline odds", "odds ratio", "as it is"]);
  // Ten ones, 2, 3, 6, 4 and 8 make a mean of 34/16; the mean of the logarithms would give 1.54.
  expect(Number(texts[1]![1])).toBeCloseTo(34 / 16, 0);
  expect(Number(texts[1]![2])).toBe(1);
  expect(texts[2]!.slice(1, 4)).toEqual(["0.50", "0.00", "0.10"]);
});

it("has a column for the selected draw, and says that a brush leaves the table alone", () => {
  const asked = { prob: 0.8, ratios: false, draw: 1, brushed: true };
  expect(header(VIEW, asked).at(-1)).toBe("draw 2");
  expect(cells(FIT, VIEW, 1, asked).at(-1)!.text).toBe("0.69");
  expect(cells(FIT, VIEW, 1, { ...asked, ratios: true }).at(-1)!.text).toBe("2");
  expect(cells(FIT, VIEW, 2, { ...asked, ratios: true }).at(-1)!.text).toBe("0.69");
  expect(caption(VIEW, asked)).toContain("80% equal-tailed interval of all draws, whatever is brushed");
});

it("has no ratios where the link makes none, or the draws are not here", () => {
  const plain = { ...VIEW, rows: VIEW.rows.map((one) => ({ ...one, exponential: "" })) };
  expect(hasRatios({ ...FIT, tabs: { summary: plain } } as unknown as Fit)).toBe(false);
  expect(hasRatios({ ...FIT, draws: { unavailable: "none" } })).toBe(false);
});
