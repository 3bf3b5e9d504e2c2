import stored from "../../../tests/wire/engine.json";
import type { Program } from "../../src/engine-records.js";
import { decode, fromBase64, type F8, type I4 } from "../../src/wire.js";

/** A program and what Python makes of it: `tests/wire/write_engine.py` writes them. */
export interface Case {
  readonly name: string;
  readonly program: Program;
  readonly words: I4;
  readonly numbers: F8;
  /** Shape [points, dimensions], as are `gradients` and `constrained`. */
  readonly points: F8;
  readonly values: F8;
  readonly gradients: F8;
  readonly constrained: F8;
}

export const cases = (decode(stored.schema, fromBase64(stored.buffer)) as unknown as { readonly cases: readonly Case[] }).cases;

/** The rows of a matrix. */
export const rows = ({ data, shape }: F8): Float64Array[] =>
  Array.from({ length: shape[0]! }, (_, row) => data.slice(row * shape[1]!, (row + 1) * shape[1]!));
