import { drawsOf, placeOfDraw, remaining } from "../fit/draws.js";
import type { Effect, Question } from "../fit/effects.js";
import { axes, type Scales } from "../marks/axes.js";
import { eye } from "../marks/eye.js";
import { clear, lit as litMark } from "../marks/lit.js";
import { nearThreshold, threshold as thresholdMark } from "../marks/threshold.js";
import type { Stage } from "../stage.js";
import { lit } from "../state/selection.js";
import { brief, count, fixed, percent } from "../stats/format.js";
import { quantile, sampleInterval, type Interval } from "../stats/interval.js";
import { density, type Kernel } from "../stats/kde.js";
import { errorPercent, shareAbove, sharePercent } from "../stats/share.js";
import { ofColumns, type Table } from "../stats/table.js";
import { h } from "../ui/dom.js";
import { plot, type Surface } from "../ui/plot.js";
import type { Draws } from "../wire.js";
import { ASKED } from "./effects-question.js";

/** What the rows of the tab have in common. */
export interface Rows {
  readonly question: () => Question;
  readonly effects: () => readonly Effect[];
  readonly domain: () => readonly [number, number];
  readonly threshold: () => number;
  /** Moves the threshold to the position nearest to a value. */
  readonly move: (value: number) => void;
}

interface Drawn {
  readonly surface: Surface;
  readonly scales: Scales;
}

/** What tells an effect from the others of its question. */
export function keyOf({ contrast, level, category }: Effect): string {
  return JSON.stringify([contrast, level, category]);
}

/** One effect: its name, its posterior and its numbers. */
export function effectRow(stage: Stage, rows: Rows, key: string): HTMLElement {
  const name = h("div", { class: "glm-effect-name" });
  const numbers = [h("p", {}), h("p", {})];
  let on: Drawn | null = null;
  let now: Posterior = posteriorOf(new Float64Array());
  const saved = { name: () => `effect ${labelOf(effect(), rows.question())}`, table };
  const figure = plot(stage, { layers: 2, overlay: true, height: () => (rows.effects().length > 4 ? 48 : 72), draw, saved });

  stage.follow(["fit", ...ASKED, "selection"], () => {
    const draws = kept(stage, effect().draws);
    if (now.draws !== draws) now = posteriorOf(draws);
    name.textContent = labelOf(effect(), rows.question());
    figure.redraw();
  });
  stage.follow(["fit", ...ASKED, "selection", "prob", "threshold"], () => {
    const { median, interval, above } = told();
    numbers[0]!.textContent = interval === "" ? median : `${median} (${interval})`;
    numbers[1]!.textContent = above;
    const within = interval === "" ? "" : `, ${percent(stage.get("prob"))} interval ${interval}; ${above}`;
    figure.describe(`${name.textContent}: median ${median}${within}`);
    paint();
  });
  dragged(stage, figure.el, rows, () => on?.scales ?? null);
  return h("section", { class: "glm-effect" }, name, figure.el, h("div", { class: "glm-effect-numbers" }, ...numbers));

  /** What shows an effect that has gone has ended before this is asked. */
  function effect(): Effect {
    return rows.effects().find((one) => keyOf(one) === key)!;
  }

  /** "0.12", "0.05 to 0.19" and "P(> 0) = 97.3%, MCSE 0.3%". */
  function told(): { readonly median: string; readonly interval: string; readonly above: string } {
    const { draws, sorted, finite } = now;
    if (!finite) return { median: draws.length === 0 ? "no draw is in the brush" : "draws that are no finite number", interval: "", above: "" };
    const { low, high } = intervalNow();
    const digits = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(high - low || 1))));
    const print = (value: number) => fixed(value, digits);
    const c = rows.threshold();
    const whole = draws.length === effect().draws.length;
    const share = shareAbove(draws, c, whole ? (stage.fit.draws as Draws).n_chains : 1);
    const p = sharePercent(share);
    const rounded = /^[<>]/.test(p);
    // A brush leaves no chains, whose draws would say how large the error is.
    const error = rounded || !whole ? "" : `, MCSE ${errorPercent(share)}`;
    const few = whole ? "" : `, ${count(draws.length)} brushed draws`;
    return { median: print(quantile(sorted, 0.5)), interval: `${print(low)} to ${print(high)}`, above: `P(> ${brief(c, 6)}) ${rounded ? p : `= ${p}`}${error}${few}` };
  }

  /** The density that is drawn, with the numbers beside it in every row. */
  function table(): Table {
    const { x, y } = now.density ?? { x: [], y: [] };
    const { low, high } = intervalNow();
    const p = percent(stage.get("prob"));
    const same = (value: number) => Float64Array.from(x, () => value);
    return ofColumns("effect", [
      { name: "value", values: x },
      { name: "density", values: y },
      { name: "median", values: same(quantile(now.sorted, 0.5)) },
      { name: `lower ${p}`, values: same(low) },
      { name: `upper ${p}`, values: same(high) },
      { name: `P(> ${rows.threshold()})`, values: same(shareAbove(now.draws, rows.threshold(), 1).p) },
    ]);
  }

  function intervalNow(): Interval {
    return sampleInterval(now.sorted, stage.get("prob"));
  }

  function draw(surface: Surface): void {
    const x = { kind: "numeric", label: "", domain: rows.domain(), unprinted: true } as const;
    on = { surface, scales: axes(surface, { x, y: { kind: "hidden", domain: [-0.34, 1.04] } }) };
    paint();
  }

  function paint(): void {
    if (!on) return;
    const { surface, scales } = on;
    const { layers, palette } = surface;
    layers.forEach(clear);
    if (!now.finite) return;
    const median = quantile(now.sorted, 0.5);
    const seen = { density: now.density, median, interval: intervalNow(), threshold: rows.threshold() };
    eye(layers[0]!, seen, scales, { colour: palette["series-1"], bar: palette.text, halo: palette.background });
    thresholdMark(layers[0]!, rows.threshold(), scales, { colour: palette.mean, halo: palette.background });
    const selected = lit(stage.get("selection"));
    const own = drawsOf(stage.fit);
    const place = selected === null || own === null ? null : placeOfDraw(own, selected);
    if (place !== null) litMark(layers[1]!, { x: effect().draws[place]!, y: null }, scales, { colour: palette.error, halo: palette.background });
  }
}

