import { expect, it } from "vitest";
import { TAB_TITLES } from "../../src/state/traits.js";
import { chosenAxis } from "../../src/tabs/fan/answer.js";
import { TABS } from "../../src/tabs/registry.js";
import type { FanAxis } from "../../src/wire.js";

it("has every tab of the table, in its order and under its title", () => {
  expect(TABS.map(({ name, title }) => [name, title])).toEqual(Object.entries(TAB_TITLES));
});

it("chooses the fan's axis by label and x variable", () => {
  const axes = ["x", "x by g", "g"].map((label) => ({ label, x: label[0] }) as FanAxis);
  const chosen = (x: string, label: string) => chosenAxis(axes, x, label).label;
  expect(chosen("", "")).toBe("x");
  expect(chosen("x", "")).toBe("x");
  expect(chosen("x", "x by g")).toBe("x by g");
  expect(chosen("g", "x by g")).toBe("g"); // Data has turned to another variable
  expect(chosen("x by g", "")).toBe("x by g"); // a kernel may name an axis
  expect(chosen("z", "x by g")).toBe("x by g"); // which only Data can draw over
});
