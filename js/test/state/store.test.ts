import { expect, it, vi } from "vitest";
import { makeStore } from "../../src/state/store.js";

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const signal = () => new AbortController().signal;
const store = (until = signal()) => makeStore({ a: 0, b: 0, c: "" }, until);

it("tells a subscriber once per frame, whatever changed and how often", async () => {
  const values = store();
  const listener = vi.fn();
  values.subscribe(["a", "b"], listener, signal());
  for (const a of [1, 2, 3]) values.set("a", a);
  values.set("b", 1);
  values.set("c", "unheard");
  expect(values.get("a")).toBe(3);
  expect(listener).not.toHaveBeenCalled();
  await frame();
  expect(listener.mock.calls).toEqual([[new Set(["a", "b"])]]);
});

it("tells nobody of what stays the same, or of slices that they do not follow", async () => {
  const values = store();
  const listener = vi.fn();
  values.subscribe(["a"], listener, signal());
  values.set("a", 0);
  values.set("b", 1);
  await frame();
  expect(listener).not.toHaveBeenCalled();
});

it("tells at once when asked to, and not again in the frame", async () => {
  const values = store();
  const listener = vi.fn();
  values.subscribe(["a"], listener, signal());
  values.set("a", 1);
  values.flush();
  expect(listener).toHaveBeenCalledTimes(1);
  await frame();
  expect(listener).toHaveBeenCalledTimes(1);
});

it("tells nobody again of what a listener's own flush has told", () => {
  const values = store();
  const listener = vi.fn();
  values.subscribe(
    ["a"],
    () => {
      values.set("b", values.get("a"));
      values.flush();
    },
    signal(),
  );
  values.subscribe(["a", "b"], listener, signal());
  values.set("a", 1);
  values.flush();
  expect(listener.mock.calls).toEqual([[new Set(["a", "b"])]]);
});

it("tells of what a listener sets in the frame after", async () => {
  const values = store();
  const heard: number[] = [];
  values.subscribe(["a"], () => values.set("b", values.get("a") + 1), signal());
  values.subscribe(["b"], () => heard.push(values.get("b")), signal());
  values.set("a", 1);
  await frame();
  await frame();
  expect(heard).toEqual([2]);
});

it("ends a subscription by its signal, even while others are told", () => {
  const values = store();
  const ending = new AbortController();
  const listener = vi.fn();
  values.subscribe(["a"], () => ending.abort(), signal());
  values.subscribe(["a"], listener, ending.signal);
  values.subscribe(["a"], listener, AbortSignal.abort());
  values.set("a", 1);
  values.flush();
  expect(listener).not.toHaveBeenCalled();
});

it("tells the others when one listener fails, and reports the error", () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported); // jsdom has none
  const values = store();
  const listener = vi.fn();
  values.subscribe(["a"], () => {
    throw new Error("broken");
  }, signal());
  values.subscribe(["a"], listener, signal());
  values.set("a", 1);
  values.flush();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(reported).toHaveBeenCalledWith(new Error("broken"));
  vi.unstubAllGlobals();
});

it("falls silent when it ends", async () => {
  const ending = new AbortController();
  const values = store(ending.signal);
  const listener = vi.fn();
  values.subscribe(["a"], listener, signal());
  values.set("a", 1);
  ending.abort();
  values.flush();
  await frame();
  expect(listener).not.toHaveBeenCalled();
});
