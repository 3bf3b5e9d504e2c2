import type { Palette } from "../theme.js";
import type { Stage } from "../stage.js";
import { h, s } from "./dom.js";
import { isOnPaper, PAPER_DPR } from "./paper.js";
import { observeSize } from "./size.js";

/** Where a plot is drawn: an SVG with grid, ticks and labels, and stacked canvases above it for the marks. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel; canvases are already scaled by it. */
  readonly dpr: number;
  /** One context per layer, the lowest first, cleared. */
  readonly layers: readonly CanvasRenderingContext2D[];
  readonly svg: SVGSVGElement;
  readonly palette: Palette;
}

/** What a plot needs to be drawn at any size. */
export interface PlotOptions {
  readonly layers?: number;
  /** The top layer is for what is pointed at: it may be empty. */
  readonly overlay?: boolean;
  /** When a redraw that is due is done; at once, unless the plot says otherwise. */
  readonly when?: (redraw: () => void) => void;
  /** CSS pixels for the width at hand. */
  readonly height: (width: number) => number;
  readonly draw: (surface: Surface) => void;
}

/** A plot in the document. */
export interface Plot {
  readonly el: HTMLElement;
  /** Draws everything again; nothing happens while the plot has no size. */
  redraw(): void;
  /** Lets the memory of its canvases go, until it is drawn again. */
  release(): void;
  /** The sentence a screen reader says in place of the picture. */
  describe(sentence: string): void;
}

/**
 * A plot that draws itself when it first gets a size and again when its size or the theme changes.
 * So a panel in a hidden tab or a detached node costs nothing and appears when it is shown.
 */
export function plot(stage: Stage, { layers = 1, overlay = false, when = (job) => job(), height, draw }: PlotOptions): Plot {
  const canvases = Array.from({ length: layers }, () => h("canvas", { class: "glm-canvas", "aria-hidden": "true" }));
  const top = canvases[layers - 1]!;
  top.setAttribute("role", "img");
  top.removeAttribute("aria-hidden");
  if (overlay) top.classList.add("glm-overlay");
  const svg = s("svg", { class: "glm-axes", "aria-hidden": "true" });
  const el = h("div", { class: "glm-plot" }, svg, ...canvases);
  let drawnWidth = 0;

  const redraw = () => when(drawAll);
  const drawAll = () => {
    const width = el.clientWidth;
    drawnWidth = width;
    if (width === 0 || stage.signal.aborted) return;
    const screen = globalThis.devicePixelRatio || 1;
    const size = { width, height: Math.round(height(width)), dpr: isOnPaper(el) ? Math.max(PAPER_DPR, screen) : screen };
    el.style.height = `${size.height}px`;
    el.style.aspectRatio = `${size.width} / ${size.height}`;
    svg.setAttribute("width", String(size.width));
    svg.setAttribute("height", String(size.height));
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    svg.replaceChildren();
    const contexts = canvases.map((canvas) => resize(canvas, size)).filter((ctx) => ctx !== null);
    if (contexts.length === layers) draw({ ...size, layers: contexts, svg, palette: stage.theme.palette() });
  };

  observeSize(el, stage.signal, () => {
    // What is drawn for paper is scaled to the paper.
    if (el.clientWidth !== drawnWidth && !isOnPaper(el)) redraw();
  });
  stage.theme.follow(stage.signal, redraw);
  const release = () => canvases.forEach((canvas) => void (canvas.width = canvas.height = 0));
  return { el, redraw, release, describe: (sentence) => top.setAttribute("aria-label", sentence) };
}

/** Sizes a canvas to whole device pixels, which also clears it. Null where there is no canvas (jsdom). */
function resize(
  canvas: HTMLCanvasElement,
  { width, height, dpr }: { width: number; height: number; dpr: number },
): CanvasRenderingContext2D | null {
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(height * dpr);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(dpr, 0, 0, dpr, 0, 0);
  return ctx;
}
