import { remaining } from "../fit/draws.js";
import { centreOf, effectsOf, type Effect, type Question } from "../fit/effects.js";
import { sourceOf } from "../fit/predictor.js";
import { nearThreshold } from "../marks/threshold.js";
import type { Stage } from "../stage.js";
import { extent } from "../stats/extent.js";
import { brief, count, percent } from "../stats/format.js";
import { quantile } from "../stats/interval.js";
import { whileSame } from "../stats/once.js";
import { BRUSH, brushing, brushKeys, dragging, keep, type Brushable } from "../ui/brush.js";
import { numberInput, probability, range, select } from "../ui/controls.js";
import { arrange, h } from "../ui/dom.js";
import { drag } from "../ui/drag.js";
import { present } from "../ui/entries.js";
import type { LegendEntry } from "../ui/legend.js";
import { stepping } from "../ui/pick.js";
import { plot } from "../ui/plot.js";
import { controlRow, offer, scene } from "../ui/scene.js";
import { isUnavailable, type Draws, type Predictor } from "../wire.js";
import { effectsPainter } from "./effects-picture.js";
import { ASKED, choiceOf, contrastName, remarks, scaleName, title, type Choice } from "./effects-question.js";
import { rowOf, sentence, table, type Asked } from "./effects-told.js";
import { ghostEntry } from "./ghost.js";
import { litPlace, stepDraws } from "./selection.js";

/** Effects that are drawn; there may be hundreds of levels. */
const MOST = 40;
/** Positions of the threshold, about. */
const STOPS = 200;

/** Between what a typed contrast is. */
const ENDS = ["effect_from", "effect_to"] as const;

/** What is shown, of one question and one fit. */
interface Shown {
  readonly choice: Choice;
  readonly effects: readonly Effect[];
  /** Of each, the same before a change. */
  readonly before: readonly (Effect | undefined)[];
  readonly left_out: number;
  readonly domain: readonly [number, number];
  /** The distance of two positions of the threshold, and the first of them. */
  readonly step: number;
  readonly least: number;
}

