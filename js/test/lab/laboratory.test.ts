import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Answer, Question } from "../../src/engine/records.js";
import type { Made } from "../../src/engine/run.js";
import { column } from "../../src/fit/draws.js";
import { laboratory } from "../../src/lab/laboratory.js";
import type { Drawn } from "../../src/stage.js";
import { moments } from "../../src/stats/moments.js";
import type { Store } from "../../src/state/store.js";
import type { WhatIf } from "../../src/state/what-if.js";
import { isUnavailable, type Draws, type Fit } from "../../src/wire.js";
import { changed } from "../../src/engine/edit.js";
import { lineFit, metropolis, storeOf, without } from "./fits.js";
import { PRIORS, VIEW } from "./hand.js";

const asked: { question: Question; made: Made; signal: AbortSignal; answer: (answer: Answer) => void; fail: (error: unknown) => void }[] = [];
let agrees = true;
vi.mock("../../src/engine/run.js", () => ({
  sampleAgain: (question: Question, made: Made, signal: AbortSignal) =>
    new Promise<Answer>((answer, fail) => {
      asked.push({ question, made, signal, answer, fail });
      signal.addEventListener("abort", () => fail(signal.reason));
    }),
}));
vi.mock("../../src/engine/check.js", () => ({ agreement: () => ({ agrees, words: agrees ? "agrees with PyMC at 3 points" : "its gradient is not PyMC's at 3 points" }) }));

const frame = () => new Promise((resolve) => setTimeout(resolve, 30));
let panel: AbortController;
let store: Store<Drawn>;
let lab: ReturnType<typeof laboratory>;
let given: Fit;

function open(fit: Fit): void {
  panel?.abort();
  panel = new AbortController();
  given = fit;
  store = storeOf(fit, panel.signal);
  lab = laboratory(store, panel.signal);
}
beforeEach(() => {
  asked.length = 0;
  agrees = true;
  open(lineFit());
});
afterEach(() => panel.abort());

async function change(whatIf: WhatIf): Promise<void> {
  store.set("what_if", whatIf);
  await frame();
}

/** The answer of a sampler to what was asked last. */
async function answered(whatIf: WhatIf): Promise<void> {
  const { program } = changed(VIEW, PRIORS, whatIf) as { readonly program: typeof VIEW.program };
  const draws = metropolis(program, 400, 7, [1, 1, 0], 0.25);
  const n = 400;
  const energy = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i));
  const columns = asked.at(-1)!.made(draws, n);
  const estimates = columns.map(() => ({ r_hat: 1, ess_bulk: 310, ess_tail: 300, ess_mean: 320 }));
  asked.at(-1)!.answer({ n_chains: 2, n_draws: 200, draws, energy, depth: new Uint8Array(n).fill(2), divergent: Uint32Array.of(3), columns, estimates, r_hat: 1, ess: 300, met: false, milliseconds: 12 });
  await vi.waitFor(() => expect(store.get("refit").kind).toBe("sampled"), { timeout: 4_000 });
}

const drawsOf = (fit: Fit) => fit.draws as Draws;
const meanOf = (fit: Fit, label: string) => moments(column(drawsOf(fit), label)!).mean;

it("does nothing before the first change", () => {
  expect(asked).toHaveLength(0);
  expect(store.get("fit")).toBe(given);
  expect(store.get("refit")).toEqual({ kind: "given" });
});

it("shows weighted draws in the frame of the change, and asks for new ones", async () => {
  const seen: string[] = [];
  store.subscribe(["refit"], () => seen.push(store.get("refit").kind), panel.signal);
  store.set("what_if", { priors: { x: "Normal(2.2, 0.2)" } });
  store.flush();
  expect(seen).toEqual(["reweighted"]);
  const refit = store.get("refit");
  expect(refit).toMatchObject({ kind: "reweighted", alone: "" });
  expect(refit.kind === "reweighted" && refit.k).toBeLessThan(0.7);
  expect(store.get("ghost")).toBe(given);
  expect(asked).toHaveLength(1);
  const fit = store.get("fit");
  expect(meanOf(fit, "x")).toBeGreaterThan(meanOf(given, "x"));
  const { summary } = fit.tabs;
  expect(!isUnavailable(summary) && summary.rows[1]).toMatchObject({ ess_bulk: null, r_hat: null, mean: expect.closeTo(meanOf(fit, "x"), 9) });
});

