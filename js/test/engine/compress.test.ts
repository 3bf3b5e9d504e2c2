import { expect, it } from "vitest";
import written from "../../../tests/wire/posteriors.json";
import { compressed } from "../../src/engine/compress.js";
import { density } from "../../src/engine/density.js";
import { isLikelihood } from "../../src/engine/edit.js";
import { layOut } from "../../src/engine/pack.js";
import type { LinearSlot } from "../../src/engine-records.js";
import { normal, stream } from "../../src/stats/random.js";
import { decode, fromBase64, type Program } from "../../src/wire.js";

const { posteriors } = decode(written.schema, fromBase64(written.buffer)) as unknown as { readonly posteriors: readonly { readonly name: string; readonly program: Program }[] };
const { program } = posteriors.find(({ name }) => name === "slopes by group")!;
const likelihood = program.factors.find((factor) => isLikelihood(program, factor))!;

/** Densities of both programs at some points, with the gradients. */
function compared(factor: typeof likelihood): { readonly differences: number[]; readonly gradients: [Float64Array, Float64Array][] } {
  const factors = program.factors.map((one) => (one === likelihood ? factor : one));
  const [whole, small] = [factors, factors.map(compressed)].map((of) => density(layOut({ ...program, factors: of })));
  const random = stream(4);
  const found = Array.from({ length: 5 }, () => {
    const u = Float64Array.from({ length: whole!.size }, () => 0.5 * normal(random));
    const gradients: [Float64Array, Float64Array] = [new Float64Array(u.length), new Float64Array(u.length)];
    return { gradients, difference: whole!.evaluate(u, gradients[0]) - small!.evaluate(u, gradients[1]) };
  });
  return { differences: found.map(({ difference }) => difference), gradients: found.map(({ gradients }) => gradients) };
}

/** The same density but for a constant, and the same gradient. */
function expectSame({ differences, gradients }: ReturnType<typeof compared>): void {
  for (const difference of differences) expect(difference).toBeCloseTo(differences[0]!, 7);
  for (const [one, other] of gradients) one.forEach((slope, i) => expect(Math.abs(slope - other[i]!)).toBeLessThan(1e-9 * (1 + Math.abs(slope))));
}

it("keeps two rows of a group whose intercept and slope vary", () => {
  const { rows, slots } = compressed(likelihood);
  const { groups } = slots[1] as LinearSlot;
  const n_groups = new Set(groups[0]!.index.data).size;
  expect([rows, groups.map(({ index }) => index.data.length)]).toEqual([2 * n_groups, groups.map(() => 2 * n_groups)]);
  expectSame(compared(likelihood));
});

it("weighs rows, of groups too", () => {
  const random = stream(5);
  const weights = { data: Float64Array.from({ length: likelihood.rows }, () => 0.5 + Math.abs(normal(random))), shape: [likelihood.rows] };
  expect(compressed({ ...likelihood, weights }).rows).toBe(compressed(likelihood).rows);
  expectSame(compared({ ...likelihood, weights }));
});

it("gives back what it would not halve", () => {
  const slot = likelihood.slots[1] as LinearSlot;
  const alone = { data: Int32Array.from({ length: likelihood.rows }, (_, row) => slot.groups[0]!.index.data[0]! + row), shape: [likelihood.rows] };
  const factor = { ...likelihood, slots: [likelihood.slots[0]!, { ...slot, groups: slot.groups.map((group) => ({ ...group, index: alone })) }, likelihood.slots[2]!] };
  expect(compressed(factor)).toBe(factor);
});
