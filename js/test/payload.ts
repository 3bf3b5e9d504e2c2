import type { Finding } from "../src/wire.js";

/** Text that would run, break or vanish if it were ever treated as markup. */
export const HOSTILE = '<img src=x onerror="globalThis.hacked = true"> "q" 🎉\nline 2';

const ARRAYS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u4: Uint32Array };

/** Collects arrays as Python's `wire/` does: one buffer, references in their place. */
export function writer() {
  const chunks: Uint8Array[] = [];
  let offset = 0;
  const put = (dtype: keyof typeof ARRAYS, values: readonly number[], shape: readonly number[] = [values.length]) => {
    const array = ARRAYS[dtype].from(values);
    const gap = (array.BYTES_PER_ELEMENT - (offset % array.BYTES_PER_ELEMENT)) % array.BYTES_PER_ELEMENT;
    const reference = { $: [dtype, shape, offset + gap] };
    chunks.push(new Uint8Array(gap), new Uint8Array(array.buffer));
    offset += gap + array.byteLength;
    return reference;
  };
  const bytes = (): Uint8Array => {
    const all = new Uint8Array(offset);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return all;
  };
  return { put, bytes };
}

/** The fit of a schema, for tests that change it. */
export function fitOf(schema: unknown): unknown {
  return (schema as { fits: unknown[] }).fits[0];
}

/** A small but whole payload: two plain parameters, one folded term, a fan over x and over g. */
export function examplePayload(findings: readonly Finding[] = []): { schema: unknown; buffer: Uint8Array } {
  const { put, bytes } = writer();
  const f4 = (values: readonly number[], shape?: readonly number[]) => put("f4", values, shape);
  const density = { x: f4([0, 1, 2]), y: f4([0, 1, 0, 0, 2, 0], [2, 3]) };
  const row = (label: string, term: string | null, truth: number | null) => {
    return { label, term, mean: 1, truth, density };
  };
  const column = (label: string, term: string | null, truth: number | null) => ({ label, term, truth });
  const summaryRow = (label: string, term: string | null, r_hat: number | null) => {
    return { label, term, mean: 1.234, sd: 0.5, mcse_mean: 0.0123, ess_bulk: 1234, ess_tail: 99, r_hat, digits: 2, exponential: "" };
  };
  const fit = {
    title: `y ~ x  # ${HOSTILE}`,
    findings,
    footer: "nutpie · 2 chains × 2 draws",
    n_lines: 2,
    prob: 0.8,
    incomplete: true,
    draws: {
      n_chains: 2,
      n_draws: 2,
      every: 1,
      columns: [column("x", null, 2), column("1|g[a]", "1|g", null), column("1|g[b]", "1|g", null)],
      centre: put("f8", [0, 0, 0]),
      values: f4([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4], [3, 2, 2]),
      order: put("u4", [0, 2, 1, 3]),
      divergent: put("u4", [3]),
      left_out: [],
    },
    predictor: { unavailable: "Predictors cannot be moved here." },
    prior: { unavailable: "There is no fan of the prior." },
    tabs: {
      data: {
        n_rows: 3,
        n_shown: 3,
        response: "y",
        columns: [
          { name: "y", kind: "numeric", values: f4([0, 1, 1]) },
          { name: "x", kind: "numeric", values: f4([0, NaN, 2]) },
          { name: "g", kind: "category", levels: ["a", HOSTILE], codes: put("u4", [0, 1, 0xffffffff]) },
        ],
        x: ["x", "g"],
        colours: ["g"],
        jitter: true,
        hollow: null,
        notes: ["3 of 3 rows drawn."],
        truth: [{ x: "x", grid: f4([0, 2]), y: f4([0, 1]) }],
      },
      trace: {
        rows: [row("x", null, 2), row("1|g[a]", "1|g", null), row("1|g[b]", "1|g", null)],
        notes: [],
      },
      summary: {
        probs: f4([0.05, 0.1, 0.5, 0.9, 0.95]),
        rows: [summaryRow("x", null, 1.2), summaryRow("1|g[a]", "1|g", null), summaryRow("1|g[b]", "1|g", 1)],
        quantiles: f4([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4], [3, 5]),
        notes: [],
        scale: "",
        columns: ["parameter", "mean", "sd", "interval", "ESS bulk", "ESS tail", "R-hat", "MCSE"].map((name) => ({ name, words: "" })),
        parameters: [],
        limits: [
          { column: "R-hat", side: "above", value: 1.01, per_chain: false },
          { column: "ESS bulk", side: "below", value: 100, per_chain: true },
          { column: "ESS tail", side: "below", value: 100, per_chain: true },
        ],
      },
      fan: {
        title: "Posterior regression lines",
        response: "y",
        ylabel: "E[y | x]",
        n_draws: 4,
        numbers: put("u4", [0, 2, 1, 3]),
        notes: [],
        axes: [
          {
            label: "x",
            x: "x",
            kind: "numeric",
            grid: f4([0, 1]),
            levels: [],
            held: [{ name: "g", value: HOSTILE }],
            points: { x: f4([0, 1]), y: f4([0, 1]), hollow: null },
            jitter: true,
            note: null,
            strata: [
              {
                label: "",
                lines: {
                  kind: "affine",
                  draws: f4([0, 1, 0, 2, 0, 3, 0, 4], [4, 2]),
                  rows: f4([1, 0, 1, 1], [2, 2]),
                  offset: f4([0, 0]),
                  link: "identity",
                },
                mean: f4([0, 2.5]),
                truth: null,
              },
            ],
          },
          {
            label: "g",
            x: "g",
            kind: "category",
            grid: f4([0, 1]),
            levels: ["a", HOSTILE],
            held: [],
            points: null,
            jitter: false,
            note: "An axis note.",
            strata: [
              { label: "", lines: { kind: "curves", values: f4([1, 2, 1, 2, 1, 2, 1, 2], [4, 2]) }, mean: f4([1, 2]), truth: null },
            ],
          },
        ],
      },
    },
  };
  return { schema: { version: 2, fits: [fit] }, buffer: bytes() };
}
