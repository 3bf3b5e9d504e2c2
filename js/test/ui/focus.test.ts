import { afterEach, expect, it } from "vitest";
import { h } from "../../src/ui/dom.js";
import { reveal } from "../../src/ui/focus.js";

afterEach(() => document.body.replaceChildren());

function panel() {
  const [inside, other] = [h("button", {}, "inside"), h("button", {}, "other")];
  const line = h("div", {}, inside);
  const front = h("div", { role: "tabpanel", tabindex: 0 }, other);
  document.body.append(h("div", { class: "glm-panel" }, h("div", { role: "tabpanel", tabindex: 0, hidden: true }), front, line));
  return { inside, other, line, front };
}

it("gives the focus of what is hidden to the tab in front", () => {
  const { inside, line, front } = panel();
  inside.focus();
  reveal(line, false);
  expect([line.hidden, document.activeElement]).toEqual([true, front]);
});

it("leaves the focus where it is otherwise", () => {
  const { inside, other, line } = panel();
  other.focus();
  reveal(line, false);
  expect(document.activeElement).toBe(other);
  reveal(line, true);
  expect(line.hidden).toBe(false);
  inside.focus();
  reveal(line, true);
  expect(document.activeElement).toBe(inside);
});
