/** A coverage laboratory: the response simulated again and again, and how often intervals hold the truth. */
import { column, drawAt, drawsOf, nameOfDraw, placeOfDraw, shippedDraws } from "../../fit/draws.js";
import { counted, coverageRows, type Coverage } from "../../lab/coverage.js";
import { withResponse } from "../../lab/rows.js";
import { columnsNeeded, simulatedResponse, type ValueOf } from "../../lab/simulated.js";
import type { Stage } from "../../stage.js";
import { percent, plural } from "../../stats/format.js";
import { stream, uniform } from "../../stats/random.js";
import { choice } from "../../ui/bound.js";
import { h } from "../../ui/dom.js";
import { button } from "../../ui/listen.js";
import { reachable } from "../../ui/reach.js";
import { renew } from "../../ui/renew.js";
import { controlRow, offer } from "../../ui/scene.js";
import { responseOf } from "./response.js";

const SEED = 5;

/** Data sets at one truth, with the same priors and rows. */
interface Series {
  readonly key: string;
  readonly value: ValueOf;
  /** Whose values the truth has. */
  readonly words: string;
  coverage: Coverage;
}

export function simulation(stage: Stage): { readonly el: HTMLElement; update(): void } {
  let series: Series | null = null;
  /** The response whose posterior is awaited. */
  let awaited: readonly number[] | null = null;
  let [repeats, n_sets] = [false, 0];
  const given = () => drawsOf(stage.ghost ?? stage.fit);
  /** The columns of the draws that make a response; null where they do not. */
  const needed = () => {
    const response = responseOf(stage);
    return response?.moves && given() ? columnsNeeded(response.view) : null;
  };
  const places = () => (needed()?.every((at) => given()!.columns[at]!.truth !== null) ? ["truth", "draw"] : ["draw"]);
  const place = () => (places().includes(stage.get("simulate_at")) ? stage.get("simulate_at") : "draw");
  const at = choice(stage, "Simulate at", "simulate_at", places, { draw: "a posterior draw" }, ["fit"], place);
  const again = button(stage, "Simulate again", simulate);
  const repeat = button(stage, "Repeat", () => {
    if ((repeats = !repeats)) simulate();
    update();
  });
  const [controls, table] = [controlRow(), h("table", { class: "glm-table" })];
  const scroll = h("div", { class: "glm-scroll" }, table);
  reachable(stage, scroll, { role: "group", "aria-label": "Coverage table" });

  const keyOf = ({ priors, rows } = stage.get("what_if")) => JSON.stringify([place(), priors, rows]);
  // Every posterior is counted, whichever tab is in front.
  stage.follow(["refit", "what_if", "simulate_at", "tab"], () => {
    const { response } = stage.get("what_if");
    if (!response || series?.key !== keyOf()) series = null;
    // The laboratory hears of a change before: what it says is of this response.
    const { refit } = stage;
    if (!series || response !== awaited || refit.kind === "refused") [awaited, repeats] = [null, false];
    else if (awaited && refit.kind === "sampled") {
      series.coverage = counted(series.coverage, drawsOf(stage.fit)!, refit.met);
      awaited = null;
      if (repeats) simulate();
    }
    update();
  });
  stage.follow(["prob"], update);
  return { el: h("div", {}, controls, scroll), update };

  function simulate(): void {
    const { view, given: data } = responseOf(stage)!;
    if (series?.key !== keyOf()) series = begun();
    awaited = simulatedResponse(view, series.value, stream(SEED, ++n_sets));
    stage.set("what_if", withResponse(stage.get("what_if"), awaited, data));
  }

  /** At the truth, at the draw that is pinned, or at one by chance. */
  function begun(): Series {
    const draws = given()!;
    const { columns } = draws;
    const isTrue = place() === "truth";
    const from = placeOfDraw(draws, stage.get("selection").pinned ?? NaN) ?? Math.floor(uniform(stream(SEED, n_sets)) * shippedDraws(draws));
    const value: ValueOf = (at) => (isTrue ? columns[at]!.truth! : column(draws, columns[at]!.label)![from]!);
    const truth = columns.flatMap(({ label, term }, at) => (term === null && value(at) !== null ? [[label, value(at)] as const] : []));
    return { key: keyOf(), value, words: isTrue ? "" : ` at ${nameOfDraw(draws, drawAt(draws, from))}`, coverage: { truth, below: [], missed: 0 } };
  }

  function update(): void {
    const there = needed() !== null;
    repeat.textContent = repeats ? "Stop" : "Repeat";
    offer(controls, there && again, there && at, there && repeat);
    renew(table, series ? told(series, stage.get("prob")) : []);
  }
}

/** How often the truth was held, as a table, and what is said of it. */
function told({ words, coverage }: Series, prob: number): HTMLElement[] {
  const { below, missed } = coverage;
  const row = ([first, ...others]: readonly string[], scope: string, tag: "th" | "td") => h("tr", {}, h("th", { scope }, first!), ...others.map((text) => h(tag, tag === "th" ? { scope } : {}, text)));
  const caption = `Share of ${percent(prob)} intervals that held the truth, in ${plural(below.length, "simulated data set")}${words}${missed > 0 ? `. Not counted: ${missed} that missed R-hat 1.01 or ESS 400` : ""}`;
  return [
    h("caption", {}, h("span", {}, caption)),
    h("thead", {}, row(["parameter", "truth", "held", "share", "MCSE"], "col", "th")),
    h("tbody", {}, ...coverageRows(coverage, prob).map((one) => row(one, "row", "td"))),
  ];
}
