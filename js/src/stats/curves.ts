import type { Lines } from "../wire.js";
import { INVERSE } from "./links.js";
import { once } from "./once.js";

/** Every shipped line of a stratum, row-major: line i at grid point g is `values[i * n_grid + g]`. */
export interface Curves {
  readonly values: Float64Array;
  readonly n_lines: number;
  readonly n_grid: number;
}

/** Evaluates all lines; asking again for the same lines is free. */
export const curves = once((lines: Lines): Curves => (lines.kind === "curves" ? shipped(lines) : affine(lines)));

function shipped({ values }: Extract<Lines, { kind: "curves" }>): Curves {
  const [n_lines = 0, n_grid = 0] = values.shape;
  return { values: new Float64Array(values.data), n_lines, n_grid };
}

/** y = inverse link (draws . rows' + offset): the linear predictor of every draw at every grid point. */
function affine({ draws, rows, offset, link }: Extract<Lines, { kind: "affine" }>): Curves {
  const [n_lines = 0, p = 0] = draws.shape;
  const n_grid = rows.shape[0] ?? 0;
  const inverse = INVERSE[link];
  const values = new Float64Array(n_lines * n_grid);
  for (let i = 0; i < n_lines; i++) {
    for (let g = 0; g < n_grid; g++) {
      let eta = offset.data[g] ?? 0;
      for (let k = 0; k < p; k++) eta += draws.data[i * p + k]! * rows.data[g * p + k]!;
      values[i * n_grid + g] = inverse(eta);
    }
  }
  return { values, n_lines, n_grid };
}
