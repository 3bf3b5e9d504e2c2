import { describe, expect, it, vi } from "vitest";
import { coordinatesOf } from "../../src/engine/coordinates.js";
import { sampleAgain, warm } from "../../src/engine/run.js";
import type { Answer } from "../../src/engine/records.js";
import { moments, correlation } from "../../src/stats/moments.js";
import { essBulk, essTail } from "../../src/stats/ess.js";
import { rHat } from "../../src/stats/r-hat.js";
import { rowsOf } from "../../src/stats/rows.js";
import { CORRELATED, CORRELATION, FUNNEL, MODES, NORMALS, NOWHERE, question, SLOW } from "./densities.js";

vi.mock("../../src/engine/density.js", () => import("./densities.js"));

/** The coordinates themselves. */
const made = coordinatesOf;
const never = new AbortController().signal;
const column = ({ draws, energy }: Answer, d: number) => draws.filter((_, i) => i % (draws.length / energy.length) === d);

/** Within 4 Monte Carlo standard errors, by the ESS of the draws (and of their squares, for which it is less). */
function near(answer: Answer, d: number, mean: number, sd: number): void {
  const found = moments(column(answer, d));
  expect(Math.abs(found.mean - mean)).toBeLessThan((4 * sd) / Math.sqrt(answer.ess));
  expect(Math.abs(found.sd - sd)).toBeLessThan((4 * sd) / Math.sqrt(2 * answer.ess));
}

describe("of a posterior of closed form", () => {
  it("finds normals of different scales, from unit variances", async () => {
    const answer = await sampleAgain(question(NORMALS), made, never);
    [0.1, 1, 30].forEach((sd, d) => near(answer, d, d + 1, sd));
    expect([answer.met, answer.n_chains, answer.n_draws, answer.divergent.length]).toEqual([true, 4, 500, 0]);
    expect(answer.draws).toHaveLength(4 * 500 * 3);
  });

  it("finds correlated normals", async () => {
    const answer = await sampleAgain(question(CORRELATED), made, never);
    [0, 1].forEach((d) => near(answer, d, 0, 1));
    expect(Math.abs(correlation(column(answer, 0), column(answer, 1)) - CORRELATION)).toBeLessThan((4 * (1 - CORRELATION ** 2)) / Math.sqrt(answer.ess));
  });

  it("says how well chains agree: the worst of all coordinates", async () => {
    const answer = await sampleAgain(question(NORMALS), made, never);
    const chains = [0, 1, 2].map((d) => rowsOf(column(answer, d), answer.n_draws));
    expect(answer.r_hat).toBe(Math.max(...chains.map((one) => rHat(one))));
    expect(answer.ess).toBe(Math.min(...chains.flatMap((one) => [essBulk(one), essTail(one)])));
  });

  it("draws the same for the same seed, and other draws for another", async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => sampleAgain(question(NORMALS, seed), made, never)));
    expect(one!.draws).toEqual(same!.draws);
    expect(one!.draws).not.toEqual(other!.draws);
    expect(column(one!, 0).subarray(0, 500)).not.toEqual(column(one!, 0).subarray(500, 1000));
  });

  it("finds divergences where a funnel is narrow, and records energies and depths", async () => {
    const answer = await sampleAgain(question(FUNNEL), made, never);
    expect(answer.divergent.length).toBeGreaterThan(0);
    expect(Math.max(...answer.divergent)).toBeLessThan(4 * answer.n_draws);
    expect(Math.max(...answer.depth)).toBeLessThanOrEqual(10);
    expect(Math.min(...answer.depth.filter((_, i) => !answer.divergent.includes(i)))).toBeGreaterThan(0);
    expect(moments(answer.energy).sd).toBeGreaterThan(1);
  });
});

describe("where chains do not agree", () => {
  it("goes on until the budget of draws is spent, and says that they do not", async () => {
    const answer = await sampleAgain(question(MODES), made, never);
    expect([answer.met, answer.n_draws, answer.draws.length]).toEqual([false, 2000, 8000]);
    expect(answer.r_hat).toBeGreaterThan(1.5);
    // Each chain goes on where it was.
    for (const chain of rowsOf(answer.draws, 2000)) expect(new Set(chain.map(Math.sign)).size).toBe(1);
  });

  it("goes on from 100 draws to 200 or more where these have too few effective draws", async () => {
    const answer = await sampleAgain(question(CORRELATED), made, never, { first: 100, most: 2000, time: 20_000 });
    expect(answer.n_draws).toBeGreaterThan(100);
    expect(answer.met).toBe(true);
    [0, 1].forEach((d) => near(answer, d, 0, 1));
  });

  it("stops when the time is over, with as many draws as every chain has", async () => {
    const answer = await sampleAgain(question(SLOW), made, never, { first: 100_000, most: 100_000, time: 2000 });
    expect(answer.met).toBe(answer.r_hat <= 1.01 && answer.ess >= 400);
    expect(answer.n_draws).toBeGreaterThanOrEqual(50);
    expect(answer.n_draws).toBeLessThan(100_000);
    expect(answer.draws).toHaveLength(4 * answer.n_draws);
    expect(answer.energy.every((energy) => energy !== 0)).toBe(true);
  });
});

describe("of what cannot be sampled", () => {
  it("says that no start has a density", async () => {
    await expect(sampleAgain(question(NOWHERE), made, never)).rejects.toThrow("No start of a chain has a density.");
  });

  it("says that the time is not enough", async () => {
    await expect(sampleAgain(question(SLOW), made, never, { first: 100_000, most: 100_000, time: 1 })).rejects.toThrow("It takes more than 0 s");
  });
});

describe("when it is cancelled", () => {
  it("rejects with the reason, before and while it samples, and the next question is answered", async () => {
    await expect(sampleAgain(question(NORMALS), made, AbortSignal.abort("earlier"))).rejects.toBe("earlier");
    const abort = new AbortController();
    const running = sampleAgain(question(SLOW), made, abort.signal);
    setTimeout(() => abort.abort("changed"), 30);
    await expect(running).rejects.toBe("changed");
    expect((await sampleAgain(question(NORMALS), made, never)).met).toBe(true);
  });

  it("leaves the thread free between slices", async () => {
    const abort = new AbortController();
    const running = sampleAgain(question(SLOW), made, abort.signal);
    let turns = 0;
    const clock = setInterval(() => void (++turns === 5 && abort.abort("enough")), 1);
    await expect(running).rejects.toBe("enough");
    clearInterval(clock);
    expect(turns).toBe(5);
  });
});

describe("before the first question", () => {
  it("samples until the code is compiled", async () => {
    const asked: number[] = [];
    await warm(question(NORMALS), (draws, n) => (asked.push(n), made(draws, n)), never);
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked)).toEqual(new Set([4 * 500]));
  });

  it("ends with a change, and leaves an error to whoever asks", async () => {
    const abort = new AbortController();
    const running = warm(question(SLOW), made, abort.signal);
    abort.abort("changed");
    await expect(running).resolves.toBeUndefined();
    await expect(warm(question(NOWHERE), made, never)).resolves.toBeUndefined();
  });
});
