import { expect, it } from "vitest";
import panels from "../../../tests/wire/laboratory.json";
import written from "../../../tests/wire/sensitivity.json";
import { diagnosisOf, sensed } from "../../src/lab/sensitivity.js";
import { drained } from "../../src/lab/slices.js";
import type { Source } from "../../src/fit/predictor.js";
import type { WhatIf } from "../../src/state/what-if.js";
import { findingsOf } from "../../src/tabs/model/sensitivity.js";
import { decode, fromBase64, type Draws, type Fit, type ModelView } from "../../src/wire.js";

function look(name: string, { change = {}, whatIf = {} }: { readonly change?: Partial<Fit>; readonly whatIf?: WhatIf } = {}) {
  const { schema, buffer } = panels.fits.find((one) => one.name === name)!;
  const fit = { ...decode(schema, fromBase64(buffer)).fits[0]!, ...change };
  const of = { effect: "comparison", of: "x", contrast: { kind: "reference" }, scale: "response", by: "" } as const;
  return drained(sensed(fit, fit.draws as Draws, (fit.tabs.model as ModelView).priors, whatIf, fit as Fit & Source, [of]));
}

/** What arviz-stats finds by densities written with SciPy: `tests/wire/write_sensitivity.py`. */
const TOLERANCE = 1e-6;

it("finds the sensitivity of arviz-stats to prior and likelihood of a fit, by the kernels", () => {
  const { parameters, effects, reason } = look("line");
  expect(reason).toBe("");
  expect(parameters.map(({ name }) => name).sort()).toEqual(Object.keys(written.line).sort());
  for (const { name, prior, likelihood } of parameters) {
    const expected = written.line[name as keyof typeof written.line];
    expect(Math.abs(prior - expected.prior)).toBeLessThan(TOLERANCE);
    expect(Math.abs(likelihood! - expected.likelihood)).toBeLessThan(TOLERANCE);
  }
  const slope = parameters.find(({ name }) => name === "x")!;
  expect(effects).toHaveLength(1);
  expect(effects[0]!.name).toBe("x +1");
  expect(effects[0]!.prior).toBeCloseTo(slope.prior, 6);
});

it("finds the prior's alone by the draws where the page has no engine, and says why", () => {
  const { parameters, k, reason } = look("line", { change: { engine: { unavailable: "it is not here" } } });
  for (const { name, prior, likelihood } of parameters) {
    expect(Math.abs(prior - written.line[name as keyof typeof written.line].prior)).toBeLessThan(TOLERANCE);
    expect(likelihood).toBeNull();
  }
  expect(k.likelihood).toBeNull();
  expect(reason).toContain("it is not here");
});

it("scales the priors of a change, and leaves out the distribution of groups' effects", () => {
  const [given, changed] = [{}, { priors: { x: "Normal(0, 0.2)" } }].map((whatIf) => look("groups", { whatIf }).parameters);
  expect(given!.map(({ name }) => name)).toEqual(["Intercept", "x", "sigma", "1|g_sigma"]);
  const x = (rows: typeof given) => rows!.find(({ name }) => name === "x")!;
  expect(x(given).prior).toBeLessThan(0.01);
  expect(x(changed).prior).toBeGreaterThan(0.05);
  // Prior and draws are those of the records alone: the offsets of groups, which are standard normal, would say more.
  const records = look("groups", { change: { engine: { unavailable: "" } } }).parameters;
  given!.forEach(({ prior }, i) => expect(prior).toBeCloseTo(records[i]!.prior, 6));
});

it("diagnoses as `psense_summary` does, and makes a finding of each diagnosis", () => {
  for (const { quantities } of Object.values(written.cases)) {
    for (const [name, { prior, likelihood, diagnosis }] of Object.entries(quantities)) {
      expect(diagnosisOf({ name, prior, likelihood }) ?? "✓").toBe(diagnosis);
    }
  }
  const rows = [["a", 0.06, 0.2], ["b", 0.5, 0.1], ["c", 0.2, 0.01], ["d", 0.01, 0.01]] as const;
  const findings = findingsOf(rows.map(([name, prior, likelihood]) => ({ name, prior, likelihood })));
  expect(findings.map(({ message }) => message)).toEqual(["Potential prior-data conflict: b, a", "Potential strong prior / weak likelihood: c"]);
  expect(findings[0]).toMatchObject({ severity: "warning", threshold: "0.05", value: "b: 0.500 to the prior, 0.100 to the likelihood" });
  expect(findingsOf([{ name: "a", prior: 0.9, likelihood: null }])).toEqual([]);
});
