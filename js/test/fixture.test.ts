import { expect, it } from "vitest";
import example from "../../tests/wire/example.json";
import { column } from "../src/fit/draws.js";
import { localModel } from "../src/state/model.js";
import { mount } from "../src/panel.js";
import { TAB_TITLES } from "../src/state/traits.js";
import { decode, fromBase64, isUnavailable, MISSING_CODE, type Draws, type Fit, type Prior, type Unavailable } from "../src/wire.js";

/** A panel that Python wrote: `tests/wire/write.py` makes it, and `tests/test_wire.py` keeps it as Python writes it now. */
const { schema } = example;
const bytes = fromBase64(example.buffer);
const { tabs, ...panel } = decode(schema, bytes).fits[0]!;

function drawn<K extends keyof Fit["tabs"]>(name: K) {
  const view = tabs[name]!;
  if (isUnavailable(view)) throw new Error(view.unavailable);
  return view as Exclude<Fit["tabs"][K], { unavailable: string }>;
}

it("reads the panel as Python wrote it", () => {
  expect(panel.findings.map(({ severity }) => severity)).toEqual(["error", "warning", "note"]);
  expect(panel).toMatchObject({ n_lines: 4, prob: 0.89, incomplete: true });
});

it("reads numbers, missing values and categories", () => {
  const [response, x, g] = drawn("data").columns;
  expect(response).toMatchObject({ kind: "numeric", values: { shape: [5] } });
  expect(x?.kind === "numeric" && [...x.values.data]).toEqual([0, 0.25, NaN, 0.75, 1]);
  expect(g?.kind === "category" && [...g.codes.data]).toEqual([0, 1, 0, 1, MISSING_CODE]);
});

it("reads matrices row by row", () => {
  const [over, levels] = drawn("fan").axes;
  const [affine, curves] = [over!.strata[0]!.lines, levels!.strata[0]!.lines];
  expect(affine.kind === "affine" && affine.draws.shape).toEqual([6, 2]);
  expect(affine.kind === "affine" && [...affine.rows.data]).toEqual([1, 0, 1, 0.5, 1, 1]);
  expect(curves.kind === "curves" && [...curves.values.data].slice(0, 4)).toEqual([1, 2, Math.fround(1.1), 2]);
});

it("reads the draws of every number", () => {
  const draws = panel.draws as Draws;
  expect(draws.values.shape).toEqual([3, 2, 6]);
  expect(column(draws, "Intercept")![7]).toBeCloseTo(Math.sin(7), 6);
});

it("reads the draws from the prior", () => {
  const prior = panel.prior as Prior;
  expect(prior.values.shape).toEqual([3, 6]);
  expect([...prior.centre.data]).toEqual([0, 1, 2]);
});

it("is shown whole, its texts as text", () => {
  const reason = (part: object) => (part as Unavailable).unavailable;
  const missing = new Map([["effects", reason(panel.predictor)], ["model", reason(tabs.model!)]]);
  const el = document.createElement("div");
  for (const tab of Object.keys(TAB_TITLES)) {
    const dispose = mount(localModel({ schema, buffer: bytes, tab }), el);
    expect(el.querySelector("[role=alert]:not(:empty), script, img")).toBeNull();
    // This panel has no predictor tables, and no model.
    expect(el.querySelector(".glm-unavailable")?.textContent).toBe(missing.get(tab));
    expect(el.querySelector(".glm-title")!.textContent).toBe(panel.title);
    dispose();
  }
});
