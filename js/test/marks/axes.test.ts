import { expect, it } from "vitest";
import { axes } from "../../src/marks/axes.js";
import type { Surface } from "../../src/ui/plot.js";

it("cuts no number at the left edge", () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const surface = { width: 300, height: 124, layers: [], svg } as unknown as Surface;
  axes(surface, { x: { kind: "numeric", label: "", domain: [0.4, 0.8] }, y: { kind: "hidden", domain: [0, 1] } });
  const first = svg.querySelector("text")!;
  expect(first.textContent).toBe("0.4");
  expect(first.getAttribute("text-anchor")).toBe("middle");
  expect(Number(first.getAttribute("x")) - 3 * 3.2).toBeGreaterThanOrEqual(0);
});
