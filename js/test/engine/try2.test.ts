import { it } from "vitest";
import { stream, normal } from "../../src/stats/random.js";
import { essBulk, essTail, normalised, split } from "../../src/stats/ess.js";
import { ranks } from "../../src/stats/ranks.js";
import { joined } from "../../src/stats/rows.js";
import { rHat } from "../../src/stats/r-hat.js";
it("x", () => {
  const r = stream(1);
  const chains = [0,1,2,3].map(() => { const a = new Float64Array(500); for (let i = 0; i < 500; i++) a[i] = (i ? 0.5 * a[i-1]! : 0) + normal(r); return a; });
  const t = (f: () => unknown) => { for (let i = 0; i < 50; i++) f(); const t0 = performance.now(); for (let i = 0; i < 100; i++) f(); return (performance.now() - t0) / 100; };
  console.log({ bulk: t(() => essBulk(chains)), tail: t(() => essTail(chains)), rhat: t(() => rHat(chains)), norm: t(() => normalised(split(chains))), ranks: t(() => ranks(joined(chains))), sort: t(() => joined(chains).sort()) });
});
