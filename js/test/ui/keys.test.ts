import { expect, it } from "vitest";
import { h } from "../../src/ui/dom.js";
import { keepKeys } from "../../src/ui/keys.js";

/** The keys that JupyterLab's shortcuts may take when they are pressed in a control of a panel. */
function free(tag: "input" | "textarea", keys: readonly KeyboardEventInit[]): string[] {
  const control: HTMLElement = h(tag);
  const root = h("div", {}, control);
  document.body.append(root);
  const panel = new AbortController();
  keepKeys(root, panel.signal);
  const taken: string[] = [];
  control.addEventListener("keydown", ({ key }: KeyboardEvent) => {
    if (!control.hasAttribute("data-lm-suppress-shortcuts")) taken.push(key);
  });
  for (const key of keys) control.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true }));
  panel.abort();
  return taken;
}

it("keeps what a control needs, and lets the host save, run and be returned to", () => {
  const keys = [{ key: "ArrowDown" }, { key: "d" }, { key: "s", ctrlKey: true }, { key: "Enter", shiftKey: true }, { key: "Escape" }];
  expect(free("input", keys)).toEqual(["s", "Enter", "Escape"]);
  expect(free("textarea", [{ key: "a", ctrlKey: true }, { key: "Escape" }])).toEqual(["Escape"]);
});

it("keeps Escape from the host where the panel has used it", () => {
  const control = h("input");
  const root = h("div", {}, control);
  document.body.append(root);
  const panel = new AbortController();
  let selected = true;
  keepKeys(root, panel.signal, () => {
    const used = selected;
    selected = false;
    return used;
  });
  const suppressed = () => {
    control.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    return control.hasAttribute("data-lm-suppress-shortcuts");
  };
  expect([suppressed(), suppressed()]).toEqual([true, false]);
  panel.abort();
});

it("keeps Escape from host and panel where it closes a menu", () => {
  const item = h("button");
  const root = h("div", {}, h("div", { role: "menu" }, item));
  document.body.append(root);
  const panel = new AbortController();
  let asked = false;
  keepKeys(root, panel.signal, () => (asked = true));
  item.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect([item.hasAttribute("data-lm-suppress-shortcuts"), asked]).toEqual([true, false]);
  panel.abort();
});
