import { expect, it } from "vitest";
import { decode, localModel, mount } from "../src/mod.js";
import { mountAll } from "../src/page.js";
import widget from "../src/widget.js";
import { examplePayload } from "./payload.js";

it("the widget ends by the signal and by the clean-up", () => {
  const model = localModel(examplePayload());
  const el = document.createElement("div");
  const host = new AbortController();
  const dispose = widget.render({ model, el, signal: host.signal });
  expect(el.querySelector(".glm-panel")).not.toBeNull();
  host.abort();
  expect(el.childElementCount).toBe(0);
  dispose();
});

it("the page mounts every payload it holds, once", async () => {
  const { schema, buffer } = examplePayload();
  const payload = JSON.stringify({ schema, buffer: btoa(String.fromCharCode(...buffer)), tab: "data" });
  for (let i = 0; i < 2; i++) {
    const script = Object.assign(document.createElement("script"), { type: "application/json", className: "glm-payload" });
    script.textContent = payload;
    const page = Object.assign(document.createElement("div"), { className: "glm-page" });
    page.append(script);
    document.body.append(page);
  }
  const panels = () => document.querySelectorAll(".glm-page > .glm-panel");
  expect(panels()).toHaveLength(0); // page.ts alone mounts nothing
  await import("../src/page-entry.js");
  expect(panels()).toHaveLength(2);
  mountAll();
  expect(panels()).toHaveLength(2);
});

it("whoever has a payload can mount it, and keep its state", async () => {
  const { schema, buffer } = examplePayload();
  expect(decode(schema, buffer).version).toBe(2);
  const model = localModel({ schema, buffer, tab: "summary" });
  const el = document.createElement("div");
  const dispose = mount(model, el);
  [...el.querySelectorAll<HTMLElement>("[role=tab]")].at(-1)!.click();
  expect(model.get("tab")).toBe("model");
  dispose();
  expect(el.childElementCount).toBe(0);
});
