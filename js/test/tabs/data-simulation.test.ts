import { afterEach, expect, it } from "vitest";
import { GIVEN, type Refit } from "../../src/lab/records.js";
import { makeStage, type Drawn } from "../../src/stage.js";
import { NOTHING } from "../../src/state/selection.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import { simulation } from "../../src/tabs/data/simulation.js";
import type { Theme } from "../../src/theme.js";
import { fitNamed } from "../lab/panels.js";

let life = new AbortController();
afterEach(() => life.abort());

function shown(name: string) {
  life = new AbortController();
  const fit = fitNamed(name);
  const store = makeStore<Drawn>({ ...DEFAULTS, fit, ...GIVEN, selection: NOTHING }, life.signal);
  // As the laboratory, which is there before the tabs, and is the first to hear.
  store.subscribe(["what_if"], () => (store.set("refit", { kind: "sampling", k: 1 }), store.flush()), life.signal);
  const stage = makeStage(store, {} as Theme, life.signal);
  const { el } = simulation(stage);
  const flush = () => store.flush();
  const click = (name: string) => {
    [...el.querySelectorAll("button")].find(({ textContent }) => textContent === name)!.click();
    flush();
  };
  /** What the laboratory does once it has drawn. */
  const arrive = (met = true) => {
    store.set("ghost", fit);
    store.set("fit", { ...fit });
    store.set("refit", { kind: "sampled", n_chains: 4, n_draws: 250, r_hat: 1, ess: 900, divergent: 0, milliseconds: 9, met });
    flush();
  };
  const say = (refit: Refit) => {
    store.set("refit", refit);
    flush();
  };
  const caption = () => el.querySelector("caption")?.textContent ?? "";
  const cell = (row: number, column: number) => el.querySelectorAll("tbody tr")[row]!.children[column]!.textContent;
  return { store, click, arrive, say, flush, caption, cell, response: () => store.get("what_if").response };
}

it("counts the posterior of each simulated response, and no other", () => {
  const { store, click, arrive, flush, caption, cell } = shown("logistic");
  arrive();
  expect(caption()).toBe("");
  click("Simulate again");
  expect([caption(), cell(0, 2), cell(0, 3), cell(0, 4)]).toEqual(["Share of 89% intervals that held the truth, in 0 simulated data sets", "0 of 0", "–", "–"]);
  arrive();
  expect(caption()).toContain("in 1 simulated data set");
  arrive();
  expect(caption()).toMatch(/in 1 simulated data set$/);
  click("Simulate again");
  arrive(false);
  expect(caption()).toMatch(/in 1 simulated data set\. Not counted: 1 that missed R-hat 1\.01 or ESS 400$/);
  store.set("prob", 0.5);
  flush();
  expect(caption()).toMatch(/^Share of 50% intervals/);
  store.set("what_if", { ...store.get("what_if"), rows: [1, 2, 3] });
  flush();
  expect(caption()).toBe("");
});

it("does not count a response that another change took away", () => {
  const { store, click, arrive, flush, caption, response } = shown("logistic");
  click("Simulate again");
  arrive();
  click("Simulate again");
  store.set("what_if", { response: response()!.map((value) => 1 - value) });
  flush();
  arrive();
  expect(caption()).toMatch(/in 1 simulated data set$/);
});

it("repeats until it is stopped, reset or refused", () => {
  const { store, click, arrive, say, flush, caption, response } = shown("line");
  const seen = new Set<unknown>();
  click("Repeat");
  for (let k = 0; k < 4; k++) {
    seen.add(response());
    arrive();
    flush();
  }
  expect(seen.size).toBe(4);
  click("Stop");
  const last = response();
  arrive();
  flush();
  expect(response()).toBe(last);
  expect(caption()).toMatch(/in 5 simulated data sets at draw [\d,]+: chain \d, draw \d+$/);
  click("Repeat");
  say({ kind: "refused", reason: "no" });
  arrive();
  flush();
  expect(caption()).toMatch(/in 5 simulated/);
  store.set("what_if", {});
  flush();
  expect(caption()).toBe("");
});
