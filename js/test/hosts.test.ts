import { expect, it } from "vitest";
import { localModel } from "../src/state/model.js";
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
  await import("../src/page.js");
  expect(document.querySelectorAll(".glm-page > .glm-panel")).toHaveLength(2);
});