/** Average predictions, comparisons and slopes, and how probable it is that they exceed a threshold. */
export function effectsTab(stage: Stage): HTMLElement {
  const source = () => ({ draws: stage.fit.draws as Draws, predictor: stage.fit.predictor as Predictor });
  const tables = () => source().predictor.tables;
  const get = stage.get;

  const shown = whileSame(
    () => [stage.fit, stage.ghost, ...ASKED.map(get)],
    (): Shown => {
      const choice = choiceOf(tables(), Object.fromEntries(ASKED.map((name) => [name, get(name)])) as never);
      const every = choice.reason === "" ? effectsOf(source(), choice.question) : [];
      const effects = every.slice(0, MOST);
      const old = effects.length > 0 && stage.ghost ? sourceOf(stage.ghost) : null;
      const olds = old && !isUnavailable(old) ? effectsOf(old, choice.question) : [];
      const before = effects.map(({ contrast, level, category }) => olds.find((one) => one.contrast === contrast && one.level === level && one.category === category));
      const domain = domainOf([...effects, ...before.filter((one) => one !== undefined)], choice.question);
      const step = niceStep((domain[1] - domain[0]) / STOPS);
      return { choice, effects, before, left_out: every.length - effects.length, domain, step, least: step * Math.ceil(domain[0] / step) };
    },
  );
  const kept = whileSame(
    () => [stage.fit, get("selection").brushed],
    () => (get("selection").brushed === null ? null : remaining(source().draws, get("selection").brushed)),
  );
  const asked = (): Asked => {
    return { question: shown().choice.question, prob: get("prob"), threshold: threshold(), n_chains: source().draws.n_chains, kept: kept() };
  };
  const rows = whileSame(
    () => [shown(), kept(), get("prob"), threshold()],
    () => shown().effects.map((one) => rowOf(one, { ...asked(), ...(isBrushed(one) && { kept: null }) })),
  );

  const before = whileSame(
    () => [shown(), get("prob"), threshold()],
    () => shown().before.map((one) => one && rowOf(one, { ...asked(), kept: null })),
  );

  /** Its own densities stay whole where an effect is brushed. */
  const isBrushed = ({ draws }: Effect) => get("selection").brushed?.values === draws;
  const brushable = (at: number): Brushable | null => {
    const row = rows()[at];
    if (!row || !Number.isFinite(row.median)) return null;
    const { label, effect: { draws: values } } = row;
    return { label: `${heading.textContent}, ${label}`, values, range: extent([values]) };
  };
  /** The row that keys brush. */
  const current = () => Math.max(0, shown().effects.findIndex(isBrushed));

  const heading = h("p", { class: "glm-tab-title" });
  const controls = controlRow();
  const list = h("div");
  const around = scene(list, heading, controls);

  /** Another question has another threshold. */
  const ask = (name: (typeof ASKED)[number], value: string) => {
    stage.set(name, value);
    if (name === "effect_of") for (const end of ENDS) stage.set(end, "");
    if (name !== "effect_by") stage.set("threshold", "");
  };
  /** A drop-down of a part of the question. */
  const drop = <T extends string>(
    label: string,
    name: (typeof ASKED)[number],
    values: (choice: Choice) => readonly T[],
    now: (choice: Choice) => T,
    say: (value: T, choice: Choice) => string = String,
  ) => {
    const { el, show } = select(stage, label, (i) => ask(name, values(shown().choice)[i]!));
    stage.follow(["fit", ...ASKED], () => {
      const { choice } = shown();
      show(values(choice).map((one) => say(one, choice)), values(choice).indexOf(now(choice)));
    });
    return el;
  };
  const effect = drop("Effect", "effect", ({ effects }) => effects, ({ question }) => question.effect);
  const of = drop("Of", "effect_of", ({ variables }) => variables.map(({ name }) => name), ({ question }) => question.of);
  const contrast = drop("Contrast", "effect_contrast", ({ contrasts }) => contrasts, ({ question }) => question.contrast.kind, (kind, { variable }) => contrastName(kind, variable!));
  const ends = ENDS.map((name, i) => {
    const label = ["From", "To"][i]!;
    const levels = ({ variable }: Choice) => variable?.levels ?? [];
    const value = ({ question: { contrast } }: Choice) => (contrast.kind === "typed" ? [contrast.from, contrast.to][i]! : NaN);
    const number = numberInput(stage, label, (typed) => ask(name, String(typed)));
    stage.follow(["fit", ...ASKED], () => number.show(value(shown().choice)));
    return { levels: drop(label, name, levels, (choice) => levels(choice)[value(choice)]!), number: number.el };
  });
  const scale = drop("Scale", "effect_scale", ({ scales }) => scales, ({ question }) => question.scale, (one, { question }) => scaleName(one, tables(), question.effect));
  const by = drop("By", "effect_by", (choice) => ["", ...choice.by], ({ question }) => question.by, (name) => name || "none");
  const slider = range(stage, {
    label: "Threshold c",
    min: 0,
    max: () => stops(shown()),
    step: 1,
    say: (at) => brief(valueAt(shown(), at), 6),
    move: (at) => stage.set("threshold", String(valueAt(shown(), at))),
  });
  const interval = probability(stage);
  const painter = effectsPainter(() => ({ rows: rows(), before: before(), domain: shown().domain, threshold: threshold(), lit: litPlace(stage), brush: get("selection").brushed }));
  const figure = plot(stage, {
    layers: 2,
    overlay: true,
    height: painter.height,
    draw: painter.draw,
    saved: { name: () => "effects", table: () => table(heading.textContent!, rows(), asked()), legend },
  });
  drag(stage, figure.el, {
    press(x, event) {
      if (near(x)) event.preventDefault();
      return near(x);
    },
    move(x) {
      const now = shown();
      const stop = Math.round((painter.scales()!.x.invert(x) - now.least) / now.step);
      stage.set("threshold", String(valueAt(now, Math.min(stops(now), Math.max(0, stop)))));
    },
    hover: (x) => (figure.el.style.cursor = near(x) ? "ew-resize" : ""),
  });

  figure.el.classList.add("glm-brushable");
  figure.el.tabIndex = 0;
  const place = ({ clientX, clientY }: PointerEvent) => {
    const { left, top } = figure.el.getBoundingClientRect();
    return near(clientX - left) ? null : brushable(painter.rowAt(clientY - top));
  };
  dragging(stage, figure.el, place, (px) => painter.scales()?.x.invert(px) ?? null);
  brushing(stage, figure.el, () => brushable(current()));
  stepping(stage, figure.el, "Draws of effects", brushKeys("effects"), (key, from) => {
    const next = brushable(current() + ({ ArrowUp: -1, ArrowDown: 1 }[key] ?? NaN));
    if (next) {
      keep(stage, next, ...next.range);
      return from;
    }
    return stepDraws(stage)(key, from);
  });

  stage.follow(["fit", "ghost", ...ASKED], () => {
    const { choice, effects, left_out } = shown();
    const { question, variable, reason } = choice;
    const typed = question.contrast.kind === "typed" && question.effect === "comparison" && variable !== null;
    offer(
      controls,
      effect,
      choice.variables.length > 0 && of,
      choice.contrasts.length > 0 && contrast,
      ...ends.map(({ levels, number }) => typed && (variable.levels.length > 0 ? levels : number)),
      choice.scales.length > 1 && scale,
      choice.by.length > 0 && by,
      slider.el,
      interval,
    );
    heading.textContent = title(question, tables());
    around.legend(present(ghostEntry(stage, "line")));
    arrange(list, effects.length > 0 ? [figure.el] : []);
    const { data } = stage.fit.tabs;
    around.notes([
      reason,
      ...remarks(tables(), choice, isUnavailable(data) ? tables().n_rows : data.n_rows),
      left_out > 0 && `${count(left_out)} more effects are not drawn; fit.avg_${question.effect}s has all of them.`,
      BRUSH,
      ...source().draws.left_out,
    ]);
    figure.redraw();
  });
  stage.follow(["fit", ...ASKED, "threshold", "prob", "selection"], () => {
    const now = shown();
    slider.show(Math.round((threshold() - now.least) / now.step));
    figure.describe(sentence(heading.textContent!, rows(), get("prob")));
    painter.update();
  });
  return around.el;

  function legend(): LegendEntry[] {
    const [interval, c] = [percent(get("prob")), brief(threshold(), 6)];
    return present(
      ghostEntry(stage, "line"),
      { name: `${heading.textContent}: median and ${interval} interval`, mark: "disc", ink: "text" },
      { name: `c = ${c}`, mark: "line", ink: "mean" },
    );
  }

  /** Whether the line of the threshold is taken hold of there. */
  function near(x: number): boolean {
    const scales = painter.scales();
    return scales !== null && nearThreshold(x, threshold(), scales);
  }

  function threshold(): number {
    const typed = get("threshold");
    const now = shown();
    return typed === "" ? (centreOf(now.choice.question) ?? valueAt(now, Math.round(stops(now) / 2))) : Number(typed);
  }
}

/** Where nearly all draws of all effects lie, and no difference. */
function domainOf(effects: readonly Effect[], question: Question): readonly [number, number] {
  const ends = effects.flatMap(({ draws }) => {
    const sorted = draws.filter(Number.isFinite).sort();
    return sorted.length > 0 ? [quantile(sorted, 0.002), quantile(sorted, 0.998)] : [];
  });
  const centre = centreOf(question);
  return extent([ends, centre === null ? [] : [centre]], 0.08);
}

/** 1, 2 or 5 times a power of ten, at least so large. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10);
}

const stops = ({ domain, least, step }: Shown): number => Math.max(1, Math.floor((domain[1] - least) / step + 1e-9));

/** A position of the threshold as a number that is written briefly. */
const valueAt = ({ least, step }: Shown, at: number): number => Number((least + at * step).toPrecision(12));
