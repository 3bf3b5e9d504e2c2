import type { Draws } from "../../src/wire.js";

/** Draws by label, chain by chain. */
export function drawsOf(
  values: Readonly<Record<string, readonly (readonly number[])[]>>,
  more: Partial<Pick<Draws, "n_draws" | "every" | "left_out">> & { order?: readonly number[]; divergent?: readonly number[]; terms?: Readonly<Record<string, string>> } = {},
): Draws {
  const labels = Object.keys(values);
  const chains = Object.values(values)[0] ?? [[]];
  const [n_chains, n_shown] = [chains.length, chains[0]!.length];
  const every = more.every ?? 1;
  const flat = labels.flatMap((label) => values[label]!.flat());
  const order = more.order ?? Array.from({ length: n_chains * n_shown }, (_, place) => place);
  const u4 = (list: readonly number[]) => ({ data: Uint32Array.from(list), shape: [list.length] });
  return {
    n_chains,
    n_draws: more.n_draws ?? n_shown * every,
    every,
    columns: labels.map((label) => ({ label, term: more.terms?.[label] ?? null, truth: null })),
    centre: { data: new Float64Array(labels.length), shape: [labels.length] },
    values: { data: Float32Array.from(flat), shape: [labels.length, n_chains, n_shown] },
    order: u4(order),
    divergent: u4(more.divergent ?? []),
    left_out: more.left_out ?? [],
  };
}
