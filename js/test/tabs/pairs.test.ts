import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { pairOf, sayPair } from "../../src/fit/pairs.js";
import { indexed } from "../../src/stats/nearest.js";
import { drawsOf } from "../fit/draws.js";
import { choose, drawable, frame, shown } from "../ui/shown.js";

beforeEach(() => void drawable());
afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

it("finds the nearest point within reach, and the next one in a direction", () => {
  const [x, y] = [[0, 10, 100, 105, NaN], [0, 0, 0, 50, 0]];
  const { nearest, toward } = indexed(x, y, [0, 1, 2, 3, 4]);
  expect([nearest(8, 1, 24), nearest(50, 0, 24), nearest(-20, 0, 24)]).toEqual([1, -1, 0]);
  expect([toward(0, 1, 0), toward(1, 1, 0), toward(2, 0, 1), toward(0, -1, 0)]).toEqual([1, 2, 3, -1]);
  expect(indexed(x, y, [2]).nearest(8, 1, 24)).toBe(-1);
});

it("pairs two numbers, draw by draw, and falls back where one is gone", () => {
  const draws = drawsOf({ a: [[1, 2], [3, 4]], b: [[2, 4], [6, 8]], c: [[0, 1], [0, 1]] }, { divergent: [0, 3] });
  const pair = pairOf(draws, "", "", null);
  expect([pair.x, pair.y, pair.divergent]).toEqual(["a", "b", [0, 3]]);
  expect(sayPair(draws, pair)).toBe("correlation 1 over 4 draws, of which 2 diverged");
  expect([pairOf(draws, "b", "", null).y, pairOf(draws, "b", "gone", null).y, pairOf(draws, "c", "a", null).y]).toEqual(["a", "a", "a"]);
  const fewer = pairOf(draws, "a", "b", { label: "a", low: 2, high: 4 });
  expect([[...fewer.shown], fewer.divergent]).toEqual([[1, 2, 3], [3]]);
  expect(sayPair(draws, fewer)).toContain("3 of 4 draws");
});

it("knows the places of divergent draws that are shipped alone", () => {
  const thinned = drawsOf({ a: [[1, 2]], b: [[2, 4]] }, { every: 2, divergent: [1, 2] });
  expect(pairOf(thinned, "", "", null).divergent).toEqual([1]);
});

it("shows any two parameters by its controls, and says their correlation", async () => {
  const { el } = shown({ tab: "pairs" });
  const image = () => el.querySelector(".glm-tab-pairs [role=img]")!.getAttribute("aria-label");
  expect(image()).toBe("1|g[a] against x: correlation 1 over 4 draws, of which 1 diverged");
  choose(el, "Vertical", "1|g[b]");
  choose(el, "Horizontal", "1|g[a]");
  await frame();
  expect(image()).toContain("1|g[b] against 1|g[a]");
  expect(el.querySelector(".glm-tab-pairs .glm-notes")!.textContent).toContain("Correlation 1 over 4 draws");
});

it("steps to the nearest draw in the direction of an arrow, which all tabs light up", async () => {
  const { el, press, status } = shown({ tab: "pairs" });
  const field = el.querySelector(".glm-tab-pairs [role=application]")!;
  await press(field, "ArrowUp");
  expect(status()).toContain("draw 1:");
  await press(field, "ArrowRight");
  expect(status()).toContain("draw 2:");
  await press(field, "ArrowLeft");
  await press(field, "ArrowLeft");
  expect(status()).toContain("draw 1:");
});

it("lights the draw under the pointer up, and pins it by a click", async () => {
  const { el, status } = shown({ tab: "pairs" });
  const plot = el.querySelector<HTMLElement>(".glm-tab-pairs .glm-plot")!;
  const at = (type: string, clientX: number, clientY: number) => plot.dispatchEvent(Object.assign(new MouseEvent(type, { clientX, clientY, bubbles: true })));
  for (let x = 0; x < 400 && status() === ""; x += 8) {
    for (let y = 0; y < 280 && status() === ""; y += 8) {
      at("pointermove", x, y);
      if (status() === "") await frame();
      if (status() !== "") at("click", x, y);
    }
  }
  const pinned = status();
  expect(pinned).toMatch(/^draw \d/);
  at("pointerleave", 0, 0);
  await frame();
  expect(status()).toBe(pinned);
});

it("says why there are no pairs", () => {
  const without = shown({ tab: "pairs" }, (fit) => Object.assign(fit, { draws: { unavailable: "No draws." } }));
  expect(without.el.querySelector(".glm-tab-pairs")!.textContent).toContain("No draws.");
  const one = shown({ tab: "pairs" }, (fit) => (fit.draws.columns = fit.draws.columns.slice(0, 1)));
  expect(one.el.querySelector(".glm-tab-pairs")!.textContent).toContain("a pair needs two");
});
