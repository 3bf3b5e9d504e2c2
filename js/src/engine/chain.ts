/** One chain: a short warm-up, then draws in blocks, in slices of time. */
import { normal, type Random } from "../stats/random.js";
import { averaging, phases, variances } from "./adapt.js";
import { nuts, type Nuts } from "./nuts.js";
import type { Density } from "./records.js";

/** Short, since chains begin with draws, step size and variances of a similar posterior. */
const WARMUP = 100;
/** Points about the origin that are tried where no start has a density. */
const TRIES = 20;
/** Leaves between looks at the clock. */
const LEAVES = 8;

/** Draws of one chain. */
export interface Block {
  /** Shape [n, D], constrained. */
  readonly draws: Float64Array;
  readonly energy: Float64Array;
  readonly depth: Uint8Array;
  /** 1 where a transition diverged. */
  readonly divergent: Uint8Array;
}

export interface Chain {
  readonly sampler: Nuts;
  /** Begins a block of so many draws. */
  ask(n: number): void;
  /** Draws until the block is complete, or until the clock shows `until`; tells whether it is. */
  advance(until: number): boolean;
  /** The block, as far as it is drawn. */
  taken(): Block;
}

/** Of a density of which the variances are about 1. Null where neither a start nor a point about the origin has a density. */
export function chain(density: Density, starts: readonly Float64Array[], step: number, random: Random): Chain | null {
  const { size } = density;
  const mass = new Float64Array(size).fill(1);
  const sampler = nuts(density, mass, random);
  if (!starts.some(sampler.place) && !Array.from({ length: TRIES }).some(() => sampler.place(mass.map(() => normal(random))))) return null;

  const [plan, steps, spread] = [phases(WARMUP), averaging(), variances(size)];
  steps.begin((sampler.step = step));
  let block: Block = { draws: mass, energy: mass, depth: new Uint8Array(), divergent: new Uint8Array() };
  let [warmed, n, asked, within] = [0, 0, 0, false];

  function adapt(): void {
    const phase = plan[warmed++];
    sampler.step = steps.next(sampler.acceptance);
    if (phase !== "step") spread.add(sampler.drawn.u, sampler.drawn.gradient);
    if (phase === "renew") {
      spread.into(mass);
      steps.begin((sampler.step = step));
    }
    // The fit's long warm-up has seen the tails, which may need smaller steps.
    if (warmed === plan.length) sampler.step = Math.min(step, steps.average());
  }

  function keep(): void {
    density.constrain(sampler.drawn.u, block.draws.subarray(n * size, (n + 1) * size));
    block.energy[n] = sampler.drawn.energy;
    block.depth[n] = sampler.depth;
    block.divergent[n] = Number(sampler.divergent);
    n++;
  }

  return {
    sampler,
    ask(more) {
      block = { draws: new Float64Array(more * size), energy: new Float64Array(more), depth: new Uint8Array(more), divergent: new Uint8Array(more) };
      [n, asked] = [0, more];
    },
    advance(until) {
      for (let leaves = 1; n < asked; leaves++) {
        if (!within) sampler.begin();
        within = !sampler.grow();
        if (!within) (warmed < plan.length ? adapt : keep)();
        if (leaves % LEAVES === 0 && performance.now() >= until) break;
      }
      return n >= asked;
    },
    taken: () => ({ draws: block.draws.slice(0, n * size), energy: block.energy.slice(0, n), depth: block.depth.slice(0, n), divergent: block.divergent.slice(0, n) }),
  };
}
