import { afterEach, expect, it, vi } from "vitest";
import { localModel } from "../src/state/model.js";
import { follow } from "../src/slots.js";
import widget from "../src/widget.js";
import { examplePayload } from "./payload.js";

const slot = (name: string) => {
  const el = Object.assign(document.createElement("div"), { innerHTML: "<iframe></iframe>" });
  el.dataset.glmSlot = name;
  return el;
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

afterEach(() => document.body.replaceChildren());

it("fills the slots that are there, those that come, and those that come inside something", async () => {
  const mount = vi.fn((el: HTMLElement) => {
    el.append("alive");
    return () => el.replaceChildren();
  });
  const [first, second, third, other] = [slot("a"), slot("a"), slot("a"), slot("b")];
  document.body.append(first);
  const leave = follow("a", mount);
  const around = document.createElement("section");
  around.append(third);
  document.body.append(second, around, other);
  await settled();
  expect([first, second, third].map((el) => el.textContent)).toEqual(["alive", "alive", "alive"]);
  expect(first.querySelector("iframe")).toBeNull();
  expect(other.querySelector("iframe")).not.toBeNull();
  // Scrolled away and back: the same element again.
  first.remove();
  document.body.append(first);
  await settled();
  expect(mount).toHaveBeenCalledTimes(3);
  leave();
  expect(second.childElementCount + second.textContent!.length).toBe(0);
  document.body.append(slot("a"));
  await settled();
  expect(mount).toHaveBeenCalledTimes(3);
});

it("a model with a slot mounts the panel there, without a view", () => {
  const el = document.body.appendChild(slot("s1"));
  const host = new AbortController();
  widget.initialize({ model: localModel({ ...examplePayload(), slot: "s1" }), signal: host.signal });
  expect(el.querySelector(".glm-panel")).not.toBeNull();
  host.abort();
  expect(el.childElementCount).toBe(0);
});

it("a model without one waits for its view", () => {
  const el = document.body.appendChild(slot(""));
  widget.initialize({ model: localModel(examplePayload()) })();
  expect(el.querySelector(".glm-panel")).toBeNull();
});
