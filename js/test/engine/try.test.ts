import { it } from "vitest";
import { chain } from "../../src/engine/chain.js";
import { stream } from "../../src/stats/random.js";
import { ess } from "../../src/stats/ess.js";
import { rHat } from "../../src/stats/r-hat.js";
it("x", () => {
  const D = 3, sds = [0.1, 1, 10];
  let count = 0;
  const density = { size: D, evaluate(u: Float64Array, g: Float64Array) { count++; let s = 0; for (let i = 0; i < D; i++) { const v = sds[i]! ** 2; s -= 0.5 * u[i]! ** 2 / v; g[i] = -u[i]! / v; } return s; }, constrain(u: Float64Array, c: Float64Array) { c.set(u); } };
  for (let rep = 0; rep < 5; rep++) {
  count = 0;
  const t0 = performance.now();
  const chains = [0, 1, 2, 3].map((c) => { const k = chain(density, [new Float64Array(D)], 0.8, new Float64Array([0.01, 1, 100]), stream(1, c))!; k.ask(500); k.advance(Infinity); return k; });
  const t1 = performance.now();
  for (let i = 0; i < D; i++) {
    const x = chains.map((c) => c.taken().draws.filter((_, j) => j % D === i));
    const r = [rHat(x), ess(x)];
    const all = x.flatMap((a) => [...a]); const m = all.reduce((a, b) => a + b) / all.length; const sd = Math.sqrt(all.reduce((a, b) => a + (b - m) ** 2, 0) / all.length);
    if (rep === 4) console.log(r, m / sds[i]!, sd / sds[i]!);
  }
  console.log(t1 - t0, performance.now() - t1, count, chains.map((c) => [c.sampler.step, [...c.sampler.mass].map((v, i) => v / sds[i]! ** 2)].join(" ")), chains.map((c) => c.taken().depth.reduce((a, b) => a + b, 0) / 500));
  }
});