/** The numbers of the axis, beneath all rows, and the threshold. */
export function axisRow(stage: Stage, rows: Rows): { readonly el: HTMLElement; redraw(): void; update(): void } {
  const said = h("div", { class: "glm-effect-numbers", "aria-hidden": "true" });
  const figure = plot(stage, { height: () => 42, draw, saved: null });
  let on: Drawn | null = null;
  dragged(stage, figure.el, rows, () => on?.scales ?? null);
  return { el: h("section", { class: "glm-effect" }, h("div", {}), figure.el, said), redraw: figure.redraw, update };

  function draw(surface: Surface): void {
    on = { surface, scales: axes(surface, { x: { kind: "numeric", label: "", domain: rows.domain() }, y: { kind: "hidden", domain: [0, 1] } }) };
    update();
  }

  function update(): void {
    said.textContent = `c = ${brief(rows.threshold(), 6)}`;
    figure.describe(`Axis from ${rows.domain().map((end) => brief(end)).join(" to ")}`);
    if (!on) return;
    const { surface, scales } = on;
    clear(surface.layers[0]!);
    thresholdMark(surface.layers[0]!, rows.threshold(), scales, { colour: surface.palette.mean, halo: surface.palette.background });
  }
}

/** The line of the threshold follows a pointer that takes hold of it. */
function dragged({ signal }: Stage, el: HTMLElement, rows: Rows, scales: () => Scales | null): void {
  const at = (event: PointerEvent) => event.clientX - el.getBoundingClientRect().left;
  let held = false;
  const take = (event: PointerEvent) => {
    const on = scales();
    if (on === null || event.button !== 0 || !nearThreshold(at(event), rows.threshold(), on)) return;
    held = true;
    event.preventDefault();
    el.setPointerCapture?.(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const on = scales();
    if (on === null) return;
    el.style.cursor = held || nearThreshold(at(event), rows.threshold(), on) ? "ew-resize" : "";
    if (held) rows.move(on.x.invert(at(event)));
  };
  const end = () => (held = false);
  el.addEventListener("pointerdown", take, { signal });
  el.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel"] as const) el.addEventListener(name, end, { signal });
}

/** Draws, and what is drawn of them. */
interface Posterior {
  readonly draws: Float64Array;
  readonly sorted: Float64Array;
  readonly density: Kernel | null;
  /** Whether there are any, and all of them are numbers. */
  readonly finite: boolean;
}

function posteriorOf(draws: Float64Array): Posterior {
  return { draws, sorted: draws.slice().sort(), density: density(draws), finite: draws.length > 0 && draws.every(Number.isFinite) };
}

/** The draws that a brush leaves. */
function kept(stage: Stage, draws: Float64Array): Float64Array {
  const { brushed } = stage.get("selection");
  const own = drawsOf(stage.fit);
  return brushed === null || own === null ? draws : Float64Array.from(remaining(own, brushed), (place) => draws[place]!);
}

/** "x +1, g = b": what tells a row apart. */
function labelOf({ contrast, level, category }: Effect, { effect, of, by }: Question): string {
  const step = contrast.startsWith("+") ? `${of} ${contrast}` : `${of}: ${contrast}`;
  const moved = effect === "comparison" ? step : effect === "slope" ? of : "";
  const parts = [moved, level === "" ? "" : `${by} = ${level}`, category === "" ? "" : `category ${category}`].filter((part) => part !== "");
  return parts.length > 0 ? parts.join(", ") : "all rows";
}
