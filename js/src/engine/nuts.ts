/**
 * One transition of the no-U-turn sampler (Hoffman & Gelman 2014, JMLR 15) with multinomial sampling and the generalised
 * criterion (Betancourt 2017, arXiv:1701.02434, A.4), checked across the halves of a tree, too, as Stan does. A tree is built
 * leaf by leaf, its subtrees on a stack, so that a transition can be left at any leaf and taken up again.
 */
import { normal, uniform, type Random } from "../stats/random.js";
import type { Density } from "./records.js";

/** Energy errors above this are divergences, as in Stan and PyMC. */
const DIVERGENT = 1000;
const DEEPEST = 10;
/** Logarithms of weights above this would overflow in their sum. */
const HEAVIEST = 700;

/** A subtree: its momenta at the leaf that was found first and last, their sum, and the leaf that is drawn from it. */
interface Tree {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly sum: Float64Array;
  readonly u: Float64Array;
  readonly gradient: Float64Array;
  /** Of all leaves, relative to where the trajectory began. */
  weight: number;
  logp: number;
  energy: number;
  height: number;
}

/** A leaf from which the trajectory goes on. */
interface End {
  readonly u: Float64Array;
  readonly p: Float64Array;
  readonly gradient: Float64Array;
}

export interface Nuts {
  step: number;
  /** The draw, and what was seen on the way to it. */
  readonly drawn: Tree;
  depth: number;
  divergent: boolean;
  /** Mean acceptance probability of the leaves. */
  acceptance: number;
  /** Whether there is a density at a point, which is then where the chain is. */
  place(u: Float64Array): boolean;
  /** Draws a momentum. */
  begin(): void;
  /** Adds a leaf; true when the transition is complete. */
  grow(): boolean;
}

/** `mass` has variances, which may change between transitions. */
export function nuts(density: Density, mass: Float64Array, random: Random): Nuts {
  const size = density.size;
  const vector = () => new Float64Array(size);
  const trees = Array.from({ length: DEEPEST + 2 }, (): Tree => {
    return { first: vector(), last: vector(), sum: vector(), u: vector(), gradient: vector(), weight: 0.5, logp: 0.5, energy: 0.5, height: 0 };
  });
  const whole = trees[0]!;
  const ends = [0, 1].map((): End => ({ u: vector(), p: vector(), gradient: vector() }));
  /** The whole tree's outermost momenta, behind and ahead. */
  const outer = [whole.first, whole.last];
  // Numbers of double precision in an array, since variables that functions share would be objects.
  const at = new Float64Array(2);
  const [START, ACCEPTED] = [0, 1];
  let [top, left, leaves, ahead] = [0, 0, 0, 0];

  /** Half a step of momentum, a step of position, half a step of momentum; the energy at its end. */
  function leapfrog({ u, p, gradient }: End, step: number, found: Tree): void {
    for (let i = 0; i < size; i++) {
      p[i]! += 0.5 * step * gradient[i]!;
      u[i]! += step * mass[i]! * p[i]!;
    }
    const logp = density.evaluate(u, gradient);
    let kinetic = 0;
    for (let i = 0; i < size; i++) {
      p[i]! += 0.5 * step * gradient[i]!;
      kinetic += p[i]! * p[i]! * mass[i]!;
    }
    found.logp = logp;
    found.energy = 0.5 * kinetic - logp;
  }

  function leaf(tree: Tree, { u, p, gradient }: End): void {
    for (let i = 0; i < size; i++) {
      tree.first[i] = tree.last[i] = tree.sum[i] = p[i]!;
      tree.u[i] = u[i]!;
      tree.gradient[i] = gradient[i]!;
    }
    tree.height = 0;
  }

  /** Whether a trajectory between two momenta, which sum to `sum` with all between them, still moves apart. */
  function apart(a: Float64Array, b: Float64Array, sum: Float64Array, more: Float64Array): boolean {
    let [behind, before] = [0, 0];
    for (let i = 0; i < size; i++) {
      const scaled = (sum[i]! + more[i]!) * mass[i]!;
      behind += scaled * a[i]!;
      before += scaled * b[i]!;
    }
    return behind > 0 && before > 0;
  }

  /** Adds a tree to the one beside it, whose momenta are `far` and `near`; false where the two turn back. */
  function join(tree: Tree, far: Float64Array, near: Float64Array, added: Tree, chance: number): boolean {
    const on = apart(far, added.last, tree.sum, added.sum) && apart(far, added.first, tree.sum, added.first) && apart(near, added.last, near, added.sum);
    const taken = uniform(random) < chance;
    for (let i = 0; i < size; i++) {
      tree.sum[i]! += added.sum[i]!;
      near[i] = added.last[i]!;
    }
    if (taken) {
      tree.u.set(added.u);
      tree.gradient.set(added.gradient);
      tree.logp = added.logp;
      tree.energy = added.energy;
    }
    tree.weight += added.weight;
    tree.height++;
    return on;
  }

  function turn(): void {
    ahead = uniform(random) < 0.5 ? 0 : 1;
    left = 2 ** whole.height;
  }

  const self: Nuts = {
    step: 1,
    drawn: whole,
    depth: 0,
    divergent: false,
    acceptance: 0.5,
    place(u) {
      whole.u.set(u);
      whole.logp = density.evaluate(whole.u, whole.gradient);
      return Number.isFinite(whole.logp) && whole.gradient.every(Number.isFinite);
    },
    begin() {
      let kinetic = 0;
      for (let i = 0; i < size; i++) {
        const z = normal(random);
        whole.sum[i] = z / Math.sqrt(mass[i]!);
        kinetic += z * z;
      }
      for (let side = 0; side < 2; side++) {
        ends[side]!.u.set(whole.u);
        ends[side]!.gradient.set(whole.gradient);
        ends[side]!.p.set(whole.sum);
        outer[side]!.set(whole.sum);
      }
      whole.weight = 1;
      whole.height = 0;
      whole.energy = at[START] = 0.5 * kinetic - whole.logp;
      at[ACCEPTED] = leaves = top = 0;
      self.divergent = false;
      turn();
    },
    grow() {
      const end = ends[ahead]!;
      const fresh = trees[++top]!;
      leapfrog(end, ahead ? self.step : -self.step, fresh);
      const error = fresh.energy - at[START]!;
      leaves++;
      left--;
      if (!(error <= DIVERGENT)) {
        self.divergent = true;
        return over();
      }
      fresh.weight = Math.exp(Math.min(-error, HEAVIEST));
      at[ACCEPTED]! += Math.min(1, fresh.weight);
      leaf(fresh, end);
      while (top > 1 && trees[top - 1]!.height === trees[top]!.height) {
        const [tree, added] = [trees[top - 1]!, trees[top]!];
        top--;
        if (!join(tree, tree.first, tree.last, added, added.weight / (tree.weight + added.weight))) return over();
      }
      if (left > 0) return false;
      const added = trees[top--]!;
      // Away from where it began: Betancourt 2017, A.3.2.
      if (!join(whole, outer[1 - ahead]!, outer[ahead]!, added, added.weight / whole.weight) || whole.height === DEEPEST) return over();
      turn();
      return false;
    },
  };

  function over(): true {
    self.depth = whole.height;
    self.acceptance = at[ACCEPTED]! / leaves;
    return true;
  }
  return self;
}
