/** A program as two blocks of memory, word for word as `glm_magic/engines/instant/pack.py` lays it out. */
import type { Program } from "../engine-records.js";
import type { Packed } from "./records.js";

export function pack(program: Program): Packed {
  throw new Error(`not yet: ${program.factors.length}`);
}
