import { describe, expect, it } from "vitest";
import { averaging, phases, variances } from "../../src/engine/adapt.js";
import { chain } from "../../src/engine/chain.js";
import { nuts } from "../../src/engine/nuts.js";
import { whitened } from "../../src/engine/whitened.js";
import { covariance } from "../../src/stats/covariance.js";
import { normal, stream } from "../../src/stats/random.js";
import { correlated, funnel, normals } from "./densities.js";

const ones = (size: number) => new Float64Array(size).fill(1);

/** Mean acceptance of `n` transitions with one step size. */
function acceptance(step: number, n = 400): number {
  const sampler = nuts(normals([1, 1, 1]), ones(3), stream(3));
  sampler.place(new Float64Array(3));
  sampler.step = step;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    sampler.begin();
    while (!sampler.grow());
    sum += sampler.acceptance;
  }
  return sum / n;
}

describe("a transition", () => {
  it("keeps the energy where steps are small, until it turns back or has 2 ** 10 leaves", () => {
    for (const [step, least, most] of [[0.05, 4, 8], [0.0005, 10, 10]] as const) {
      const sampler = nuts(normals([1, 1]), ones(2), stream(1));
      sampler.place(Float64Array.of(1.5, 2.5));
      sampler.step = step;
      sampler.begin();
      const before = sampler.drawn.energy;
      let leaves = 1;
      while (!sampler.grow()) leaves++;
      expect(sampler.depth).toBeGreaterThanOrEqual(least);
      expect(sampler.depth).toBeLessThanOrEqual(most);
      expect(leaves).toBeLessThan(2 ** (sampler.depth + 1));
      expect(sampler.drawn.energy).toBeCloseTo(before, 3);
      expect([sampler.acceptance > 0.99, sampler.divergent]).toEqual([true, false]);
    }
  });

  it("diverges where the energy grows by more than 1000, and stays where it was", () => {
    const sampler = nuts(normals([0.01]), ones(1), stream(1));
    sampler.place(Float64Array.of(1.001));
    sampler.step = 10;
    sampler.begin();
    expect([sampler.grow(), sampler.divergent, sampler.depth, sampler.drawn.u[0]]).toEqual([true, true, 0, 1.001]);
  });

  it("tells where there is no density", () => {
    const sampler = nuts({ size: 1, evaluate: (u, gradient) => Math.log((gradient[0] = u[0]!)), constrain: () => {} }, ones(1), stream(1));
    expect([-1, 0, 2].map((u) => sampler.place(Float64Array.of(u)))).toEqual([false, false, true]);
  });

  it("can be left at any leaf", () => {
    const drawn = (until: () => number) => {
      const one = chain(funnel(), [new Float64Array(10)], 0.3, stream(5))!;
      one.ask(50);
      while (!one.advance(until()));
      return one.taken().draws;
    };
    expect(drawn(() => 0)).toEqual(drawn(() => Infinity));
  });
});

describe("adaptation", () => {
  it("finds steps that are accepted four times of five", () => {
    for (const begun of [0.01, 8]) {
      const steps = averaging();
      steps.begin(begun);
      for (let k = 0, step = begun; k < 150; k++) step = steps.next(acceptance(step, 50));
      expect(Math.abs(acceptance(steps.average()) - 0.8)).toBeLessThan(0.06);
    }
  });

  it("finds variances, by draws and gradients, from far away", () => {
    const sds = [0.05, 1, 20];
    const [random, found, mass] = [stream(2), variances(3), ones(3)];
    for (let k = 0; k < 200; k++) {
      const z = sds.map(() => normal(random));
      found.add(Float64Array.from(z, (one, i) => one * sds[i]!), Float64Array.from(z, (one, i) => -one / sds[i]!));
    }
    found.into(mass);
    // What was known before weighs as much as 5 of 205 draws.
    sds.forEach((sd, i) => expect(mass[i]! / sd ** 2).toBeCloseTo((1 / sd ** 2) ** (5 / 205), 6));
  });

  it("keeps variances that it knew where draws do not move", () => {
    const [found, mass] = [variances(1), Float64Array.of(7)];
    for (let k = 0; k < 3; k++) found.add(Float64Array.of(1), Float64Array.of(0));
    found.into(mass);
    expect(mass[0]).toBe(7);
  });

  it("has the windows of Stan for a short warm-up", () => {
    const plan = phases(100);
    const lengths = (["step", "mass", "renew"] as const).map((phase) => plan.filter((one) => one === phase).length);
    expect(lengths).toEqual([15 + 20, 64, 1]);
    expect([plan.indexOf("mass"), plan.indexOf("renew")]).toEqual([15, 79]);
  });

  it("takes no larger steps than the fit", () => {
    const one = chain(normals([1, 1]), [new Float64Array(2)], 0.1, stream(1))!;
    one.ask(1);
    one.advance(Infinity);
    expect(one.sampler.step).toBe(0.1);
  });
});

describe("uncorrelated coordinates", () => {
  const mass = Float64Array.of(1, 0.9, 0.9, 1);
  const inner = correlated();
  const outer = whitened(inner, mass);

  it("come back, with the gradient by the chain rule", () => {
    const u = Float64Array.of(0.3, -1.2);
    const v = outer.from(u);
    const [back, gradient, other] = [0, 0, 0].map(() => new Float64Array(2)) as [Float64Array, Float64Array, Float64Array];
    outer.constrain(v, back);
    [0, 1].forEach((i) => expect(back[i]).toBeCloseTo(u[i]!, 12));
    expect(outer.evaluate(v, gradient)).toBeCloseTo(inner.evaluate(u, other), 12);
    for (const i of [0, 1]) {
      const [up, down] = [1e-6, -1e-6].map((step) => outer.evaluate(v.map((value, j) => value + (i === j ? step : 0)), other)) as [number, number];
      expect(gradient[i]).toBeCloseTo((up - down) / 2e-6, 6);
    }
  });

  it("have variances alone where no more is known", () => {
    const alone = whitened(normals([2, 5]), Float64Array.of(4, 25));
    expect([...alone.from(Float64Array.of(2, 5))]).toEqual([1, 1]);
  });

  it("bear a covariance without rank", () => {
    const gradient = new Float64Array(2);
    expect(whitened(correlated(), Float64Array.of(1, 2, 2, 1)).evaluate(Float64Array.of(1, 1), gradient)).toBeLessThan(0);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it("come from the covariance of rows, which may count twice", () => {
    const points = Float64Array.of(0, 0, 2, 4, 9, 9);
    expect([...covariance(points, 2, [0, 1])]).toEqual([1, 2, 2, 4]);
    expect([...covariance(points, 2, [0, 0, 1, 1])]).toEqual([1, 2, 2, 4]);
  });
});
