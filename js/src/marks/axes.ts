import { type Linear, linear } from "../stats/linear.js";
import { type Tick, ticks } from "../stats/ticks.js";
import { s } from "../ui/dom.js";
import type { Surface } from "../ui/plot.js";

/** What an axis spans. A category axis puts level i at i; a hidden one has a scale, and room for other words. */
export type Axis =
  | { readonly kind: "numeric"; readonly label: string; readonly domain: readonly [number, number] }
  | { readonly kind: "category"; readonly label: string; readonly levels: readonly string[] }
  | { readonly kind: "hidden"; readonly domain: readonly [number, number]; readonly room?: readonly [number, number] };

/** From data to CSS pixels, and the box that the data fill. */
export interface Scales {
  readonly x: Linear;
  readonly y: Linear;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pixels for one character of a tick label; a measured width would need the font to be loaded. */
const CHARACTER = 6.4;
const LINE = 15;
/** Room above the box, for the button that saves the plot, and what it takes of the width. */
const HEAD = 18;
const BUTTON = 44;
/** Room for four characters left of the box, so that plots one above the other begin at one line. */
const GUTTER = 40;

/** Fits two scales into the surface, draws their axes as SVG text, and clips all layers to the data's box. */
export function axes(surface: Surface, { x, y }: { readonly x: Axis; readonly y: Axis }): Scales {
  const labelled = (axis: Axis) => axis.kind !== "hidden" && axis.label !== "";
  const top = labelled(y) ? LINE + 8 : HEAD;
  const bottom = surface.height - (x.kind === "hidden" ? 4 : LINE + 6) - (labelled(x) ? LINE : 0);
  const yScale = linear(domain(y), [bottom, top]);
  const yTicks = ticksOf(y, (bottom - top) / 28);
  const longest = Math.max(0, ...yTicks.map(({ text }) => text.length));
  const [before, behind] = (y.kind === "hidden" && y.room) || [0, 0];
  const left = y.kind === "hidden" ? 8 + before : Math.max(GUTTER, Math.min(surface.width / 3, 14 + longest * CHARACTER));
  const right = surface.width - 10 - behind;
  const xScale = linear(domain(x), [left, right]);
  const scales = { x: xScale, y: yScale, left, right, top, bottom };
  const slot = x.kind === "category" ? (right - left) / Math.max(1, x.levels.length) : 78;
  const xTicks = ticksOf(x, (right - left) / slot, Math.max(14, Math.floor(slot / CHARACTER) - 2));

  surface.svg.append(
    ...yTicks.map((tick) => yTick(tick, scales)),
    ...thin(xTicks, xScale).map((tick) => xTick(tick, scales, slot)),
    ...title(x, Infinity, { x: (left + right) / 2, y: surface.height - 4, "text-anchor": "middle" }),
    ...title(y, Math.floor((surface.width - BUTTON) / CHARACTER), { x: 2, y: 11, "text-anchor": "start" }),
  );
  for (const ctx of surface.layers) clip(ctx, scales);
  return scales;
}

const domain = (axis: Axis): readonly [number, number] => axis.kind === "category" ? [-0.5, Math.max(1, axis.levels.length) - 0.5] : axis.domain;

/** At most about `room` ticks; names of levels are cut to `characters`. */
function ticksOf(axis: Axis, room: number, characters = 14): Tick[] {
  switch (axis.kind) {
    case "hidden":
      return [];
    case "category":
      return axis.levels.map((level, at) => ({ at, text: shorten(level, characters) }));
    case "numeric":
      return ticks(axis.domain, Math.max(2, Math.min(9, Math.floor(room))));
  }
}

/** Leaves out every k-th label until neighbours no longer touch. */
function thin(labels: readonly Tick[], scale: Linear): readonly Tick[] {
  if (labels.length < 2) return labels;
  const widest = Math.max(...labels.map(({ text }) => text.length)) * CHARACTER + 8;
  const step = Math.abs(scale(labels[1]!.at) - scale(labels[0]!.at));
  const every = Math.max(1, Math.ceil(widest / step));
  return labels.filter((_, i) => i % every === 0);
}

function shorten(label: string, limit: number): string {
  const characters = [...label.replace(/\s+/g, " ")];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : characters.join("");
}

function xTick({ at, text }: Tick, { x, top, bottom, left, right }: Scales, slot: number): SVGElement {
  const px = x(at);
  const half = (text.length * CHARACTER) / 2;
  const anchor = px - half < left - 14 && slot > 60 ? "start" : px + half > right + 10 ? "end" : "middle";
  return s(
    "g",
    {},
    s("line", { class: "glm-grid", x1: px, x2: px, y1: top, y2: bottom }),
    s("text", { x: anchor === "middle" ? Math.max(px, half) : px, y: bottom + LINE, "text-anchor": anchor }, text),
  );
}

function yTick({ at, text }: Tick, { y, left, right }: Scales): SVGElement {
  const py = y(at);
  return s(
    "g",
    {},
    s("line", { class: "glm-grid", x1: left, x2: right, y1: py, y2: py }),
    s("text", { x: left - 6, y: py + 4, "text-anchor": "end" }, text),
  );
}

function title(axis: Axis, characters: number, place: Readonly<Record<string, string | number>>): SVGElement[] {
  if (axis.kind === "hidden" || axis.label === "") return [];
  return [s("text", { ...place, class: "glm-axis-title" }, shorten(axis.label, characters))];
}

/** A new size has reset the context, so this is the only clip on it. */
function clip(ctx: CanvasRenderingContext2D, { left, right, top, bottom }: Scales): void {
  ctx.beginPath();
  ctx.rect(left - 1, top - 1, right - left + 2, bottom - top + 2);
  ctx.clip();
}
