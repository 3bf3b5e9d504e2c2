import { afterEach, expect, it, vi } from "vitest";
import { announcedDark, isDark, watchTheme } from "../src/theme.js";

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

it.each([
  ["data-theme", "dark", "light"],
  ["data-md-color-scheme", "slate", "default"],
  ["data-bs-theme", "dark", "light"],
  ["data-jp-theme-light", "false", "true"],
  ["data-vscode-theme-kind", "vscode-high-contrast", "vscode-high-contrast-light"],
  ["theme", "dark", "light"],
  ["class", "quarto-dark", "quarto-light"],
])("reads %s on body and on html", (name, dark, light) => {
  for (const el of [document.body, document.documentElement]) {
    el.setAttribute(name, dark);
    expect(isDark(panel(), false)).toBe(true);
    el.setAttribute(name, light);
    expect(isDark(panel(), true)).toBe(false);
    el.removeAttribute(name);
  }
});

it("leaves to the operating system what is left to it", () => {
  document.documentElement.dataset.theme = "auto";
  document.documentElement.dataset.mdColorScheme = "preference";
  expect(announcedDark(panel())).toBeNull();
  expect(isDark(panel(), true)).toBe(true);
});

it("tells of a change while the panel is open, and is light while it is printed", async () => {
  vi.stubGlobal("matchMedia", undefined);
  const root = panel();
  const ends = new AbortController();
  const theme = watchTheme(root, ends.signal);
  const redraw = vi.fn();
  theme.follow(ends.signal, redraw);
  document.body.dataset.mdColorScheme = "slate";
  await new Promise((resolve) => setTimeout(resolve));
  expect(root.dataset.glmTheme).toBe("dark");
  redraw.mockClear();
  theme.print(true);
  expect(root.dataset.glmTheme).toBe("light");
  expect(redraw).toHaveBeenCalledTimes(1); // before print returns: what waits for a frame is not printed
  theme.print(false);
  expect(root.dataset.glmTheme).toBe("dark");
  ends.abort();
});

it("believes the nearest ancestor that announces a theme", () => {
  document.body.dataset.theme = "light";
  const island = panel();
  island.dataset.theme = "dark";
  expect(isDark(island.appendChild(document.createElement("div")), false)).toBe(true);
});

it("reads the colours again when another theme comes, of the same lightness too, and only then", async () => {
  vi.stubGlobal("matchMedia", undefined);
  const root = panel();
  const ends = new AbortController();
  const theme = watchTheme(root, ends.signal);
  root.style.setProperty("--glm-text", "red");
  expect(theme.palette().text).toBe("red");
  root.style.setProperty("--glm-text", "blue");
  expect(theme.palette().text).toBe("red"); // in every frame while a slider is dragged, it costs a layout of styles
  for (const [name, value, colour] of [["jpThemeName", "JupyterLab Dark High Contrast", "blue"], ["vscodeThemeId", "Monokai", "green"]] as const) {
    root.style.setProperty("--glm-text", colour);
    document.body.dataset[name] = value;
    await new Promise((resolve) => setTimeout(resolve));
    expect(theme.palette().text).toBe(colour);
  }
  ends.abort();
  vi.unstubAllGlobals();
});
