import { expect, it } from "vitest";
import { errorPercent, shareAbove, sharePercent } from "../../src/stats/share.js";

const share = (p: number, count = 4000, mcse = 0.002) => sharePercent({ p, mcse, count });

it("never prints all or nothing", () => {
  expect([1, 0.9995, 0, 0.0004].map((p) => share(p))).toEqual(["> 99.9%", "> 99.9%", "< 0.1%", "< 0.1%"]);
  expect([share(1, 200), share(0, 200), share(1, 40)]).toEqual(["> 99%", "< 1%", "> 90%"]);
});

it("prints the decimals that the Monte Carlo error supports", () => {
  expect([share(0.97349), share(0.97349, 4000, 0.02), share(0.999)]).toEqual(["97.3%", "97%", "99.9%"]);
});

it("gives the Monte Carlo error of independent draws, and none where all agree", () => {
  const draws = Float64Array.from({ length: 4000 }, (_, i) => ((i * 0.61803398875) % 1) - 0.25);
  expect(shareAbove(draws, 0, 4).p).toBeCloseTo(0.75, 2);
  const noisy = Float64Array.from({ length: 4000 }, (_, i) => Math.sin(i * i * 12.9898) * 43758.5453).map((value) => value - Math.floor(value));
  const { p, mcse } = shareAbove(noisy, 0.5, 4);
  expect(mcse / Math.sqrt((p * (1 - p)) / 4000)).toBeCloseTo(1, 0);
  expect(errorPercent(shareAbove(noisy, 2, 4))).toBe("–");
  expect(shareAbove(Float64Array.of(1, NaN, 2, 3), 0, 1).p).toBeNaN();
});
