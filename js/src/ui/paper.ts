import type { Theme } from "../theme.js";
import { media } from "./media.js";

/** CSS pixels: the text of a figure of this width has its own size on A4 and on Letter, whatever the screen was. */
const WIDTH = "680px";

/** Device pixels per CSS pixel on paper, where a screen's one would be coarse. */
export const PAPER_DPR = 2;

/** On a window: asks its panels to lay themselves out for paper, or back. */
export const PRINT = "glm-print";
/** On a window: a panel has done so. */
export const LAID_OUT = "glm-laid-out";

/** All tabs one after another, or the one in front, where a frame cannot grow before it is printed. */
type Layout = "all" | "front" | null;

/** A panel's way to paper. */
export interface Paper {
  /** Calls `build` before all tabs are laid out for paper, until `signal` aborts. */
  prepare(signal: AbortSignal, build: () => void): void;
}

/** Whether an element is in a panel that is laid out for paper. */
export const isOnPaper = (el: Element): boolean => el.closest("[data-glm-paper]") !== null;

/**
 * Lays a panel out for paper before it is printed, and back: all tabs one after another, light, without controls.
 * The style sheet does what it can; figures have to be drawn, and at once: nothing that waits for a frame is printed.
 */
export function onPaper(root: HTMLElement, theme: Theme, signal: AbortSignal): Paper {
  const builders = new Set<() => void>();
  let laid: Layout = null;

  const lay = (layout: Layout) => {
    if (layout === laid) return;
    laid = layout;
    if (layout === "all") builders.forEach((build) => build());
    if (layout === null) delete root.dataset.glmPaper;
    else root.dataset.glmPaper = layout;
    root.style.width = layout === null ? "" : WIDTH;
    theme.print(layout !== null);
    root.style.width = "";
    window.dispatchEvent(new Event(LAID_OUT));
  };

  const print = media("print");
  const shownAsPrint = () => (print?.matches ? "all" : null);
  const follow = () => lay(shownAsPrint());
  const on = (target: EventTarget | null, type: string, listener: (event: Event) => void) => target?.addEventListener(type, listener, { signal });
  on(print, "change", follow);
  on(window, "beforeprint", () => lay(laid ?? (window.parent === window ? "all" : "front")));
  on(window, "afterprint", follow);
  on(window, PRINT, (event) => lay((event as CustomEvent<boolean>).detail ? "all" : null));

  return {
    prepare(until, build) {
      builders.add(build);
      until.addEventListener("abort", () => builders.delete(build));
      if (shownAsPrint() === null) return;
      // A panel that is made while paper is shown is laid out once it is in the document.
      setTimeout(() => {
        if (until.aborted) return;
        laid = null;
        lay("all");
      });
    },
  };
}
