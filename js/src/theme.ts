import { perFrame } from "./ui/frame.js";
import { media } from "./ui/media.js";

/** The inks of the panel; ink `name` is the CSS variable `--glm-name`, and CSS alone says which colour that is. */
const INKS = ["text", "muted", "background", "point", "fan", "mean", "truth", "error", "selected"] as const;

/** Okabe-Ito colours for chains, levels and strata. */
const SERIES = ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7"] as const;

export type Ink = (typeof INKS)[number] | (typeof SERIES)[number];

/** The colours of this moment, for canvases, which cannot use CSS variables. */
export type Palette = Readonly<Record<Ink, string>>;

/** The panel's theme: the palette of this moment, and word when it changes. */
export interface Theme {
  palette(): Palette;
  follow(signal: AbortSignal, redraw: () => void): void;
  /** Whether the panel is laid out for paper, which is light; everything is drawn before this returns. */
  print(on: boolean): void;
}

/** Dash patterns, so that series differ by more than colour. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [9, 3, 2, 3], [4, 2, 1, 2, 1, 2]];

/** The dash pattern of series `i`. */
export const seriesDash = (i: number): readonly number[] => DASHES[i % DASHES.length]!;

/** The ink of series `i`. */
export const seriesInk = (i: number): Ink => SERIES[i % SERIES.length]!;

/** Attributes whose value is "dark" or "light": Sphinx themes and many pages, Bootstrap and Quarto, Colab. */
const PLAIN = ["data-theme", "data-bs-theme", "theme"];

/** The attributes by which hosts announce light or dark. */
export const ANNOUNCED = ["data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind", "data-vscode-theme-id", "data-md-color-scheme", ...PLAIN, "class"];

/** Keeps `data-glm-theme` of the panel in step with its host, and tells the canvases. */
export function watchTheme(root: HTMLElement, signal: AbortSignal): Theme {
  const redraws = new Set<() => void>();
  const tell = perFrame(signal, () => redraws.forEach((redraw) => redraw()));
  const system = media("(prefers-color-scheme: dark)");

  let printing = false;
  let palette: Palette | null = null;

  const choose = () => {
    palette = null;
    root.dataset.glmTheme = !printing && isDark(root, system?.matches ?? false) ? "dark" : "light";
  };
  const update = () => {
    choose();
    tell();
  };
  update();
  system?.addEventListener("change", update, { signal });
  const observer = new MutationObserver(update);
  for (const target of [document.documentElement, document.body]) {
    observer.observe(target, { attributes: true, attributeFilter: ANNOUNCED });
  }
  signal.addEventListener("abort", () => observer.disconnect());

  return {
    palette: () => (palette ??= readPalette(root)),
    follow(until, redraw) {
      redraws.add(redraw);
      until.addEventListener("abort", () => redraws.delete(redraw));
    },
    print(on) {
      printing = on;
      choose();
      redraws.forEach((redraw) => redraw());
    },
  };
}

/** What the host announces, and else what the operating system prefers. */
export const isDark = (root: Element, systemDark: boolean): boolean => announcedDark(root) ?? systemDark;

/** Asks the hosts in turn, the most specific first; null when none says anything. */
export function announcedDark(root: Element): boolean | null {
  const announced = (name: string) =>
    (root.parentElement?.closest(`[${name}]`) ?? document.body).getAttribute(name) ??
    document.documentElement.getAttribute(name);

  const jupyter = announced("data-jp-theme-light");
  if (jupyter !== null) return jupyter === "false";
  const vscode = announced("data-vscode-theme-kind");
  if (vscode !== null) return vscode === "vscode-dark" || vscode === "vscode-high-contrast";
  const material = announced("data-md-color-scheme");
  if (material === "slate" || material === "default") return material === "slate";
  for (const name of PLAIN) {
    const theme = announced(name);
    if (theme === "dark" || theme === "light") return theme === "dark";
  }
  for (const { classList } of [document.body, document.documentElement]) {
    if (classList.contains("quarto-dark") || classList.contains("dark")) return true;
    if (classList.contains("quarto-light") || classList.contains("light")) return false;
  }
  return null;
}

function readPalette(root: HTMLElement): Palette {
  const style = getComputedStyle(root);
  const colour = (ink: Ink) => style.getPropertyValue(`--glm-${ink}`).trim() || "gray";
  return Object.fromEntries([...INKS, ...SERIES].map((ink) => [ink, colour(ink)])) as Palette;
}
