/** The record of what the page samples, field by field that of `glm_magic/views/engine.py`. */
import type { F8, I4 } from "./wire.js";

/** What the page samples: the program of the instant engine before it is compressed. Every number is in double precision. */
export interface EngineView {
  readonly program: Program;
  /** Each column of the draws as a sum of constrained coordinates; in the order of `Draws.columns`. */
  readonly columns: readonly Sum[];
  /** Each constrained coordinate as a sum of columns of the draws; null where the draws do not give it. */
  readonly coordinates: readonly Sum[] | null;
  /** Shape [C, D]: where chains begin, unconstrained. */
  readonly starts: F8;
  /** Shape [C]: step sizes of the chains. */
  readonly steps: F8;
  /** Shape [D]: variances of the unconstrained draws. */
  readonly mass: F8;
  /** PyMC's log density (shape [P]) and its gradient (shape [P, D]) at unconstrained points (shape [P, D]). */
  readonly points: F8;
  readonly values: F8;
  readonly gradients: F8;
  /** What is wrong with draws, and how it is said. */
  readonly saying: readonly Said[];
}

/** A rule of `glm_magic/diagnose/said.py`; in braces stands what was measured. */
export interface Said {
  readonly rule: string;
  readonly side: "above" | "below";
  /** Where a finding begins, up to where the excess is small, and where an error begins. */
  readonly careful: number;
  readonly slight: number;
  readonly stop: number | null;
  readonly threshold: string;
  /** For a small excess, a larger one, and an error. */
  readonly messages: readonly [string, string, string];
  readonly advice: readonly [string, string, string];
  readonly source: string;
}

/** constant + the sum over k of weights[k] * from[at[k]] * (scales[k] < 0 ? 1 : from[scales[k]] ** power). */
export interface Sum {
  readonly constant: number;
  readonly at: I4;
  readonly weights: F8;
  readonly scales: I4;
  /** 1 for columns, -1 for coordinates: an effect is its scale times its offset, and the offset the effect divided by it. */
  readonly power: number;
}

/** As `glm_magic/engines/instant/program.py` has it. */
export interface Program {
  readonly variables: readonly FreeVariable[];
  readonly factors: readonly Factor[];
}

export interface FreeVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly transform: { readonly kind: "identity" | "log" | "logodds" | "interval" | "lower" | "upper"; readonly lower: F8; readonly upper: F8 };
}

export interface Factor {
  readonly distribution: string;
  readonly rows: number;
  /** The value, then the parameters. */
  readonly slots: readonly Slot[];
  readonly weights: F8 | null;
  /** The random variables whose density this is; a likelihood's are not free. */
  readonly variables: readonly string[];
}

export type Slot = ConstantSlot | PointSlot | LinearSlot;

export interface ConstantSlot {
  /** On the distribution's own scale: one for all rows, or one for each. */
  readonly values: F8;
}

export interface PointSlot {
  readonly positions: I4;
  readonly source: "u" | "c";
  readonly link: string;
}

export interface LinearSlot {
  readonly offset: F8;
  readonly columns: I4;
  /** Shape [number of columns, rows]. */
  readonly dense: F8;
  readonly groups: readonly { readonly multiplier: F8; readonly index: I4; readonly scale: number }[];
  readonly link: string;
}
