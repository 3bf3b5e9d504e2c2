import { expect, it } from "vitest";
import { level } from "../../src/marks/level.js";
import { linear } from "../../src/stats/linear.js";

it("draws every interval, the narrower the thicker, and none that is not finite", () => {
  const drawn: number[][] = [];
  const ctx = { lineWidth: 0, save() {}, restore() {}, beginPath() {}, stroke() {}, fill() {}, arc() {}, moveTo: (_: number, y: number) => drawn.push([ctx.lineWidth, y]), lineTo: (_: number, y: number) => drawn.at(-1)!.push(y) };
  const unit = linear([0, 1], [0, 10]);
  const intervals = [{ low: 0, high: 1 }, { low: 0.2, high: 0.8 }, { low: NaN, high: 1 }];
  const style = { colour: "orange", truth: "black", halo: "white" };
  level(ctx as unknown as CanvasRenderingContext2D, { x: 0, mean: 0.5, intervals, truth: null }, { x: unit, y: unit, left: 0, right: 10, top: 0, bottom: 10 }, style);
  expect(drawn).toEqual([[2, 0, 10], [4.5, 2, 8]]);
});
