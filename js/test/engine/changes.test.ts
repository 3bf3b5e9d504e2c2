import { expect, it } from "vitest";
import changes from "../../../tests/wire/changes.json";
import laboratory from "../../../tests/wire/laboratory.json";
import { density } from "../../src/engine/density.js";
import { changed, difference } from "../../src/engine/edit.js";
import { pack } from "../../src/engine/pack.js";
import { priorsOf } from "../../src/lab/posterior.js";
import type { WhatIf } from "../../src/state/what-if.js";
import { decode, fromBase64, type EngineView, type Program } from "../../src/wire.js";

/** PyMC's log densities of changed models: `tests/wire/write_changes.py` makes them. */
const cases = changes.changes.map(({ fit, what_if, ...theirs }) => {
  const { schema, buffer } = laboratory.fits.find(({ name }) => name === fit)!;
  const panel = decode(schema, fromBase64(buffer)).fits[0]!;
  return { name: `${fit} ${Object.keys(what_if).join(" ")}`, view: panel.engine as EngineView, priors: priorsOf(panel), whatIf: what_if as WhatIf, ...theirs };
});

function evaluated(program: Program, { points, mass }: EngineView) {
  const own = density(pack(program));
  const size = mass.data.length;
  return Array.from({ length: points.shape[0]! }, (_, i) => {
    const gradient = new Float64Array(size);
    return { value: own.evaluate(points.data.slice(i * size, (i + 1) * size), gradient), gradient };
  });
}

it.each(cases)("is PyMC's density of the changed model: $name", ({ view, priors, whatIf, values, gradients }) => {
  const made = changed(view, priors, whatIf);
  if ("refused" in made) throw new Error(made.refused);
  const found = evaluated(made.program, view);
  found.forEach(({ value, gradient }, i) => {
    const apart = value - found[0]!.value - (values[i]! - values[0]!);
    expect(Math.abs(apart)).toBeLessThan(1e-9 * Math.max(...values.map(Math.abs)));
    const largest = Math.max(1, ...gradients[i]!.map(Math.abs));
    gradients[i]!.forEach((slope, k) => expect(Math.abs(gradient[k]! - slope)).toBeLessThan(1e-9 * largest));
  });
});

it.each(cases)("differs from the given density as the parts of the difference do: $name", ({ view, priors, whatIf }) => {
  const made = changed(view, priors, whatIf) as { readonly program: Program };
  const [whole, given] = [made.program, view.program].map((program) => evaluated(program, view));
  const [before, after] = difference(view, priors, {}, whatIf).map((program) => evaluated(program, view));
  whole!.forEach(({ value }, i) => {
    const expected = value - given![i]!.value;
    expect(after![i]!.value - before![i]!.value).toBeCloseTo(expected, 8);
  });
});