it("weighs draws as the posterior of the changed prior does", async () => {
  const whatIf = { priors: { x: "Normal(2.1, 0.1)", sigma: "Exponential(3)" }, rows: [0, 1, 2, 3, 4] };
  await change(whatIf);
  expect(store.get("refit").kind).toBe("reweighted");
  const weighted = meanOf(store.get("fit"), "x");
  expect(Math.abs(weighted - meanOf(given, "x"))).toBeGreaterThan(0.02);
  await answered(whatIf);
  // Of 400 draws of a chain by Metropolis, and of 1,000 weighted ones.
  expect(Math.abs(weighted - meanOf(store.get("fit"), "x"))).toBeLessThan(0.05);
});

it("shows the new draws everywhere once they are here, and the old ones as a ghost", async () => {
  const whatIf = { priors: { x: "Normal(0, 0.5)" } };
  await change(whatIf);
  await answered(whatIf);
  const { draws, tabs, footer, findings } = store.get("fit");
  expect(store.get("refit")).toEqual({ kind: "sampled", n_chains: 2, n_draws: 200, r_hat: 1, ess: 300, divergent: 1, milliseconds: 12, met: false });
  expect(draws).toMatchObject({ n_chains: 2, n_draws: 200, every: 1, divergent: { data: Uint32Array.of(3) } });
  const order = [...(draws as Draws).order.data];
  expect(new Set(order).size).toBe(400);
  expect(order.slice(0, 4).map((place) => Math.floor(place / 200))).toEqual([0, 1, 0, 1]);
  const mean = meanOf(store.get("fit"), "x");
  expect(!isUnavailable(tabs.summary) && tabs.summary.rows[1]!.mean).toBeCloseTo(mean, 12);
  expect(!isUnavailable(tabs.trace) && tabs.trace.rows[1]!.mean).toBeCloseTo(mean, 12);
  expect(!isUnavailable(tabs.summary) && tabs.summary.quantiles.data.every(Number.isFinite)).toBe(true);
  expect(footer).toContain("2 chains × 200 draws (agrees with PyMC at 3 points)");
  expect(findings).toEqual([]);
  expect(store.get("ghost")).toBe(given);
});

it("ends what samples at the next change", async () => {
  await change({ priors: { x: "Normal(0, 0.5)" } });
  await change({ priors: { x: "Normal(0, 0.4)" } });
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  await change({});
  expect(asked[1]!.signal.aborted).toBe(true);
  expect(store.get("fit")).toBe(given);
  expect(store.get("ghost")).toBeNull();
  expect(store.get("refit")).toEqual({ kind: "given" });
});

it("leaves the old picture where the change is too large to reweight", async () => {
  await change({ priors: { x: "Normal(-40, 0.01)" } });
  expect(store.get("fit")).toBe(given);
  expect(store.get("ghost")).toBeNull();
  expect(store.get("refit").kind).toBe("sampling");
  expect(asked).toHaveLength(1);
});

it("reweights from the posterior that was sampled last", async () => {
  const far = { priors: { x: "Normal(-40, 0.01)" } };
  await change(far);
  await answered(far);
  await change({ priors: { x: "Normal(-40, 0.0101)" } });
  expect(store.get("refit").kind).toBe("reweighted");
  expect(store.get("ghost")).toBe(given);
  await change(far);
  expect(store.get("refit").kind).toBe("sampled");
  expect(asked).toHaveLength(2);
});

it("refuses with a sentence, and keeps the last picture", async () => {
  await change({ priors: { x: "Normal(0, 0.5)" } });
  const shown = store.get("fit");
  await change({ priors: { x: "Normal(0, 0)" } });
  expect(store.get("refit")).toMatchObject({ kind: "refused", reason: expect.stringMatching(/./) });
  expect(store.get("fit")).toBe(shown);
  expect(asked).toHaveLength(1);
});

it.each([[{ rows: "all" }], [{ priors: { x: 3 } }], [{ response: [[1]] }], [{ rows: [NaN] }], [{ rows: [-1, 1e308] }]])("survives the nonsense %j", async (whatIf) => {
  await change(whatIf as unknown as WhatIf);
  expect(store.get("refit").kind).toBe("refused");
  expect(store.get("fit")).toBe(given);
  await change({});
  expect(store.get("refit").kind).toBe("given");
});

