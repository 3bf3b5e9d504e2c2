/** Samples a question until chains agree, or a budget is spent. */
import type { Block } from "./chain.js";
import type { Order, Port, Reply } from "./messages.js";
import { listen, pool } from "./pool.js";
import type { Answer, Estimates, Question } from "./records.js";

/** Draws of each chain: at first, and at most. */
export interface Limits {
  readonly first: number;
  readonly most: number;
  /** In milliseconds. */
  readonly time: number;
}

const LIMITS: Limits = { first: 500, most: 2000, time: 20_000 };
/** Fewer draws of each chain are no answer. */
const FEWEST = 50;
const CONVERGED = { r_hat: 1.01, ess: 400 };

/** Answers after which the code of the workers is compiled, and the time for them: the first one takes three times as long as the tenth. */
const [ANSWERS, WARM]: [number, Limits] = [12, { first: 500, most: 500, time: 1000 }];

let questions = 0;

/** Has the workers started and their code compiled, so that the first question finds them ready. What fails here will say so when it is asked. */
export async function warm(question: Question, made: Made, signal: AbortSignal): Promise<void> {
  const until = performance.now() + WARM.time;
  try {
    for (let i = 0; i < ANSWERS && performance.now() < until; i++) await sampleAgain(question, made, signal, WARM);
  } catch {}
}

/** Makes the numbers that are judged of draws, of shape [n, D], constrained. */
export type Made = (draws: Float64Array, n: number) => readonly Float64Array[];

/** Rejects with the signal's reason once it is aborted, and with a sentence where nothing can be drawn. */
export async function sampleAgain(question: Question, made: Made, signal: AbortSignal, limits = LIMITS): Promise<Answer> {
  const began = performance.now();
  signal.throwIfAborted();
  const found = pool();
  const ports = "then" in found ? await found : found;
  signal.throwIfAborted();
  const run = opened(question, ports);
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
  try {
    return await Promise.race([aborted, answered(run, question, made, limits, began)]);
  } finally {
    run.end();
  }
}

interface Run {
  /** Of each chain. */
  draw(n: number, until: number): Promise<readonly Block[]>;
  judge(columns: readonly Float64Array[], n_draws: number): Promise<readonly Estimates[]>;
  end(): void;
}

async function answered(run: Run, { starts, steps }: Question, made: Made, limits: Limits, began: number): Promise<Answer> {
  const [n_chains, size] = [steps.length, starts.length / steps.length];
  const parts: (readonly Block[])[] = [];
  for (let n = 0, more = limits.first; ; more = Math.min(Math.ceil(n / 2), limits.most - n)) {
    const blocks = await run.draw(more, began + limits.time);
    const drawn = Math.min(...blocks.map((block) => block.energy.length));
    parts.push(blocks.map((block) => first(block, drawn, size)));
    n += drawn;
    if (n < FEWEST) throw new Error(`It takes more than ${Math.round(limits.time / 1000)} s to sample this.`);
    const drawings = joined(parts, n_chains, n, size);
    const columns = made(drawings.draws, n_chains * n);
    const estimates = await run.judge(columns, n);
    const moving = estimates.filter(({ ess_bulk }) => !Number.isNaN(ess_bulk));
    const r_hat = Math.max(...moving.map((one) => one.r_hat));
    const ess = Math.min(...moving.flatMap((one) => [one.ess_bulk, one.ess_tail]));
    const met = !(r_hat > CONVERGED.r_hat) && ess >= CONVERGED.ess; // one chain has no R-hat
    const milliseconds = performance.now() - began;
    if (met || drawn < more || n >= limits.most || milliseconds >= limits.time) return { ...drawings, columns, estimates, r_hat, ess, met, milliseconds };
  }
}

/** The chains of a question, dealt among the workers. */
function opened(question: Question, ports: readonly Port[]): Run {
  const id = ++questions;
  const n_chains = question.steps.length;
  let hear: (reply: Reply) => void = () => {};
  let refuse: (reason: Error) => void = () => {};
  const forget = listen(id, (reply) => (reply.kind === "failed" ? refuse(new Error(reply.reason)) : hear(reply)));
  const all = (order: Order) => ports.forEach((port) => port.postMessage(order));
  /** Waits for so many replies. */
  function replies<R extends Reply>(n: number): Promise<R[]> {
    return new Promise((resolve, reject) => {
      const heard: R[] = [];
      refuse = reject;
      hear = (reply) => void (heard.push(reply as R) === n && resolve(heard));
    });
  }
  const dealt = <T>(items: readonly T[]) => ports.map((_, w) => items.filter((_, i) => i % ports.length === w));

  const chains = dealt(Array.from({ length: n_chains }, (_, c) => c));
  ports.forEach((port, w) => port.postMessage({ kind: "begin", id, question, chains: chains[w]! }));
  return {
    async draw(n, until) {
      const waiting = replies<Reply & { kind: "drawn" }>(n_chains);
      all({ kind: "draw", id, n });
      const late = setTimeout(() => all({ kind: "stop", id }), Math.max(0, until - performance.now()));
      const heard = await waiting.finally(() => clearTimeout(late));
      return heard.sort((a, b) => a.chain - b.chain).map((reply) => reply.block);
    },
    async judge(columns, n_draws) {
      const waiting = replies<Reply & { kind: "judged" }>(ports.length);
      dealt([...columns.keys()]).forEach((places, w) => ports[w]!.postMessage({ kind: "judge", id, places, columns: places.map((at) => columns[at]!), n_draws }));
      const found: Estimates[] = [];
      for (const { places, estimates } of await waiting) places.forEach((at, i) => (found[at] = estimates[i]!));
      return found;
    },
    end() {
      forget();
      all({ kind: "end", id });
    },
  };
}

/** The first draws of a block. */
function first({ draws, energy, depth, divergent }: Block, n: number, size: number): Block {
  return { draws: draws.subarray(0, n * size), energy: energy.subarray(0, n), depth: depth.subarray(0, n), divergent: divergent.subarray(0, n) };
}

/** The blocks of each chain, one after the other, chain by chain. */
function joined(parts: readonly (readonly Block[])[], n_chains: number, n: number, size: number) {
  const [draws, energy, depth] = [new Float64Array(n_chains * n * size), new Float64Array(n_chains * n), new Uint8Array(n_chains * n)];
  const divergent: number[] = [];
  for (let c = 0, at = 0; c < n_chains; c++) {
    for (const blocks of parts) {
      const block = blocks[c]!;
      draws.set(block.draws, at * size);
      energy.set(block.energy, at);
      depth.set(block.depth, at);
      block.divergent.forEach((one, i) => one && divergent.push(at + i));
      at += block.energy.length;
    }
  }
  return { n_chains, n_draws: n, draws, energy, depth, divergent: Uint32Array.from(divergent) };
}
