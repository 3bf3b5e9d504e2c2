/** The log density of a packed program, by the translated driver and kernels. */
import { accumulate, chain, constrain } from "./kernels.gen.js";
import { At } from "./layout.gen.js";
import type { Density, Packed } from "./records.js";

export function density({ words, numbers }: Packed): Density {
  const size = words[At.N_DIM]!;
  const [c, slope, fromC, nowhere] = [0, 0, 0, 0].map(() => new Float64Array(size)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const block = new Float64Array(At.BLOCK);
  const sums = new Float64Array(2 * At.MOST_SLOTS);
  return {
    size,
    evaluate: (u, gradient) => {
      const total = accumulate(words, numbers, u, c, slope, gradient, fromC, block, sums);
      // NaN where the total or any part of the gradient is not finite.
      return total + 0 * total + chain(size, fromC, slope, gradient);
    },
    constrain: (u, out) => void constrain(words, numbers, u, out, slope, nowhere),
  };
}
