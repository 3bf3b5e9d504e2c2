/** A coverage laboratory: the response simulated again and again, and how often intervals hold the truth. */
import { column, drawAt, drawsOf, nameOfDraw, placeOfDraw, shippedDraws } from "../../fit/draws.js";
import { counted, coverageTable, saidMissed, type Coverage } from "../../lab/coverage.js";
import type { Refit } from "../../lab/records.js";
import { withResponse } from "../../lab/rows.js";
import { columnsNeeded, simulatedResponse, type ValueOf } from "../../lab/simulated.js";
import type { Stage } from "../../stage.js";
import { stream, uniform } from "../../stats/random.js";
import { choice } from "../../ui/bound.js";
import { h, notes } from "../../ui/dom.js";
import { present } from "../../ui/entries.js";
import { button } from "../../ui/listen.js";
import { renew } from "../../ui/renew.js";
import { controlRow, offer } from "../../ui/scene.js";
import type { Draws } from "../../wire.js";
import { responseOf } from "./response.js";

const SEED = 5;

/** Data sets at one truth, with the same priors and rows. */
interface Series {
  readonly key: string;
  readonly value: ValueOf;
  /** Where the data are simulated. */
  readonly words: string;
  coverage: Coverage;
}

export function simulation(stage: Stage): { readonly el: HTMLElement; update(): void } {
  let series: Series | null = null;
  /** The response whose posterior is awaited. */
  let awaited: readonly number[] | null = null;
  let [repeats, n_series, n_sets, problem] = [false, 0, 0, ""];
  const given = () => drawsOf(stage.ghost ?? stage.fit)!;
  const response = () => responseOf(stage.ghost ?? stage.fit);
  /** The columns that make the coordinates; null where nothing can be simulated. */
  const needed = () => (response()?.moves && drawsOf(stage.fit) ? columnsNeeded(response()!.view) : null);
  const places = () => ([...(needed() ?? [-1])].every((at) => (given().columns[at]?.truth ?? null) !== null) ? ["truth", "draw"] : ["draw"]);
  const now = () => (places().includes(stage.get("simulate_at")) ? stage.get("simulate_at") : "draw");
  const at = choice(stage, "Simulate at", "simulate_at", places, { draw: "a posterior draw" }, ["fit"], now);
  const again = button(stage, "Simulate again", simulate);
  const repeat = button(stage, "Repeat", () => {
    repeats = !repeats;
    if (repeats) simulate();
    show();
  });
  const [controls, words] = [controlRow(), h("div")];
  const table = h("table", { class: "glm-table" });
  const el = h("div", {}, controls, h("div", { class: "glm-scroll" }, table), words);

  const keyNow = () => JSON.stringify([now(), stage.get("what_if").priors, stage.get("what_if").rows]);
  stage.follow(["refit", "what_if", "simulate_at"], () => {
    const { response: held } = stage.get("what_if");
    if (held === undefined || series?.key !== keyNow()) series = null;
    // The laboratory has heard of the change before: what it says is of this response.
    if (series === null || held !== awaited) [awaited, repeats] = [null, false];
    else arrived(stage.refit);
    show();
  });
  stage.follow(["prob"], show);

  return { el, update: show };

  function simulate(): void {
    const key = keyNow();
    if (series?.key !== key) series = begun(key);
    const { view, given: data } = response()!;
    const drawn = simulatedResponse(view, series.value, stream(SEED, ++n_sets));
    problem = drawn.every(Number.isFinite) ? "" : "No response can be drawn there: a value is no finite number.";
    if (problem) return void ((repeats = false), show());
    awaited = drawn;
    stage.set("what_if", withResponse(stage.get("what_if"), drawn, data));
  }

  /** At the truth, or at the draw that is pinned, or at one by chance. */
  function begun(key: string): Series {
    const draws = given();
    const { columns } = draws;
    const { pinned } = stage.get("selection");
    const place = (pinned === null ? null : placeOfDraw(draws, pinned)) ?? Math.floor(uniform(stream(SEED, 0, ++n_series)) * shippedDraws(draws));
    const isTrue = now() === "truth";
    const value: ValueOf = (at) => (isTrue ? columns[at]!.truth! : column(draws, columns[at]!.label)![place]!);
    const truth = new Map(columns.flatMap(({ label, term, truth }, at) => (term !== null || (isTrue && truth === null) ? [] : [[label, value(at)] as const])));
    return { key, value, words: isTrue ? "" : `The truth is ${nameOfDraw(draws, drawAt(draws, place))}.`, coverage: { truth, below: [], missed: 0 } };
  }

  function arrived(refit: Refit): void {
    if (refit.kind === "refused") return void ([awaited, repeats] = [null, false]);
    if (refit.kind !== "sampled") return;
    series!.coverage = counted(series!.coverage, stage.fit.draws as Draws, refit.met);
    awaited = null;
    if (repeats) simulate();
  }

  function show(): void {
    const there = needed() !== null;
    repeat.textContent = repeats ? "Stop" : "Repeat";
    offer(controls, there && again, there && at, there && repeat);
    const { caption, header, rows } = series ? coverageTable(series.coverage, stage.get("prob")) : { caption: "", header: [], rows: [] };
    table.hidden = series === null;
    const cells = (row: readonly (string | null)[]) => row.map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell)));
    renew(table, [
      h("caption", {}, h("span", {}, caption)),
      h("thead", {}, h("tr", {}, ...header.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...cells(row)))),
    ]);
    renew(words, present(notes([problem, series && series.words, series && saidMissed(series.coverage)])));
  }
}
