/**
 * A density in coordinates that were uncorrelated in the fit, so that a diagonal mass matrix is enough: u = L v, where the
 * covariance of the fit's draws is L L'.
 */
import type { Density } from "./records.js";

/** How much of the correlations is believed, since those of a changed posterior are others. */
const BELIEVED = 0.8;
const LEAST = 1e-9;

export interface Whitened extends Density {
  /** Takes a point of the density to these coordinates. */
  from(u: Float64Array): Float64Array;
}

/** By a covariance, shape [D, D], or variances alone, shape [D]. */
export function whitened({ size, evaluate, constrain }: Density, mass: Float64Array): Whitened {
  const dense = mass.length > size;
  const root = cholesky((i, j) => (dense ? mass[i * size + j]! : i === j ? mass[i]! : 0), size);
  const [u, slope] = [new Float64Array(size), new Float64Array(size)];
  function back(v: Float64Array): void {
    for (let i = 0, at = 0; i < size; i++, at = i * size) {
      let sum = 0;
      for (let j = dense ? 0 : i; j <= i; j++) sum += root[at + j]! * v[j]!;
      u[i] = sum;
    }
  }
  return {
    size,
    evaluate(v, gradient) {
      back(v);
      const value = evaluate(u, slope);
      gradient.fill(0);
      for (let i = 0, at = 0; i < size; i++, at = i * size) {
        for (let j = dense ? 0 : i; j <= i; j++) gradient[j]! += root[at + j]! * slope[i]!;
      }
      return value;
    },
    constrain(v, c) {
      back(v);
      constrain(u, c);
    },
    from(point) {
      const v = point.slice();
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) v[i]! -= root[i * size + j]! * v[j]!;
        v[i]! /= root[i * size + i]!;
      }
      return v;
    },
  };
}

/** The lower triangle L; where rounding leaves no variance, a little of it is. */
function cholesky(covariance: (i: number, j: number) => number, size: number): Float64Array {
  const root = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const variance = covariance(i, i);
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? variance : BELIEVED * covariance(i, j);
      for (let k = 0; k < j; k++) sum -= root[i * size + k]! * root[j * size + k]!;
      root[i * size + j] = i === j ? Math.sqrt(Math.max(sum, LEAST * variance)) : sum / root[j * size + j]!;
    }
  }
  return root;
}
