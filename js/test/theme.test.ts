import { afterEach, expect, it } from "vitest";
import { isDark } from "../src/theme.js";

afterEach(() => {
  for (const { attributes } of [document.body, document.documentElement]) {
    for (const { name } of [...attributes]) [document.body, document.documentElement].forEach((e) => e.removeAttribute(name));
  }
});

const panel = () => document.body.appendChild(document.createElement("div"));

it("asks JupyterLab first, then VS Code, then the page, then the operating system", () => {
  expect(isDark(panel(), true)).toBe(true);
  document.documentElement.className = "quarto-light";
  expect(isDark(panel(), true)).toBe(false);
  document.documentElement.dataset.theme = "dark";
  expect(isDark(panel(), false)).toBe(true);
  document.body.dataset.vscodeThemeKind = "vscode-light";
  expect(isDark(panel(), true)).toBe(false);
  document.body.dataset.jpThemeLight = "false";
  expect(isDark(panel(), false)).toBe(true);
});

it("believes the nearest ancestor that announces a theme", () => {
  document.body.dataset.theme = "light";
  const island = panel();
  island.dataset.theme = "dark";
  expect(isDark(island.appendChild(document.createElement("div")), false)).toBe(true);
});
