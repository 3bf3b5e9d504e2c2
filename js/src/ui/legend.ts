import type { Ink, Palette } from "../theme.js";
import { h, s } from "./dom.js";

/** A sample of a mark, beside its name. */
export interface LegendEntry {
  readonly name: string;
  readonly mark: "cross" | "outline" | "ring" | "line" | "band" | "disc";
  readonly ink: Ink;
  readonly dash?: readonly number[];
  readonly width?: number;
}

/** A legend as a list. */
export function legend(entries: readonly LegendEntry[]): HTMLElement {
  const items = entries.map((entry) => h("li", {}, sample(entry), h("span", {}, entry.name)));
  return h("ul", { class: "glm-legend", "aria-label": "Legend" }, ...items);
}

/** Room in a picture for a character of a name, and around a name; and for a line of them. */
const CHARACTER = 6.4;
const GAP = 22;
const LINE = 18;

/** A legend as a part of a picture, in as many lines as its width needs. */
export function drawnLegend(entries: readonly LegendEntry[], palette: Palette, width: number): { readonly els: readonly SVGElement[]; readonly height: number } {
  let [x, y] = [2, 0];
  const els = entries.flatMap((entry) => {
    const mark = sample(entry);
    const wide = Number(mark.getAttribute("width"));
    const all = wide + entry.name.length * CHARACTER + GAP;
    if (x > 2 && x + all > width) [x, y] = [2, y + LINE];
    mark.removeAttribute("style");
    for (const [name, value] of Object.entries({ x, y: y + 3, color: palette[entry.ink] })) mark.setAttribute(name, String(value));
    const name = s("text", { x: x + wide + 5, y: y + 13, fill: palette.text }, entry.name);
    x += all;
    return [mark, name];
  });
  return { els, height: entries.length === 0 ? 0 : y + LINE + 4 };
}

/** Colours go in as variables through the CSSOM: they follow the theme, and a strict CSP allows it. */
function sample({ mark, ink, dash = [], width = 2 }: LegendEntry): SVGSVGElement {
  const line = { stroke: "currentColor", "stroke-width": width, fill: "none" };
  const thin = { ...line, "stroke-width": 1.6 };
  const area = { fill: "currentColor" };
  const shape = {
    cross: () => s("path", { ...thin, d: "M8 3l6 6M14 3l-6 6" }),
    outline: () => s("path", { ...line, "stroke-width": 1, d: "M8 2l3 3 3-3 1 1-3 3 3 3-1 1-3-3-3 3-1-1 3-3-3-3z" }),
    ring: () => s("circle", { ...thin, cx: 11, cy: 6, r: 3.4 }),
    disc: () => s("circle", { ...area, cx: 11, cy: 6, r: 3.6 }),
    band: () => s("rect", { ...line, ...area, x: 1, y: 1, width: 20, height: 10, "stroke-width": 1, "fill-opacity": 0.25 }),
    line: () => s("path", { ...line, "stroke-dasharray": dash.join(" "), d: "M0 6h22" }),
  }[mark]();
  const box = mark === "line" || mark === "band" ? { width: 22, viewBox: "0 0 22 12" } : { width: 10, viewBox: "6 0 10 12" };
  const svg = s("svg", { ...box, height: 12, "aria-hidden": "true" }, shape);
  svg.style.color = `var(--glm-${ink})`;
  return svg;
}
