import effects from "../../../tests/wire/effects.json";
import { describe, expect, it } from "vitest";
import { effectsOf, type EffectKind, type EffectScale, type Question } from "../../src/fit/effects.js";
import type { Contrast } from "../../src/fit/contrasts.js";
import { sampleInterval } from "../../src/stats/interval.js";
import { shareAbove } from "../../src/stats/share.js";
import { decode, fromBase64, type Draws, type F8, type Predictor } from "../../src/wire.js";

interface Asked {
  readonly effect: EffectKind;
  readonly of: string;
  readonly contrast: Contrast["kind"];
  readonly start: number;
  readonly end: number;
  readonly scale: EffectScale;
  readonly by: string;
  readonly above: number | null;
  readonly contrasts: readonly string[];
  readonly levels: readonly string[];
  readonly categories: readonly string[];
  readonly draws: F8;
  readonly table: F8;
}

interface Case {
  readonly name: string;
  readonly draws: Draws;
  readonly predictor: Predictor;
  readonly questions: readonly Asked[];
}

const PROB = 0.8;
const { schema, buffer } = effects;
const { cases } = decode(schema, fromBase64(buffer)) as unknown as { readonly cases: readonly Case[] };

/** Within 1e-5 of the number that Python gives, relative to it or to the spread of the draws, whichever is larger. */
function near(found: number, expected: number, spread: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-5 * Math.max(spread, Math.abs(expected)));
}

describe.each(cases)("$name", ({ draws, predictor, questions }) => {
  it.each(questions)("$effect of $of, $contrast, on the $scale scale by $by", (asked) => {
    const { effect, of, scale, by, start, end } = asked;
    const contrast: Contrast = asked.contrast === "typed" ? { kind: "typed", from: start, to: end } : { kind: asked.contrast };
    const question: Question = { effect, of, scale, by, contrast };
    const found = effectsOf({ draws, predictor }, question);
    expect(found.map((one) => one.contrast)).toEqual(asked.contrasts);
    expect(found.map((one) => one.level)).toEqual(asked.levels);
    expect(found.map((one) => one.category)).toEqual(asked.categories);
    const [, count] = asked.draws.shape;
    found.forEach((one, at) => {
      const expected = asked.draws.data.subarray(at * count!, (at + 1) * count!);
      const spread = Math.max(...expected) - Math.min(...expected);
      one.draws.forEach((value, i) => near(value, expected[i]!, spread));
      const [median, low, high, p, mcse] = asked.table.data.subarray(5 * at, 5 * at + 5);
      near(sampleInterval(one.draws, PROB).low, low!, spread);
      near(sampleInterval(one.draws, PROB).high, high!, spread);
      near(sampleInterval(one.draws, 0).low, median!, spread);
      const above = asked.above ?? (effect === "prediction" ? null : scale === "ratio" ? 1 : 0);
      if (above === null) return;
      const share = shareAbove(one.draws, above, draws.n_chains);
      near(share.p, p!, 0);
      if (Number.isNaN(mcse!)) expect(share.mcse).toBeNaN();
      else near(share.mcse, mcse!, 0);
    });
  });
});
