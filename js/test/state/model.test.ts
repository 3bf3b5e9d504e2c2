import { expect, it, vi } from "vitest";
import { connect, localModel, stateOf } from "../../src/state/model.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

function connected(state: Record<string, unknown> = {}) {
  const ending = new AbortController();
  const model = { ...localModel(state), save_changes: vi.fn() };
  const set = vi.spyOn(model, "set");
  const store = makeStore(stateOf(model, DEFAULTS), ending.signal);
  connect(store, model, ending.signal);
  return { model, set, store, ending };
}

it("begins with what the host has, where it is valid", () => {
  expect(stateOf(localModel({ tab: "fan", prob: 0.5, x: 3, interval: true }), DEFAULTS)).toEqual({ ...DEFAULTS, tab: "fan", prob: 0.5 });
});

it("sends what was last chosen once per frame, and saves once", async () => {
  const { model, set, store } = connected();
  for (const n of [1, 2, 3]) store.set("n_lines", n);
  store.set("x", "z");
  await frame();
  expect(set.mock.calls).toEqual([["n_lines", 3], ["x", "z"]]);
  expect(model.save_changes).toHaveBeenCalledTimes(1);
});

it("does not echo what came from the host", async () => {
  const { model, set, store } = connected();
  model.set("n_lines", 5);
  set.mockClear();
  await frame();
  expect(store.get("n_lines")).toBe(5);
  expect(set).not.toHaveBeenCalled();
  expect(model.save_changes).not.toHaveBeenCalled();
});

it("keeps to itself what is not synced", async () => {
  const { model, set, store } = connected();
  store.set("interval", true);
  store.set("unfolded_rows", ["1|g"]);
  await frame();
  expect(set).not.toHaveBeenCalled();
  expect(model.save_changes).not.toHaveBeenCalled();
});

it("brings a host's number within the bounds, and tells the host", async () => {
  const { model, store } = connected();
  model.set("prob", 0.995);
  await frame();
  expect([store.get("prob"), model.get("prob")]).toEqual([0.99, 0.99]);
});

it("neither hears nor tells anything after its end", async () => {
  const { model, set, store, ending } = connected();
  store.set("n_lines", 3);
  ending.abort();
  await frame();
  expect(set).not.toHaveBeenCalled();
  model.set("n_lines", 7);
  expect(store.get("n_lines")).toBe(3);
});
