import type { Palette } from "../theme.js";
import { s } from "./dom.js";
import { drawnLegend, type LegendEntry } from "./legend.js";

/** A plot as a document of its own. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

/** Pixels of a saved picture per CSS pixel. */
const SCALE = 2;

/** What an SVG looks like without a style sheet; only what differs is written. */
const INITIAL: Readonly<Record<string, string>> = {
  fill: "rgb(0, 0, 0)",
  "fill-opacity": "1",
  stroke: "none",
  "stroke-width": "1px",
  "stroke-dasharray": "none",
  "stroke-opacity": "1",
  opacity: "1",
};
const OF_GROUP = { opacity: "1" };

/** Writes the style of every element of an SVG in the document into its attributes, where other programs look for it. */
export function inline(svg: SVGSVGElement): void {
  const { fontFamily, fontSize } = getComputedStyle(svg.querySelector("text") ?? svg);
  svg.setAttribute("font-family", fontFamily);
  svg.setAttribute("font-size", fontSize);
  const ofText = { fill: INITIAL.fill!, opacity: "1", "font-family": fontFamily, "font-size": fontSize, "font-weight": "400" };
  for (const el of svg.querySelectorAll<SVGElement>("*")) {
    const style = getComputedStyle(el);
    const initial = { g: OF_GROUP, text: ofText, tspan: ofText }[el.tagName] ?? INITIAL;
    for (const [name, otherwise] of Object.entries(initial)) {
      const value = style.getPropertyValue(name);
      if (value !== otherwise && value !== "") el.setAttribute(name, value);
    }
    el.removeAttribute("class");
  }
}

/** What a picture is made of, from the ground up. */
export interface Parts {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The sentence that says what is to be seen. */
  readonly description: string;
  readonly axes: SVGSVGElement;
  readonly layers: readonly SVGGElement[];
  readonly legend: readonly LegendEntry[];
  readonly palette: Palette;
}

/** Puts axes and layers together, and the legend beneath them. */
export function picture({ width, height: above, title, description, axes, layers, legend, palette }: Parts): Picture {
  const key = drawnLegend(legend, palette, width);
  const height = above + key.height;
  const font = given(axes, "font-family", "font-size");
  const svg = s(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
    s("title", {}, title),
    s("desc", {}, description),
    s("rect", { width, height, fill: palette.background }),
    s("g", font, ...axes.childNodes),
    ...layers,
    s("g", { ...font, transform: `translate(0 ${above})` }, ...key.els),
  );
  return { width, height, svg: new XMLSerializer().serializeToString(svg).replace(FORBIDDEN, "") };
}

const given = (el: Element, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, el.getAttribute(name) ?? ""]));

/** Characters that no XML may hold, whatever a column is called. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** The picture in pixels. The address holds it all: the page's policy allows no other. */
export async function png({ svg, width, height }: Picture): Promise<Blob> {
  const image = new Image();
  await new Promise<void>((loaded, failed) => {
    image.onload = () => loaded();
    image.onerror = () => failed(new Error("this page does not let its own picture be drawn"));
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * width;
  canvas.height = SCALE * height;
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("this browser draws no pixels");
  ctx.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((made, failed) =>
    canvas.toBlob((blob) => (blob === null ? failed(new Error("the browser writes no PNG of this size")) : made(blob)), "image/png"),
  );
}
