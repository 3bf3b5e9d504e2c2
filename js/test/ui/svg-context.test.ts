/// <reference types="vite/client" />
import { expect, it } from "vitest";
import { band } from "../../src/marks/band.js";
import { lines } from "../../src/marks/lines.js";
import { recording } from "../../src/ui/svg-context.js";
import { linear } from "../../src/stats/linear.js";

const paths = (el: Element) => [...el.querySelectorAll("g > path")].map((path) => path.getAttribute("d"));
const unit = linear([0, 1], [0, 10]);
const scales = { x: unit, y: unit, left: 0, right: 10, top: 0, bottom: 10 };

it("knows everything that marks and tabs ask of a context", () => {
  const sources = import.meta.glob<string>("../../src/{marks,tabs}/*.ts", { query: "?raw", import: "default", eager: true });
  const used = new Set(Object.values(sources).flatMap((text) => [...text.matchAll(/\bctx\??\.(\w+)/g)].map(([, name]) => name!)));
  used.delete("drawImage"); // of copies of earlier states, and a recording has none
  const { ctx } = recording("a");
  expect([...used].filter((name) => !(name in ctx))).toEqual([]);
  expect(used.size).toBeGreaterThan(10);
});

it("refuses what it cannot record", () => {
  const { ctx } = recording("a");
  expect(() => (ctx.shadowBlur = 2)).toThrow(TypeError);
  expect(() => ctx.setTransform(2, 0, 0, 2, 0, 0)).toThrow("no transforms");
});

it("writes a path for each line, in one group, to a tenth of a pixel", () => {
  const { ctx, el } = recording("a");
  const curves = { values: Float64Array.of(0, 0.123, 1, NaN, 0.5, 0.25), n_lines: 3, n_grid: 2 };
  lines(ctx, { curves, grid: [0, 1], from: 0, to: 3 }, scales, { colour: "#e69f00", alpha: 0.3, dpr: 1 });
  expect(paths(el)).toEqual(["M0 0L10 1.2", "M0 10", "M0 5L10 2.5"]);
  expect(el.children).toHaveLength(1);
  const { attributes } = el.firstElementChild!;
  expect([...attributes].map(({ name, value }) => `${name}=${value}`)).toEqual(["fill=none", "stroke=#e69f00", "stroke-opacity=0.3"]);
});

it("begins a path at a line's first point, closes it, and fills and strokes it as a canvas does", () => {
  const { ctx, el } = recording("a");
  band(ctx, { grid: [0, 1], low: [0, 0.1], high: [0.5, 1] }, scales, { colour: "red", alpha: 0.2 });
  expect(paths(el)).toEqual(Array.from({ length: 2 }, () => "M0 5L10 10L10 1L0 0Z"));
  expect([...el.children].map((g) => [g.getAttribute("fill"), g.getAttribute("fill-opacity"), g.getAttribute("stroke")])).toEqual([
    ["red", "0.2", null],
    ["none", null, "red"],
  ]);
});

it("keeps dashes, clips and what was saved, and nothing of them after they are restored", () => {
  const { ctx, el } = recording("a");
  const stroke = () => {
    ctx.beginPath();
    ctx.moveTo(0, 0);
    ctx.lineTo(1, NaN);
    ctx.lineTo(1, 1);
    ctx.stroke();
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(1, 2, 3, 4);
  ctx.clip();
  ctx.setLineDash([5, 3]);
  ctx.lineWidth = 2;
  stroke();
  ctx.restore();
  stroke();
  expect(el.querySelector("clipPath > path")!.getAttribute("d")).toBe("M1 2h3v4h-3Z");
  const [first, second] = el.querySelectorAll("g");
  expect(first!.getAttribute("clip-path")).toBe("url(#a-clip-0)");
  expect([first!.getAttribute("stroke-dasharray"), first!.getAttribute("stroke-width")]).toEqual(["5 3", "2"]);
  expect([...second!.attributes].map(({ name }) => name)).toEqual(["fill", "stroke"]);
  expect(paths(el)).toEqual(["M0 0L1 1", "M0 0L1 1"]);
});

it("draws a circle in two halves and an arc to its end", () => {
  const { ctx, el } = recording("a");
  ctx.beginPath();
  ctx.arc(5, 5, 4, 0, 2 * Math.PI);
  ctx.fill();
  ctx.beginPath();
  ctx.arc(5, 5, 4, 0, Math.PI / 2);
  ctx.fill();
  expect(paths(el)[0]).toBe("M9 5A4 4 0 0 1 1 5A4 4 0 0 1 9 5");
  expect(paths(el)[1]).toMatch(/^M9 5A4 4 0 0 1 7.8 7.8A4 4 0 0 1 5 9$/);
});

it("forgets what was drawn before a layer is cleared", () => {
  const { ctx, el } = recording("a");
  ctx.beginPath();
  ctx.rect(0, 0, 9, 9);
  ctx.clip();
  ctx.fillRect(0, 0, 3, 3);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.restore();
  ctx.fillRect(1, 1, 3, 3);
  expect(paths(el)).toEqual(["M1 1h3v3h-3Z"]);
  expect(el.querySelector("clipPath")).not.toBeNull();
});

it("records a thousand lines of a hundred points without keeping the reader waiting", () => {
  const { ctx, el } = recording("a");
  const curves = { values: new Float64Array(100_000).fill(0.123), n_lines: 1000, n_grid: 100 };
  const grid = Array.from({ length: 100 }, (_, g) => g / 100);
  lines(ctx, { curves, grid, from: 0, to: 1000 }, scales, { colour: "red", alpha: 0.3, dpr: 1 });
  expect(paths(el)).toHaveLength(1000);
  expect(new XMLSerializer().serializeToString(el).length).toBeLessThan(1_300_000);
});
