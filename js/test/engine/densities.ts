/** Densities of closed form, chosen by the first word of a program. */
import type { Density, Packed, Question } from "../../src/engine/records.js";

const of = (size: number, evaluate: Density["evaluate"]): Density => ({ size, evaluate, constrain: (u, c) => c.set(u) });

/** Independent normals about 1, 2, ... with these standard deviations. */
export const normals = (sds: readonly number[]): Density =>
  of(sds.length, (u, gradient) => {
    let value = 0;
    sds.forEach((sd, i) => {
      const z = (u[i]! - i - 1) / sd;
      value -= 0.5 * z * z;
      gradient[i] = -z / sd;
    });
    return value;
  });

export const CORRELATION = 0.9;
/** Two standard normals that are correlated. */
export const correlated = (): Density =>
  of(2, (u, gradient) => {
    const precision = 1 / (1 - CORRELATION ** 2);
    const [x, y] = [u[0]!, u[1]!];
    gradient[0] = precision * (CORRELATION * y - x);
    gradient[1] = precision * (CORRELATION * x - y);
    return 0.5 * (x * gradient[0] + y * gradient[1]);
  });

/** Neal 2003, "Slice sampling": the logarithm of the variance of nine normals is normal with standard deviation 3. */
export const funnel = (): Density =>
  of(10, (u, gradient) => {
    const [v, precision] = [u[0]!, Math.exp(-u[0]!)];
    let squares = 0;
    for (let i = 1; i < 10; i++) {
      squares += u[i]! ** 2;
      gradient[i] = -precision * u[i]!;
    }
    gradient[0] = -v / 9 - 4.5 + 0.5 * precision * squares;
    return (-v * v) / 18 - 4.5 * v - 0.5 * precision * squares;
  });

/** Two normals so far from each other that no chain goes from one to the other. */
export const modes = (): Density =>
  of(1, (u, gradient) => {
    const z = u[0]! - 50 * Math.sign(u[0]!);
    gradient[0] = -z;
    return -0.5 * z * z;
  });

/** As wide as it is slow: it waits, in milliseconds. */
export const slow = (wait: number): Density => {
  const inner = normals([1]);
  return of(1, (u, gradient) => {
    for (const end = performance.now() + wait; performance.now() < end; );
    return inner.evaluate(u, gradient);
  });
};

export const nowhere = (): Density => of(1, () => NaN);

export const DENSITIES: readonly (() => Density)[] = [() => normals([0.1, 1, 30]), correlated, funnel, modes, () => slow(0.1), nowhere];
export const [NORMALS, CORRELATED, FUNNEL, MODES, SLOW, NOWHERE] = [0, 1, 2, 3, 4, 5] as const;

/** Stands for `density` of `src/engine/density.ts`. */
export const density = ({ words }: Packed): Density => DENSITIES[words[0]!]!();

/** Four chains from (c - 1.5, c - 1.5, ...), with step size 1 and unit variances. */
export function question(which: number, seed = 1): Question {
  const { size } = DENSITIES[which]!();
  return {
    packed: { words: Int32Array.of(which), numbers: new Float64Array() },
    starts: Float64Array.from({ length: 4 * size }, (_, i) => Math.floor(i / size) - 1.5),
    steps: new Float64Array(4).fill(1),
    mass: new Float64Array(size).fill(1),
    seed,
  };
}
