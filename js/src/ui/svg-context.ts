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

/** A context to draw on once. The names of its clips begin with `name`, which no other layer of the picture has. */
export function recording(name: string): Recording {
  const el = s("g", {});
  // A mark that uses more than `Used` meets an error here, as no property can be added to the recorder.
  return { ctx: new Recorder(el, name) as Used as CanvasRenderingContext2D, el };
}

const PEN = { strokeStyle: "#000", fillStyle: "#000", globalAlpha: 1, lineWidth: 1, lineJoin: "miter", lineCap: "butt" } as const;

/** Writes paths with coordinates rounded to a tenth of a pixel; those that look the same share a group. */
class Recorder implements Used {
  readonly canvas = document.createElement("canvas"); // holds nothing
  strokeStyle: string = PEN.strokeStyle;
  fillStyle: string = PEN.fillStyle;
  globalAlpha: number = PEN.globalAlpha;
  lineWidth: number = PEN.lineWidth;
  lineJoin: CanvasLineJoin = PEN.lineJoin;
  lineCap: CanvasLineCap = PEN.lineCap;

  readonly #el: SVGGElement;
  readonly #name: string;
  readonly #saved: (() => void)[] = [];
  #dash: readonly number[] = [];
  #path = "";
  #clip: string | null = null;
  #clips = 0;
  #group: { readonly key: string; readonly el: SVGGElement } | null = null;

  constructor(el: SVGGElement, name: string) {
    this.#el = el;
    this.#name = name;
    Object.preventExtensions(this);
  }

  save(): void {
    const { strokeStyle, fillStyle, globalAlpha, lineWidth, lineJoin, lineCap } = this;
    const [dash, clip] = [this.#dash, this.#clip];
    this.#saved.push(() => {
      Object.assign(this, { strokeStyle, fillStyle, globalAlpha, lineWidth, lineJoin, lineCap });
      this.#dash = dash;
      this.#clip = clip;
    });
  }

  restore(): void {
    this.#saved.pop()?.();
  }

  /** Everything: whoever clears a layer clears all of it. The clips stay, as they would. */
  clearRect(): void {
    for (const child of [...this.#el.children]) if (child.tagName === "g") child.remove();
    this.#group = null;
  }

  /** Whoever clears a layer by its device pixels says so first; nothing else changes the scale. */
  setTransform(...to: unknown[]): void {
    if (String(to) !== "1,0,0,1,0,0") throw new Error("A plot that is saved has no transforms.");
  }

  setLineDash(dash: readonly number[]): void {
    this.#dash = [...dash];
  }

  beginPath(): void {
    this.#path = "";
  }

  closePath(): void {
    if (this.#path !== "") this.#path += "Z";
  }

  moveTo(x: number, y: number): void {
    this.#to("M", x, y);
  }

  lineTo(x: number, y: number): void {
    this.#to(this.#path === "" ? "M" : "L", x, y);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${tenth(x)} ${tenth(y)}h${tenth(width)}v${tenth(height)}h${tenth(-width)}Z`;
  }

  arc(x: number, y: number, radius: number, from: number, to: number): void {
    const at = (angle: number) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
    const sweep = Math.min(2 * Math.PI, to - from);
    this.lineTo(...at(from));
    // One arc of SVG cannot be a circle: its ends would be one point.
    for (const angle of [from + sweep / 2, from + sweep]) {
      const [px, py] = at(angle);
      this.#path += `A${tenth(radius)} ${tenth(radius)} 0 0 1 ${tenth(px)} ${tenth(py)}`;
    }
  }

  clip(): void {
    const id = `${this.#name}-clip-${this.#clips++}`;
    const outer = this.#clip === null ? {} : { "clip-path": `url(#${this.#clip})` };
    this.#el.append(s("clipPath", { id, ...outer }, s("path", { d: this.#path })));
    this.#clip = id;
  }

  stroke(): void {
    const style = { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-opacity": this.globalAlpha };
    const ends = { "stroke-linejoin": this.lineJoin, "stroke-linecap": this.lineCap, "stroke-dasharray": this.#dash.join(" ") };
    this.#draw({ fill: "none", ...style, ...ends });
  }

  fill(): void {
    this.#draw({ fill: this.fillStyle, "fill-opacity": this.globalAlpha });
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const before = this.#path;
    this.#path = "";
    this.rect(x, y, width, height);
    this.fill();
    this.#path = before;
  }

  /** A canvas takes no notice of a point that is nowhere. */
  #to(command: "M" | "L", x: number, y: number): void {
    if (Number.isFinite(x) && Number.isFinite(y)) this.#path += `${command}${tenth(x)} ${tenth(y)}`;
  }

  #draw(style: Readonly<Record<string, string | number>>): void {
    if (this.#path === "") return;
    const told = Object.entries(style).filter(([name, value]) => INITIAL[name] !== value);
    const key = JSON.stringify([this.#clip, told]);
    if (this.#group?.key !== key) {
      const clip = this.#clip === null ? {} : { "clip-path": `url(#${this.#clip})` };
      this.#group = { key, el: s("g", { ...Object.fromEntries(told), ...clip }) };
      this.#el.append(this.#group.el);
    }
    this.#group.el.append(s("path", { d: this.#path }));
  }
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

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
