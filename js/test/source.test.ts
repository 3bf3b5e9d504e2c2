import { expect, it, vi } from "vitest";
import { localModel } from "../src/mod.js";
import { askOf } from "../src/source.js";

/** A model with a kernel that answers when it is told to. */
function live() {
  const sent: { ask: string; id: number }[] = [];
  let hear: (message?: unknown) => void = () => {};
  const model = {
    ...localModel({}),
    on: (event: string, listener: (message?: unknown) => void) => void (event === "msg:custom" && (hear = listener)),
    send: (message: unknown) => void sent.push(message as { ask: string; id: number }),
  };
  return { model, sent, answer: (id: number, refused = "") => hear({ answer: id, refused }) };
}

it("has nobody to ask in a page", () => {
  expect(askOf(localModel({}), new AbortController().signal)).toBeNull();
});

it("keeps each promise with its own answer", async () => {
  const { model, sent, answer } = live();
  const ask = askOf(model, new AbortController().signal)!;
  const [first, second] = [ask("draws"), ask("draws")];
  expect(sent.map((one) => one.ask)).toEqual(["draws", "draws"]);
  answer(sent[1]!.id);
  await second;
  answer(sent[0]!.id, "no room");
  await expect(first).rejects.toThrow("no room");
});

it("gives up on a kernel that is gone, or refuses messages", async () => {
  vi.useFakeTimers();
  const { model } = live();
  const gone = askOf(model, new AbortController().signal)!("draws");
  const told = expect(gone).rejects.toThrow("for a minute");
  vi.advanceTimersByTime(60_000);
  await told;
  vi.useRealTimers();
  const refusing = { ...model, send: () => { throw new Error("no kernel"); } };
  await expect(askOf(refusing, new AbortController().signal)!("draws")).rejects.toThrow("no kernel");
});
