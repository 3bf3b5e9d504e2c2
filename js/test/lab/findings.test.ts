import { expect, it } from "vitest";
import laboratory from "../../../tests/wire/laboratory.json";
import type { Answer } from "../../src/engine/records.js";
import { findingsOf } from "../../src/lab/findings.js";
import { decode, fromBase64, type EngineView, type Finding, type SummaryRow } from "../../src/wire.js";

const [{ schema, buffer }] = laboratory.fits as [(typeof laboratory.fits)[number]];
const { saying } = decode(schema, fromBase64(buffer)).fits[0]!.engine as EngineView;

const row = (label: string, more: Partial<SummaryRow> = {}): SummaryRow => ({ label, term: null, mean: 0, sd: 1, mcse_mean: 0.01, ess_bulk: 1_000, ess_tail: 1_000, r_hat: 1, digits: 2, exponential: "", ...more });
const energy = Float64Array.from({ length: 2_000 }, (_, i) => Math.sin(12.9898 * i) * 43758.5453 % 1);
const answer = (more: Partial<Answer> = {}): Answer => ({ n_chains: 4, n_draws: 500, draws: new Float64Array(), energy, depth: new Uint8Array(2_000).fill(2), divergent: new Uint32Array(), columns: [], estimates: [], r_hat: 1, ess: 1_000, met: true, milliseconds: 1, ...more });
const given = (rule: string, severity: Finding["severity"] = "note"): Finding => ({ rule, severity, message: "", advice: "", value: "", threshold: "", source: "" });
const found = (rows: readonly SummaryRow[], more: Partial<Answer> = {}) => findingsOf([], saying, rows, answer(more)).map(({ rule, severity, message }) => [rule, severity, message]);

it("finds nothing in good draws", () => {
  expect(found([row("x"), row("z", { r_hat: null, ess_bulk: null, ess_tail: null, mcse_mean: null })])).toEqual([]);
});

it("says the same as Python of R-hat, by its size and how many numbers it is of", () => {
  const many = (n: number, r_hat: number) => Array.from({ length: 40 }, (_, i) => row(`b${i}`, i < n ? { r_hat: r_hat - i / 1e4 } : {}));
  expect(found(many(1, 1.012))).toEqual([["r_hat", "note", "R-hat: a little above 1.01 for 1 of 40 numbers: b0 (1.012)"]]);
  expect(found(many(3, 1.012))[0]![1]).toBe("warning");
  expect(found(many(4, 1.04))).toEqual([["r_hat", "warning", "R-hat: the chains do not agree yet about b0 (1.04), b1 (1.04), b2 (1.04) and 1 more"]]);
  expect(found(many(1, 1.2))).toEqual([["r_hat", "error", "R-hat: the chains disagree about b0 (1.2)"]]);
});

it("says the same as Python of effective sample sizes and Monte Carlo errors", () => {
  expect(found([row("x", { ess_bulk: 350 })])[0]![2]).toBe("bulk ESS: a little below 400 for the mean of 1 of 1 number: x (350)");
  expect(found([row("x", { ess_tail: 90 })])[0]!.slice(1)).toEqual(["error", "tail ESS: too few effective draws for the interval of x (90)"]);
  expect(found([row("x", { mcse_mean: 0.2 })])[0]!.slice(1)).toEqual(["warning", "MCSE / sd: the Monte Carlo error is large against the sd of x (0.2)"]);
});

it("says the same as Python of divergences, of trajectories that were cut, and of energies", () => {
  expect(found([row("x")], { divergent: Uint32Array.of(1, 2, 3) })).toEqual([["divergences", "warning", "3 of 2,000 draws diverged: part of the posterior may have been missed"]]);
  expect(found([row("x")], { divergent: new Uint32Array(20) })[0]!.slice(1)).toEqual(["error", "20 of 2,000 draws diverged: part of the posterior was not explored"]);
  expect(found([row("x")], { depth: new Uint8Array(2_000).fill(10, 0, 200) })[0]!.slice(1)).toEqual(["warning", "10% of the draws reached the maximum tree depth: the chains move slowly"]);
  const slow = Float64Array.from({ length: 2_000 }, (_, i) => Math.sin(i / 40));
  expect(found([row("x")], { energy: slow })[0]!.slice(0, 2)).toEqual(["energy", "error"]);
});

it("keeps what is found of the data, and lets go what was found of other draws", () => {
  const old = ["r_hat", "incomplete", "draws", "chains", "divergences"].map((rule) => given(rule, "error"));
  const all = findingsOf([...old, given("collinear", "warning"), given("imputed")], saying, [row("x", { r_hat: 1.5 })], answer());
  expect(all.map(({ rule }) => rule)).toEqual(["r_hat", "collinear", "imputed"]);
});