it("says why a sampler failed, and shows no draws that are no numbers", async () => {
  await change({ priors: { x: "Normal(0, 0.5)" } });
  asked[0]!.fail(new Error("No chain has a density."));
  await frame();
  expect(store.get("refit")).toEqual({ kind: "refused", reason: "No chain has a density." });
  await change({ priors: { x: "Normal(0, 0.6)" } });
  const n = 400;
  asked[1]!.answer({ n_chains: 2, n_draws: 200, draws: new Float64Array(3 * n).fill(Infinity), energy: new Float64Array(n), depth: new Uint8Array(n), divergent: new Uint32Array(), columns: [], estimates: [], r_hat: NaN, ess: NaN, met: false, milliseconds: 1 });
  await frame();
  expect(store.get("refit")).toMatchObject({ kind: "refused", reason: expect.stringContaining("infinity") });
  expect(meanOf(store.get("fit"), "x")).toBeGreaterThan(0);
});

it("keeps a change without its ghost, and takes it for the ghost of the next one", async () => {
  const whatIf = { priors: { x: "Normal(0, 0.5)" } };
  await change(whatIf);
  lab.keep();
  await answered(whatIf);
  expect(store.get("ghost")).toBeNull();
  expect(store.get("refit").kind).toBe("sampled");
  const kept = store.get("fit");
  await change({ priors: { x: "Normal(0, 0.6)" } });
  expect(store.get("ghost")).toBe(kept);
  await change({});
  expect(store.get("fit")).toBe(given);
});

it("lets the change go when another fit comes", async () => {
  await change({ priors: { x: "Normal(0, 0.5)" } });
  const next = { ...lineFit(), title: "y ~ 1 + x" };
  lab.open(next);
  await frame();
  expect(store.get("fit")).toBe(next);
  expect(store.get("what_if")).toEqual({});
  expect(store.get("ghost")).toBeNull();
  expect(asked[0]!.signal.aborted).toBe(true);
});

it("hears of a change that was there before it", async () => {
  panel.abort();
  panel = new AbortController();
  store = storeOf(given, panel.signal);
  store.set("what_if", { priors: { x: "Normal(0, 0.5)" } });
  laboratory(store, panel.signal);
  expect(store.get("refit").kind).toBe("reweighted");
});

it("reweights alone where the page does not sample, and says why", async () => {
  open(lineFit(without("It is not instant.")));
  await change({ priors: { x: "Normal(2.2, 0.2)" } });
  expect(store.get("refit")).toMatchObject({ kind: "reweighted", alone: "It is not instant." });
  expect(meanOf(store.get("fit"), "x")).toBeGreaterThan(meanOf(given, "x"));
  await change({ rows: [0, 1, 2] });
  expect(store.get("refit")).toMatchObject({ kind: "refused", reason: expect.stringContaining("It is not instant.") });
  await change({ priors: { x: "Normal(-40, 0.01)" } });
  expect(store.get("refit")).toMatchObject({ kind: "refused", reason: expect.stringContaining("Pareto k") });
  expect(asked).toHaveLength(0);
});

it("does not sample where the density is not PyMC's", async () => {
  agrees = false;
  open(lineFit({ ...VIEW })); // an engine is checked once
  await change({ priors: { x: "Normal(2.2, 0.2)" } });
  expect(store.get("refit")).toMatchObject({ kind: "reweighted", alone: "The page does not sample this fit: its gradient is not PyMC's at 3 points." });
  expect(store.get("fit").footer).toContain("here: reweighted (The page does not sample this fit: its gradient is not PyMC's at 3 points)");
  expect(asked).toHaveLength(0);
});

it("observes what is changed of the data, in every tab", async () => {
  const whatIf = { rows: [0, 1, 2, 3, 5], response: [-3.9, -2.2, 0.3, 1.8, 6.1, 10.5] };
  await change(whatIf);
  await answered(whatIf);
  const { tabs: { data }, predictor } = store.get("fit");
  const y = !isUnavailable(data) && data.columns[0]!;
  expect(y && y.kind === "numeric" && y.values.data[5]).toBe(10.5);
  if (isUnavailable(predictor)) throw new Error("no predictor");
  expect([...predictor.observed.data]).toEqual([-3.9, -2.2, 0.3, 1.8, NaN, 10.5].map(Math.fround));
});
