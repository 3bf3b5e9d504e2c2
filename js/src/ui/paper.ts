import type { Theme } from "../theme.js";

/** CSS pixels: the text of a figure of this width has its own size on A4 and on Letter, whatever the screen was. */
const WIDTH = "680px";

/** Device pixels per CSS pixel on paper, where a screen's one would be coarse. */
export const PAPER_DPR = 2;

/** A panel's way to paper. */
export interface Paper {
  /** Calls `build` before anything is laid out for paper, until `signal` aborts. */
  prepare(signal: AbortSignal, build: () => void): void;
}

/** Whether an element stands in a panel that is laid out for paper. */
export function isOnPaper(el: Element): boolean {
  return el.closest("[data-glm-paper]") !== null;
}

/**
 * Lays a panel out for paper before it is printed, and back: all tabs one after another, light, without controls.
 * The style sheet does what it can; figures have to be drawn, and at once: nothing that waits for a frame is printed.
 */
export function onPaper(root: HTMLElement, theme: Theme, signal: AbortSignal): Paper {
  const builders = new Set<() => void>();
  const lay = (printing: boolean) => {
    if (printing === isOnPaper(root)) return;
    if (printing) builders.forEach((build) => build());
    root.toggleAttribute("data-glm-paper", printing);
    root.style.width = printing ? WIDTH : "";
    theme.print(printing);
    root.style.width = "";
  };

  const media = typeof matchMedia === "function" ? matchMedia("print") : null;
  // A browser that prints fires the events; one that only shows what would be printed changes the medium.
  window.addEventListener("beforeprint", () => lay(true), { signal });
  window.addEventListener("afterprint", () => lay(media?.matches ?? false), { signal });
  media?.addEventListener("change", ({ matches }) => lay(matches), { signal });

  return {
    prepare(until, build) {
      builders.add(build);
      until.addEventListener("abort", () => builders.delete(build));
      if (!(media?.matches ?? false)) return;
      // A panel that is made while paper is shown is laid out once it stands in the document.
      requestAnimationFrame(() => {
        if (until.aborted) return;
        root.removeAttribute("data-glm-paper");
        lay(true);
      });
    },
  };
}
