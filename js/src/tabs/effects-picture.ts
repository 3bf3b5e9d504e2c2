import { axes, type Scales } from "../marks/axes.js";
import { span } from "../marks/density.js";
import { curve } from "../marks/curve.js";
import { eye } from "../marks/eye.js";
import { clear, lit } from "../marks/lit.js";
import { bar } from "../marks/pen.js";
import { threshold as thresholdMark } from "../marks/threshold.js";
import type { Brush } from "../state/selection.js";
import { linear } from "../stats/linear.js";
import { s } from "../ui/dom.js";
import type { Surface } from "../ui/plot.js";
import type { Row } from "./effects-told.js";
import { GHOST, GHOST_DASH } from "./ghost.js";

/** What the picture shows at this moment. */
export interface EffectsPicture {
  readonly rows: readonly Row[];
  /** Of each row, the same before a change. */
  readonly before: readonly (Row | undefined)[];
  readonly domain: readonly [number, number];
  readonly threshold: number;
  /** The place of the selected draw; null where none is. */
  readonly lit: number | null;
  readonly brush: Brush | null;
}

/** Draws effects one beneath the other, or brings what can change without another question up to date. */
export interface EffectsPainter {
  height(width: number): number;
  draw(surface: Surface): void;
  update(): void;
  /** Where the picture was drawn last; null before. */
  scales(): Scales | null;
  /** Which row a height is in. */
  rowAt(y: number): number;
}

/** CSS pixels: below this width the words of a row stand above its posterior. */
const NARROW = 620;
/** Above the first row, for the button; and beneath the last, for the numbers of the axis. */
const HEAD = 18;
const FOOT = 21;
const LINE = 15;
const CHARACTER = 6.6;

interface Layout {
  /** Lines of a name that stands above the other words; 0 where it stands beside them. */
  readonly names: number;
  /** Of a row, and what its words take of it. */
  readonly row: number;
  readonly words: number;
  /** Left and right of the posteriors. */
  readonly room: readonly [number, number];
}

function layout(width: number, rows: readonly Row[]): Layout {
  const narrow = width < NARROW;
  const names = !narrow ? 0 : rows.some(({ label }) => label.length * CHARACTER > width) ? 2 : 1;
  const words = narrow ? (names + 2) * LINE + 6 : 0;
  return { names, words, row: words + (rows.length > 4 ? 46 : 62), room: narrow ? [0, 0] : [Math.round(width * 0.22), 190] };
}

export function effectsPainter(picture: () => EffectsPicture): EffectsPainter {
  let on: { readonly surface: Surface; readonly scales: Scales; readonly texts: readonly SVGTextElement[][] } | null = null;

  const update = () => {
    const now = picture();
    // Where the picture is out of sight it still has the rows of another question, until it is seen.
    if (on?.texts.length !== now.rows.length) return;
    const { surface, scales, texts } = on;
    const { layers, palette } = surface;
    const { row, words } = layout(surface.width, now.rows);
    layers.forEach(clear);
    now.rows.forEach((one, i) => {
      [one.estimate, one.above].forEach((text, line) => (texts[i]![line]!.textContent = text));
      const [top, bottom] = [scales.top + i * row + words, scales.top + (i + 1) * row];
      const own = { ...scales, top, bottom, y: linear([-0.34, 1.04], [bottom - 3, top]) };
      const line = { colour: palette.mean, halo: palette.background, handle: i === 0 };
      if (!Number.isFinite(one.median)) return;
      const seen = { density: one.density, median: one.median, interval: one, threshold: now.threshold };
      const old = now.before[i];
      if (old?.density) {
        const peak = old.density.y.reduce((most, value) => Math.max(most, value), 0);
        curve(layers[0]!, { x: old.density.x, y: old.density.y.map((value) => value / peak) }, own, { colour: palette[GHOST], width: 1.5, dash: GHOST_DASH });
        bar(layers[0]!, old.median, old, bottom - 2, own, palette[GHOST], palette.background);
      }
      if (now.brush?.values === one.effect.draws) span(layers[0]!, now.brush, own, palette.muted);
      eye(layers[0]!, seen, own, { colour: palette["series-1"], bar: palette.text, halo: palette.background });
      thresholdMark(layers[0]!, now.threshold, own, line);
      if (now.lit !== null) lit(layers[1]!, { x: one.effect.draws[now.lit]!, y: null }, own, { colour: palette.selected, halo: palette.background });
    });
  };

  return {
    height: (width) => HEAD + picture().rows.length * layout(width, picture().rows).row + FOOT,
    draw(surface) {
      const { rows, domain } = picture();
      const { names, row, room } = layout(surface.width, rows);
      const scales = axes(surface, { x: { kind: "numeric", label: "", domain }, y: { kind: "hidden", domain: [0, 1], room } });
      const texts = rows.map((one, i) => {
        const top = scales.top + i * row;
        const y = names > 0 ? top + 13 : top + row / 2 - 4;
        const x = names > 0 ? 2 : scales.right + 14;
        const width = names > 0 ? surface.width : room[0] - 6;
        surface.svg.append(
          s("line", { class: "glm-grid", x1: 0, x2: surface.width, y1: top, y2: top }),
          ...lines(one.label, Math.floor(width / CHARACTER)).map((text, line) => s("text", { class: "glm-effect-name", x: 2, y: y + LINE * line }, text)),
        );
        const beneath = y + names * LINE;
        const told = [s("text", { class: "glm-effect-estimate", x, y: beneath }), s("text", { x, y: beneath + LINE })];
        surface.svg.append(...told);
        return told;
      });
      on = { surface, scales, texts };
      update();
    },
    update,
    scales: () => on?.scales ?? null,
    rowAt: (y) => (on ? Math.floor((y - on.scales.top) / layout(on.surface.width, picture().rows).row) : -1),
  };
}

/** At most two lines of so many characters. */
function lines(text: string, characters: number): string[] {
  const short = (line: string) => (line.length > characters ? `${line.slice(0, characters - 1)}…` : line);
  if (text.length <= characters) return [text];
  const comma = text.lastIndexOf(", ", characters) + 1;
  const at = comma > 0 ? comma : text.lastIndexOf(" ", characters);
  return at > 0 ? [text.slice(0, at), short(text.slice(at + 1))] : [short(text)];
}
