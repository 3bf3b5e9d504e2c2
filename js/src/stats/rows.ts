/** The rows of row-major values, or the chains of draws that stand chain by chain: `n` values each. */
export function rowsOf<A extends Float32Array | Float64Array | Uint8Array>(values: A, n: number): A[] {
  return Array.from({ length: values.length / n }, (_, row) => values.subarray(row * n, (row + 1) * n) as A);
}

/** The draws of all chains, chain by chain. */
export function joined(chains: readonly Float64Array[]): Float64Array {
  const n = chains[0]?.length ?? 0;
  const all = new Float64Array(chains.length * n);
  chains.forEach((chain, c) => all.set(chain, c * n));
  return all;
}
