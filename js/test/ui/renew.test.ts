import { afterEach, expect, it } from "vitest";
import { arrange, h } from "../../src/ui/dom.js";
import { renew } from "../../src/ui/renew.js";

afterEach(() => document.body.replaceChildren());

const list = (...children: Node[]) => document.body.appendChild(h("div", {}, ...children));
const fold = (title: string, text: string) => h("details", {}, h("summary", {}, title), text);

it("touches nothing where old and new are alike", () => {
  const button = h("button", {}, "Copy");
  const el = list(button);
  renew(el, [h("button", {}, "Copy")]);
  expect(el.firstChild).toBe(button);
});

it("leaves open what is open, by its title and its number among equals", () => {
  const el = list(fold("Details", "a"), fold("Details", "b"), fold("More", "c"));
  el.querySelectorAll("details")[1]!.open = true;
  renew(el, [fold("More", "c"), fold("Details", "a2"), fold("Details", "b2")]);
  expect([...el.querySelectorAll("details")].map(({ open }) => open)).toEqual([false, false, true]);
});

it("gives the focus to what has the same name", () => {
  const el = list(h("button", {}, "Copy"), h("button", { "aria-label": "Copy 2" }, "Copy"));
  el.querySelectorAll("button")[1]!.focus();
  renew(el, [h("button", { "aria-label": "Copy 2" }, "Copy"), h("p", {}, "new")]);
  expect(document.activeElement).toBe(el.querySelector("button"));
});

it("lets the focus go with what has gone", () => {
  const el = list(h("button", {}, "Copy"));
  el.querySelector("button")!.focus();
  renew(el, [h("p", {}, "new")]);
  expect(document.activeElement).toBe(document.body);
});

it("arranges children without moving those that are in place", () => {
  const [a, b, c] = [h("input"), h("p"), h("p")];
  const el = list(a, b);
  a.focus();
  arrange(el, [a, null, c]);
  expect([...el.children]).toEqual([a, c]);
  expect(document.activeElement).toBe(a);
});
