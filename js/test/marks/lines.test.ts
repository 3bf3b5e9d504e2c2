import { expect, it } from "vitest";
import { lines } from "../../src/marks/lines.js";
import { linear } from "../../src/stats/linear.js";

/** A context that writes down its calls. */
function recorder() {
  const calls: string[] = [];
  const call =
    (name: string) =>
    (...args: number[]) =>
      void calls.push([name, ...args].join(" "));
  const ctx = { save() {}, restore() {}, beginPath: call("begin"), moveTo: call("move"), lineTo: call("line"), stroke: call("stroke") };
  return { ctx: ctx as unknown as CanvasRenderingContext2D, calls };
}

const unit = linear([0, 1], [0, 10]);
const scales = { x: unit, y: linear([0, 1], [10, 0]), left: 0, right: 10, top: 0, bottom: 10 };
const style = { colour: "orange", alpha: 1, dpr: 2 };

it("draws only the lines that are asked for, one path each", () => {
  const { ctx, calls } = recorder();
  const curves = { values: Float64Array.of(0, 0, 1, 1, 0, 1), n_lines: 3, n_grid: 2 };
  lines(ctx, { curves, grid: [0, 1], from: 1, to: 3 }, scales, style);
  expect(calls).toEqual(["begin", "move 0 0", "line 10 0", "stroke", "begin", "move 0 10", "line 10 0", "stroke"]);
  expect(ctx.lineWidth).toBe(0.5);
});

it("interrupts a line where it is not finite", () => {
  const { ctx, calls } = recorder();
  const curves = { values: Float64Array.of(0, NaN, 0, Infinity), n_lines: 1, n_grid: 4 };
  lines(ctx, { curves, grid: [0, 0.2, 0.4, 1], from: 0, to: 1 }, scales, style);
  expect(calls).toEqual(["begin", "move 0 10", "move 4 10", "stroke"]);
});

it("leaves out points that lie between others", () => {
  const { ctx, calls } = recorder();
  const curves = { values: Float64Array.of(0, 0.1, 0.2, 0.3, 1), n_lines: 1, n_grid: 5 };
  lines(ctx, { curves, grid: [0, 0.1, 0.2, 0.3, 0.4], from: 0, to: 1 }, scales, style);
  expect(calls.map((call) => call.split(" ")[0])).toEqual(["begin", "move", "line", "line", "line", "stroke"]);
});

it("misses no point of a curve by more than a tenth of a pixel", () => {
  const { ctx, calls } = recorder();
  const n_grid = 100;
  const wide = { ...scales, x: linear([0, 1], [0, 900]), y: linear([-1, 1], [500, 0]) };
  const grid = Float64Array.from({ length: n_grid }, (_, g) => g / (n_grid - 1));
  const values = Float64Array.from(grid, (x) => Math.sin(12 * x));
  lines(ctx, { curves: { values, n_lines: 1, n_grid }, grid, from: 0, to: 1 }, wide, style);
  const drawn = calls.filter((call) => /^(move|line)/.test(call)).map((call) => call.split(" ").slice(1).map(Number));
  expect(drawn.length).toBeLessThan(n_grid);
  grid.forEach((x, g) => {
    const at = wide.x(x);
    const next = drawn.findIndex(([px]) => px! >= at - 1e-6);
    const [[ax, ay], [bx, by]] = [drawn[Math.max(0, next - 1)]!, drawn[next]!] as [[number, number], [number, number]];
    const here = ax === bx ? by : ay + ((by - ay) * (at - ax)) / (bx - ax);
    expect(Math.abs(here - wide.y(values[g]!))).toBeLessThan(0.101);
  });
});
