import type { Axis } from "../marks/axes.js";

/** A numeric axis; where other words say what it is of, it has no label. */
export const numeric = (domain: readonly [number, number], label = ""): Axis => ({ kind: "numeric", label, domain });
