/** Adaptation of the step size and of the diagonal mass matrix. */

/** Dual averaging of the step size: Hoffman & Gelman 2014, 3.2. */
export interface Averaging {
  /** Begins again at a step size. */
  begin(step: number): void;
  /** Takes the acceptance of a transition; gives the step size of the next one. */
  next(acceptance: number): number;
  /** The step size to stay with. */
  average(): number;
}

const TARGET = 0.8;
/**
 * Theirs but for the first, which they have at 0.05, about ten times the first step: about a step that is nearly right, and for
 * as few transitions, that ends at steps a third too small.
 */
const [SHRINKAGE, DELAY, FORGETTING] = [0.2, 10, 0.75];

export function averaging(): Averaging {
  const [ABOUT, ERROR, MEAN, COUNT] = [0, 1, 2, 3];
  const at = new Float64Array(4);
  return {
    begin(step) {
      at.set([Math.log(step), 0, Math.log(step), 0]);
    },
    next(acceptance) {
      const t = ++at[COUNT]!;
      at[ERROR]! += (TARGET - acceptance - at[ERROR]!) / (t + DELAY);
      const log = at[ABOUT]! - (Math.sqrt(t) / SHRINKAGE) * at[ERROR]!;
      at[MEAN]! += t ** -FORGETTING * (log - at[MEAN]!);
      return Math.exp(log);
    },
    average: () => Math.exp(at[MEAN]!),
  };
}

/** Running variances of draws and of gradients: Welford 1962, Technometrics 4(3). */
export interface Variances {
  add(u: Float64Array, gradient: Float64Array): void;
  /** Writes what was found into variances from before, which weigh as much as some draws; begins again. */
  into(mass: Float64Array): void;
}

/** Stan's weight of its own prior, in draws. */
const BEFORE = 5;

export function variances(size: number): Variances {
  // Of each, its means, then its sums of squares about them.
  const [draws, gradients] = [new Float64Array(2 * size), new Float64Array(2 * size)];
  let n = 0;
  function add(moments: Float64Array, x: Float64Array): void {
    for (let i = 0; i < size; i++) {
      const off = x[i]! - moments[i]!;
      moments[i]! += off / n;
      moments[size + i]! += off * (x[i]! - moments[i]!);
    }
  }
  return {
    add(u, gradient) {
      n++;
      add(draws, u);
      add(gradients, gradient);
    },
    into(mass) {
      // Both tell the variance of a normal; where they differ the mean of their logarithms is nearest (Seyboldt, Carlson and
      // Carpenter 2026, "Preconditioning Hamiltonian Monte Carlo by minimizing Fisher divergence"). Between logarithms, too,
      // what was found and what was known before, so that a posterior may become many times narrower.
      const share = n / (n + BEFORE);
      for (let i = size; i < 2 * size; i++) {
        const found = Math.sqrt(draws[i]! / gradients[i]!);
        if (found > 0 && Number.isFinite(found)) mass[i - size] = found ** share * mass[i - size]! ** (1 - share);
      }
      draws.fill(0);
      gradients.fill(0);
      n = 0;
    },
  };
}

/** What a transition of the warm-up is for. */
export type Phase = "step" | "mass" | "renew";

/**
 * Stan's windows for a short warm-up (Stan reference manual, "HMC algorithm parameters"): steps alone at both ends, between
 * them one window for the variances, at whose last transition these are renewed. It ends with 20 % where Stan's has 10 %.
 */
export function phases(n: number): Phase[] {
  const of = (phase: Phase, length: number) => Array<Phase>(length).fill(phase);
  const [first, last] = [Math.floor(0.15 * n), Math.floor(0.2 * n)];
  return [...of("step", first), ...of("mass", n - first - last - 1), "renew", ...of("step", last)];
}
