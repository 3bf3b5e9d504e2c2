import { s } from "./dom.js";

/** What of a canvas the marks use. */
type Used = Pick<
  CanvasRenderingContext2D,
  | "canvas" | "save" | "restore" | "clip" | "clearRect" | "setTransform"
  | "beginPath" | "closePath" | "moveTo" | "lineTo" | "rect" | "arc" | "stroke" | "fill" | "fillRect"
  | "strokeStyle" | "fillStyle" | "globalAlpha" | "lineWidth" | "lineJoin" | "lineCap" | "setLineDash"
>;

/** A layer of a plot that keeps what is drawn on it as SVG. */
export interface Recording {
  readonly ctx: CanvasRenderingContext2D;
  readonly el: SVGGElement;
}

const PEN = { strokeStyle: "#000", fillStyle: "#000", globalAlpha: 1, lineWidth: 1, lineJoin: "miter", lineCap: "butt" } as const;

/**
 * A context to draw on once, which writes paths with coordinates rounded to a tenth of a pixel; those that look the same share
 * a group. The names of its clips begin with `name`, which no other layer of the picture has.
 */
export function recording(name: string): Recording {
  const el = s("g", {});
  const saved: (() => void)[] = [];
  let dash: readonly number[] = [];
  let path = "";
  let clip: string | null = null;
  let clips = 0;
  let group: { readonly key: string; readonly el: SVGGElement } | null = null;

  const clipped = (): Readonly<Record<string, string>> => (clip === null ? {} : { "clip-path": `url(#${clip})` });

  /** A canvas takes no notice of a point that is nowhere. */
  const to = (command: "M" | "L", x: number, y: number) => {
    if (Number.isFinite(x) && Number.isFinite(y)) path += `${command}${tenth(x)} ${tenth(y)}`;
  };

  const draw = (style: Readonly<Record<string, string | number>>) => {
    if (path === "") return;
    const told = Object.entries(style).filter(([name, value]) => INITIAL[name] !== value);
    const key = JSON.stringify([clip, told]);
    if (group?.key !== key) {
      group = { key, el: s("g", { ...Object.fromEntries(told), ...clipped() }) };
      el.append(group.el);
    }
    group.el.append(s("path", { d: path }));
  };

  const ctx: Used = {
    canvas: document.createElement("canvas"), // holds nothing
    ...(PEN as Pick<Used, keyof typeof PEN>),
    save() {
      const { strokeStyle, fillStyle, globalAlpha, lineWidth, lineJoin, lineCap } = ctx;
      const before = [dash, clip] as const;
      saved.push(() => {
        Object.assign(ctx, { strokeStyle, fillStyle, globalAlpha, lineWidth, lineJoin, lineCap });
        [dash, clip] = before;
      });
    },
    restore: () => saved.pop()?.(),
    /** Everything: whoever clears a layer clears all of it. The clips stay, as they would. */
    clearRect() {
      for (const child of [...el.children]) if (child.tagName === "g") child.remove();
      group = null;
    },
    /** Whoever clears a layer by its device pixels says so first; nothing else changes the scale. */
    setTransform(...to: unknown[]) {
      if (String(to) !== "1,0,0,1,0,0") throw new Error("A plot that is saved has no transforms.");
    },
    setLineDash: (to: readonly number[]) => void (dash = [...to]),
    beginPath: () => void (path = ""),
    closePath() {
      if (path !== "") path += "Z";
    },
    moveTo: (x, y) => to("M", x, y),
    lineTo: (x, y) => to(path === "" ? "M" : "L", x, y),
    rect(x, y, width, height) {
      path += `M${tenth(x)} ${tenth(y)}h${tenth(width)}v${tenth(height)}h${tenth(-width)}Z`;
    },
    arc(x, y, radius, from, to) {
      const at = (angle: number) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
      const sweep = Math.min(2 * Math.PI, to - from);
      ctx.lineTo(...at(from));
      // One arc of SVG cannot be a circle: its ends would be one point.
      for (const angle of [from + sweep / 2, from + sweep]) path += `A${tenth(radius)} ${tenth(radius)} 0 0 1 ${at(angle).map(tenth).join(" ")}`;
    },
    clip() {
      const id = `${name}-clip-${clips++}`;
      el.append(s("clipPath", { id, ...clipped() }, s("path", { d: path })));
      clip = id;
    },
    stroke() {
      const style = { stroke: String(ctx.strokeStyle), "stroke-width": ctx.lineWidth, "stroke-opacity": ctx.globalAlpha };
      draw({ fill: "none", ...style, "stroke-linejoin": ctx.lineJoin, "stroke-linecap": ctx.lineCap, "stroke-dasharray": dash.join(" ") });
    },
    fill: () => draw({ fill: String(ctx.fillStyle), "fill-opacity": ctx.globalAlpha }),
    fillRect(x, y, width, height) {
      const before = path;
      path = "";
      ctx.rect(x, y, width, height);
      ctx.fill();
      path = before;
    },
  };
  // A mark that uses more than `Used` meets an error here, as no property can be added to the recorder.
  return { ctx: Object.preventExtensions(ctx) as CanvasRenderingContext2D, el };
}

/** What SVG means where an attribute is missing. */
const INITIAL: Readonly<Record<string, string | number>> = {
  "fill-opacity": 1,
  "stroke-opacity": 1,
  "stroke-width": 1,
  "stroke-linejoin": "miter",
  "stroke-linecap": "butt",
  "stroke-dasharray": "",
};

const tenth = (value: number): number => Math.round(value * 10) / 10;
