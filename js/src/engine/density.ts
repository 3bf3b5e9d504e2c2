/** The log density of a packed program, by the translated driver and kernels. */
import type { Density, Packed } from "./records.js";

export function density(packed: Packed): Density {
  throw new Error(`not yet: ${packed.words.length}`);
}
