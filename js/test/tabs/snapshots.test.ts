import { expect, it } from "vitest";
import { EVERY, snapshots } from "../../src/tabs/snapshots.js";

/** A context that only notes what is asked of it. */
function noted(): { ctx: CanvasRenderingContext2D; asked: string[] } {
  const asked: string[] = [];
  const canvas = document.createElement("canvas");
  const note = (name: string) => () => void asked.push(name);
  const methods = ["save", "restore", "setTransform", "clearRect", "drawImage"].map((name) => [name, note(name)]);
  return { ctx: { canvas, ...Object.fromEntries(methods) } as unknown as CanvasRenderingContext2D, asked };
}

it("goes back to the last copy that is not beyond the lines wanted", () => {
  const { ctx, asked } = noted();
  const before = snapshots();
  for (const drawn of [0, 3, EVERY, 2 * EVERY]) before.keep(ctx, drawn);
  expect(before.restore(ctx, 2 * EVERY + 50)).toBe(2 * EVERY);
  expect(before.restore(ctx, EVERY + 1)).toBe(EVERY);
  expect(asked.filter((name) => name === "drawImage")).toHaveLength(2);
});

it("begins anew when there is no such copy", () => {
  const { ctx, asked } = noted();
  expect(snapshots().restore(ctx, 3 * EVERY)).toBe(0);
  expect(asked).toEqual(["save", "setTransform", "clearRect", "restore"]);
});
