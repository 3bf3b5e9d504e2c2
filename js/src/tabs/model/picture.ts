import { axes, type Scales } from "../../marks/axes.js";
import { curve } from "../../marks/curve.js";
import { area } from "../../marks/density.js";
import type { Stage } from "../../stage.js";
import { brief } from "../../stats/format.js";
import { ofColumns } from "../../stats/table.js";
import { drag } from "../../ui/drag.js";
import { h } from "../../ui/dom.js";
import { entry, present } from "../../ui/entries.js";
import type { LegendEntry } from "../../ui/legend.js";
import { on } from "../../ui/listen.js";
import { plot, type Surface } from "../../ui/plot.js";
import type { PriorRecord } from "../../wire.js";
import { numeric } from "../columns.js";
import { isVaried, priorsAt, replaced, type Known } from "../../lab/priors.js";
import { domainOf, heights, posteriors, priorCurve, settled, type Domain } from "./densities.js";
import { gripsOf } from "./grips.js";

const HEIGHT = 150;
/** CSS pixels within which a handle is taken hold of. */
const REACH = 16;
/** Of the range: a press of a key, and of one that goes far. */
const KEYS: Readonly<Record<string, number>> = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
const GHOST = [4, 3];

export const priorEntries = (stage: Stage): LegendEntry[] =>
  present(entry("line", "prior", "mean"), entry("band", "posterior", "truth"), stage.ghost && entry("line", "posterior before the change", "muted", GHOST));

/** What is drawn of a prior, at this moment. */
export interface Shown {
  readonly record: PriorRecord;
  /** Null where the engine has no such family: the posterior alone is drawn. */
  readonly known: Known | null;
  /** Whether it has handles. */
  readonly free: boolean;
}

/** The density of a prior over its posterior, and the handles that move it. */
export function priorPicture(stage: Stage, shown: () => Shown, change: (known: Known) => void): { readonly el: HTMLElement; update(sentence: string): void } {
  let domain: Domain | null = null;
  let scales: Scales | null = null;
  let held: HTMLElement | null = null;
  const figure = plot(stage, {
    height: () => HEIGHT,
    draw,
    saved: { name: () => `prior of ${shown().record.name}`, table, legend: () => priorEntries(stage) },
  });
  const handles = [0, 1].map((i) => handle(i));
  figure.el.append(...handles);
  const grips = () => {
    const { known, free } = shown();
    return known !== null && free ? gripsOf(known) : [];
  };

  drag(stage, figure.el, {
    press(x, event) {
      held = handles.find((one) => one === event.target) ?? nearest(x, event.clientY - figure.el.getBoundingClientRect().top);
      if (held === null) return false;
      event.preventDefault();
      held.focus();
      return true;
    },
    move(x) {
      if (held && scales) moveTo(handles.indexOf(held), scales.x.invert(x));
    },
  });
  return {
    el: figure.el,
    update(sentence) {
      figure.describe(sentence);
      figure.redraw();
      place();
    },
  };

  function handle(i: number): HTMLElement {
    const el = h("div", { role: "slider", tabindex: 0, class: "glm-handle" });
    on(stage, el, "keydown", (event) => {
      const by = KEYS[event.key];
      const [grip, known] = [grips()[i], shown().known];
      if (by === undefined || !grip || !known || !domain || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      moveTo(i, Math.min(domain[1], Math.max(domain[0], grip.place(known.values))) + by * (domain[1] - domain[0]));
    });
    on(stage, el, "blur", () => figure.redraw()); // the range may follow now
    return el;
  }

  /** The handle near a place, in CSS pixels. */
  function nearest(x: number, y: number): HTMLElement | null {
    const distance = (el: HTMLElement) => (el.hidden ? Infinity : Math.hypot(parseFloat(el.style.left) - x, parseFloat(el.style.top) - y));
    const best = handles.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    return distance(best) <= REACH ? best : null;
  }

  /** Takes a grip to x, rounded to what the picture shows. */
  function moveTo(i: number, x: number): void {
    const [grip, known] = [grips()[i], shown().known];
    if (!grip || !known || !domain) return;
    const [low, high] = domain;
    const step = 10 ** Math.floor(Math.log10((high - low) / 200));
    const free = known.family.support === "real" ? [low, high] : [Math.max(low, step), known.family.support === "unit" ? Math.min(high, 1 - step) : high];
    const value = grip.value(Number((step * Math.round(Math.min(free[1]!, Math.max(free[0]!, x)) / step)).toPrecision(12)), known.values);
    const positive = known.family.arguments[grip.at]!.domain === "positive";
    change({ ...known, values: replaced(known.values, grip.at, Number((positive ? Math.max(step, value) : value).toPrecision(12))) });
  }

  function draw(surface: Surface): void {
    const { record, known } = shown();
    const { palette, layers: [ctx] } = surface;
    const needed = domainOf([stage.fit, stage.ghost], record, known);
    domain = handles.some((el) => el.matches(":focus")) && domain !== null ? domain : settled(domain, needed);
    scales = axes(surface, { x: numeric(domain), y: { kind: "hidden", domain: [0, 1.1] } });
    const [now, before] = [posteriors(stage.fit, record), posteriors(stage.ghost, record)];
    const peak = Math.max(...[...now, ...before].map(({ y }) => y.reduce((a, b) => Math.max(a, b), 0)));
    const scaled = ({ x, y }: { readonly x: Float64Array; readonly y: Float64Array }) => ({ x, y: y.map((value) => value / peak) });
    for (const one of before) curve(ctx!, scaled(one), scales, { colour: palette.muted, width: 1.5, dash: GHOST });
    for (const one of now) area(ctx!, scaled(one), scales, palette.truth);
    for (const one of distinct()) curve(ctx!, priorCurve(one, domain), scales, { colour: palette.mean, width: 2.25, halo: palette.background });
    place();
  }

  /** Of elements that differ, each has its own. */
  function distinct(): readonly Known[] {
    const { record } = shown();
    const priors = priorsAt(record, stage.get("what_if"));
    return isVaried(record) ? priors : priors.slice(0, 1);
  }

  function place(): void {
    const { record, known } = shown();
    const of = grips();
    handles.forEach((el, i) => {
      const grip = of[i];
      el.hidden = !grip || !known || !scales || !domain;
      if (!grip || !known || !scales || !domain) return;
      const { name } = known.family.arguments[grip.at]!;
      const x = grip.place(known.values);
      const seen = Math.min(domain[1], Math.max(domain[0], x));
      const [y] = heights(known, Float64Array.of(seen), priorCurve(known, domain).x);
      el.style.left = `${scales.x(seen)}px`;
      el.style.top = `${scales.y(Math.min(1, y || 0))}px`;
      const said = { "aria-label": `${record.name} ${name} handle`, "aria-valuemin": domain[0], "aria-valuemax": domain[1], "aria-valuenow": seen };
      for (const [key, value] of Object.entries({ ...said, "aria-valuetext": `${name} ${brief(known.values[grip.at]!, 4)}`, title: name })) el.setAttribute(key, String(value));
    });
  }

  function table() {
    const { known } = shown();
    const { x, y } = known && domain ? priorCurve(known, domain) : { x: [], y: [] };
    return ofColumns("prior", [{ name: shown().record.name, values: x }, { name: "prior", values: y }]);
  }
}
