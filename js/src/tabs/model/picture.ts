import { drawsOf } from "../../fit/draws.js";
import { isVaried, priorsAt, replaced, type Known } from "../../lab/priors.js";
import { axes, type Scales } from "../../marks/axes.js";
import { curve } from "../../marks/curve.js";
import { area } from "../../marks/density.js";
import type { Stage } from "../../stage.js";
import { brief } from "../../stats/format.js";
import type { Curve } from "../../stats/kde.js";
import { h } from "../../ui/dom.js";
import { entry, present } from "../../ui/entries.js";
import type { LegendEntry } from "../../ui/legend.js";
import { on } from "../../ui/listen.js";
import { plot, type Plot } from "../../ui/plot.js";
import type { PriorRecord } from "../../wire.js";
import { numeric } from "../columns.js";
import { GHOST, GHOST_DASH, ghostEntry } from "../ghost.js";
import { domainOf, holds, posteriors, priorCurve, type Domain } from "./densities.js";
import { gripsOf } from "./grips.js";

const HEIGHT = 150;
/** Half of a handle, in CSS pixels. */
const HALF = 9;

export const priorEntries = (stage: Stage): LegendEntry[] =>
  present(entry("line", "prior", "mean"), entry("band", "posterior", "truth"), ghostEntry(stage, "line"));

/** The density of a prior over its posterior, and the handles that move it. */
export function priorPicture(stage: Stage, record: () => PriorRecord, known: () => Known, change: (known: Known) => void): Plot {
  let domain: Domain = [0, 1];
  // Ranges of the platform: they are dragged, and moved by keys, as any other.
  const handles = [0, 1].map((i) => {
    const el = h("input", { type: "range", class: "glm-handle" });
    on(stage, el, "pointerdown", () => el.focus()); // Safari does not
    on(stage, el, "input", () => move(i, el.valueAsNumber));
    on(stage, el, "blur", () => figure.redraw()); // the axis may follow now
    return el;
  });
  const figure = plot(stage, {
    height: () => HEIGHT,
    saved: null,
    draw(surface) {
      const { palette, layers: [ctx] } = surface;
      const [now, before] = [stage.fit, stage.ghost].map((fit) => posteriors(fit && drawsOf(fit), record()));
      const due = domainOf([...now!, ...before!], known());
      if (!holds(domain, due) && !handles.some((el) => el.matches(":focus"))) domain = due;
      const scales = axes(surface, { x: numeric(domain), y: { kind: "hidden", domain: [0, 1.1] } });
      const peak = Math.max(...[...now!, ...before!].map(({ density }) => Math.max(...(density?.y ?? []))));
      const draw = (of: typeof now, mark: (of: Parameters<typeof area>[1]) => void) =>
        of!.forEach(({ density }) => density && mark({ x: density.x, y: density.y.map((value) => value / peak) }));
      draw(before, (of) => curve(ctx!, of, scales, { colour: palette[GHOST], width: 1.5, dash: GHOST_DASH }));
      draw(now, (of) => area(ctx!, of, scales, palette.truth));
      const curves = priorsAt(record(), stage.get("what_if")).slice(0, isVaried(record()) ? Infinity : 1).map((one) => priorCurve(one, domain));
      for (const one of curves) curve(ctx!, one, scales, { colour: palette.mean, width: 2.25, halo: palette.background });
      place(scales, curves[0]!);
    },
  });
  figure.el.append(...handles);
  return figure;

  function move(i: number, x: number): void {
    const before = known();
    const { at, value } = gripsOf(before)[i]!;
    const to = value(x, before.values);
    if (to > 0 || (Number.isFinite(to) && before.family.arguments[at]!.domain === "real")) change({ ...before, values: replaced(before.values, at, Number(to.toPrecision(6))) });
  }

  function place({ x, y, right }: Scales, of: Curve): void {
    const [one, [low, high]] = [known(), domain];
    const step = 10 ** Math.floor(Math.log10((high - low) / 100));
    handles.forEach((el, i) => {
      const grip = gripsOf(one)[i];
      el.hidden = !grip;
      if (!grip) return;
      const { name } = one.family.arguments[grip.at]!;
      const at = Math.min(high, Math.max(low, grip.place(one.values)));
      const height = of.y.at(of.x.findIndex((x) => x >= at))!;
      const least = step * Math.ceil(one.family.support === "real" ? low / step : Math.max(1, low / step));
      for (const [key, said] of Object.entries({ min: least, max: high, step, "aria-label": `${record().name} ${name} handle`, "aria-valuetext": `${name} ${brief(one.values[grip.at]!, 4)}`, title: name })) el.setAttribute(key, String(said));
      el.value = String(at);
      Object.assign(el.style, { left: `${x(least) - HALF}px`, width: `${right - x(least) + 2 * HALF}px`, top: `${y(height) - HALF}px` });
    });
  }
}
