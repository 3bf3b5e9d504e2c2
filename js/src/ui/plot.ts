import type { Palette } from "../theme.js";
import type { Stage } from "../stage.js";
import { h, s } from "./dom.js";
import { isOnPaper, PAPER_DPR } from "./paper.js";
import { inline, picture, type Picture } from "./picture.js";
import { saveMenu, type Saved } from "./save.js";
import { observeSize } from "./size.js";
import { recording } from "./svg-context.js";

/** Where a plot is drawn: an SVG with grid, ticks and labels, and stacked canvases above it for the marks. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel; canvases are already scaled by it. */
  readonly dpr: number;
  /** As a share of those that the screen has; less than 1 in a coarse picture. */
  readonly resolution: number;
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
  /** Whether one device pixel per CSS pixel is enough at the moment. */
  readonly coarse?: () => boolean;
  /** CSS pixels for the width at hand. */
  readonly height: (width: number) => number;
  /** Everything that is to be seen: a plot is saved by being drawn once more, on other layers. */
  readonly draw: (surface: Surface) => void;
  /** How it is saved; null for a part of another plot. */
  readonly saved: Saved | null;
}

/** A plot in the document. */
export interface Plot {
  /** Its origin is that of the surface. */
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
export function plot(stage: Stage, { layers = 1, overlay = false, when = (job) => job(), coarse = () => false, height, draw, saved }: PlotOptions): Plot {
  const canvases = Array.from({ length: layers }, () => h("canvas", { class: "glm-canvas", "aria-hidden": "true" }));
  const top = canvases[layers - 1]!;
  top.setAttribute("role", "img");
  top.removeAttribute("aria-hidden");
  if (overlay) top.classList.add("glm-overlay");
  const svg = axesOf();
  const el = h("div", { class: "glm-plot" }, svg, ...canvases);
  let drawnWidth = 0;
  /** As it was seen when it changed last: asking for it while a frame is made costs another layout. */
  let seenWidth: number | null = null;

  const redraw = () => when(drawAll);
  const drawAll = () => {
    save?.rename();
    const width = isOnPaper(el) ? el.clientWidth : (seenWidth ?? el.clientWidth);
    drawnWidth = width;
    if (width === 0 || stage.signal.aborted) return;
    const screen = globalThis.devicePixelRatio || 1;
    const dpr = isOnPaper(el) ? Math.max(PAPER_DPR, screen) : coarse() ? Math.min(1, screen) : screen;
    const size = { width, height: Math.round(height(width)), dpr, resolution: Math.min(1, dpr / screen) };
    if (svg.getAttribute("viewBox") !== viewBox(size)) {
      el.style.height = `${size.height}px`;
      el.style.aspectRatio = `${size.width} / ${size.height}`;
      give(svg, size);
    }
    const contexts = canvases.map((canvas) => resize(canvas, size)).filter((ctx) => ctx !== null);
    if (contexts.length < layers) return;
    const fresh = svg.cloneNode() as SVGSVGElement;
    draw({ ...size, layers: contexts, svg: fresh, palette: stage.theme.palette() });
    if (!fresh.isEqualNode(svg)) svg.replaceChildren(...fresh.childNodes); // axes that stay cost no layout
  };

  /** What draws may keep where it has drawn, so the plot in the document is drawn again after. */
  const record = (): Picture => {
    const size = { width: el.clientWidth, height: Math.round(height(el.clientWidth)) };
    const axes = axesOf();
    give(axes, size);
    axes.style.visibility = "hidden";
    el.prepend(axes); // in the document it has its style
    const marks = Array.from({ length: layers }, (_, i) => recording(`layer-${i}`));
    const palette = stage.theme.palette();
    try {
      draw({ ...size, dpr: 1, resolution: 1, layers: marks.map(({ ctx }) => ctx), svg: axes, palette });
      inline(axes);
    } finally {
      axes.remove();
      drawAll();
    }
    const words = { title: stage.fit.title, description: top.getAttribute("aria-label") ?? "" };
    return picture({ ...size, ...words, palette, legend: saved?.legend() ?? [], axes, layers: marks.map((layer) => layer.el) });
  };

  const save = saved === null ? null : saveMenu(stage, saved, record);
  observeSize(el, stage.signal, () => {
    seenWidth = el.clientWidth;
    // What is drawn for paper is scaled to the paper.
    if (seenWidth !== drawnWidth && !isOnPaper(el)) redraw();
  });
  stage.theme.follow(stage.signal, redraw);
  const figure = h("div", { class: "glm-figure" }, el, ...(save === null ? [] : [save.el, save.said]));
  const release = () => canvases.forEach((canvas) => void (canvas.width = canvas.height = 0));
  return { el: figure, redraw, release, describe: (sentence) => top.setAttribute("aria-label", sentence) };
}

const axesOf = (): SVGSVGElement => s("svg", { class: "glm-axes", "aria-hidden": "true" });

function give(svg: SVGSVGElement, { width, height }: { readonly width: number; readonly height: number }): void {
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", viewBox({ width, height }));
}

const viewBox = ({ width, height }: { readonly width: number; readonly height: number }): string => `0 0 ${width} ${height}`;

/** Sizes a canvas to whole device pixels, and clears it. Null where there is no canvas (jsdom). */
function resize(
  canvas: HTMLCanvasElement,
  { width, height, dpr }: { width: number; height: number; dpr: number },
): CanvasRenderingContext2D | null {
  const ctx = canvas.getContext("2d");
  const [wide, high] = [Math.round(width * dpr), Math.round(height * dpr)];
  if (canvas.width === wide && canvas.height === high) ctx?.reset(); // a new size takes new memory
  else {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  ctx?.setTransform(dpr, 0, 0, dpr, 0, 0);
  return ctx;
}
