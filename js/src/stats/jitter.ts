/** Uniform numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Uniform noise in [-1, 1), the same for the same seed: a redraw must not move a point. */
export function jitter(n: number, seed: number): Float32Array {
  const uniform = random(seed);
  return Float32Array.from({ length: n }, () => 2 * uniform() - 1);
}

/** Half the width of a strip of points over a category, in units of the distance between levels. */
export const STRIP = 0.18;

/** Half the height of the noise on a 0/1 response, in units of the response. */
export const BINARY = 0.03;

/** `values + amount * noise`, so that equal values can be told apart. */
export function jittered(values: ArrayLike<number>, amount: number, seed: number): Float32Array {
  const noise = jitter(values.length, seed);
  return noise.map((u, i) => values[i]! + amount * u);
}
