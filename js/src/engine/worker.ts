/** Samples and judges in slices of time, between which it hears of what has changed: in a worker, or in the main thread. */
import { essBulk, essOfMean, essTail, normalised, split } from "../stats/ess.js";
import { moves } from "../stats/range.js";
import { rHat } from "../stats/r-hat.js";
import { stream } from "../stats/random.js";
import { reasonOf } from "../stats/reason.js";
import { joined, rowsOf } from "../stats/rows.js";
import { chain, type Chain } from "./chain.js";
import type { Order, Port, Reply } from "./messages.js";
import type { Density, Estimates, Packed, Question } from "./records.js";
import { whitened } from "./whitened.js";

/** In milliseconds: within it a cancelled question ends, and the main thread is free again. */
const SLICE = 6;

/** Gives its reply when it is done, null at the end of a slice. */
interface Task {
  readonly id: number;
  advance(until: number): Reply | null;
  /** What there is by now. */
  readonly stop?: () => Reply;
}

/** `later` calls a function when others had their turn. */
export function work(port: Port, density: (packed: Packed) => Density, later: (turn: () => void) => void): void {
  const chains = new Map<number, readonly (readonly [number, Chain])[]>();
  let tasks: Task[] = [];
  let waits = false;

  function begun({ packed, starts, steps, mass, seed }: Question, of: readonly number[]): [number, Chain][] {
    const same = whitened(density(packed), mass);
    const all = rowsOf(starts, same.size).map(same.from);
    return of.map((c) => {
      const made = chain(same, [all[c]!, ...all], steps[c]!, stream(seed, c));
      if (made === null) throw new Error("No start of a chain has a density.");
      return [c, made];
    });
  }

  function carriedOut(order: Order): void {
    const { id } = order;
    switch (order.kind) {
      case "begin":
        chains.set(id, begun(order.question, order.chains));
        break;
      case "draw":
        for (const [c, own] of chains.get(id) ?? []) {
          own.ask(order.n);
          const stop = (): Reply => ({ kind: "drawn", id, chain: c, block: own.taken() });
          tasks.push({ id, advance: (until) => (own.advance(until) ? stop() : null), stop });
        }
        break;
      case "judge":
        tasks.push(judge(order));
        break;
      case "stop":
        tasks.forEach((task) => task.id === id && task.stop && port.postMessage(task.stop()));
        tasks = tasks.filter((task) => task.id !== id || !task.stop);
        break;
      case "end":
        chains.delete(id);
        tasks = tasks.filter((task) => task.id !== id);
    }
  }

  /** A fault of one question is its answer. */
  function guarded(id: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      tasks = tasks.filter((task) => task.id !== id);
      port.postMessage({ kind: "failed", id, reason: reasonOf(error) });
    }
  }

  function turn(): void {
    waits = false;
    const task = tasks.shift();
    if (task === undefined) return;
    guarded(task.id, () => {
      const reply = task.advance(performance.now() + SLICE);
      if (reply === null) tasks.push(task);
      else port.postMessage(reply);
    });
    goOn();
  }

  function goOn(): void {
    if (waits || tasks.length === 0) return;
    waits = true;
    later(turn);
  }

  port.onmessage = ({ data }: MessageEvent<Order>) => {
    guarded(data.id, () => carriedOut(data));
    goOn();
  };
  port.postMessage(null);
}

/** One number after the other. */
function judge({ id, places, columns, n_draws }: Order & { kind: "judge" }): Task {
  const estimates: Estimates[] = [];
  return {
    id,
    advance(until) {
      while (estimates.length < columns.length && performance.now() < until) estimates.push(estimated(rowsOf(columns[estimates.length]!, n_draws)));
      return estimates.length < columns.length ? null : { kind: "judged", id, places, estimates };
    },
  };
}

function estimated(chains: readonly Float64Array[]): Estimates {
  if (!moves(joined(chains))) return { r_hat: NaN, ess_bulk: NaN, ess_tail: NaN, ess_mean: NaN };
  const scores = normalised(split(chains));
  return { r_hat: rHat(chains, scores), ess_bulk: essBulk(chains, scores), ess_tail: essTail(chains), ess_mean: essOfMean(chains) };
}
