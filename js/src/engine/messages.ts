/** What the main thread and a worker say to each other of a question. */
import type { Block } from "./chain.js";
import type { Estimates, Question } from "./records.js";

export type Order =
  /** Makes some of the question's chains. */
  | { readonly kind: "begin"; readonly id: number; readonly question: Question; readonly chains: readonly number[] }
  /** So many draws more of each; they are sent chain by chain. */
  | { readonly kind: "draw"; readonly id: number; readonly n: number }
  /** What is drawn is sent, complete or not. */
  | { readonly kind: "stop"; readonly id: number }
  /** How well chains agree about numbers at these places, of each the draws of all chains. */
  | { readonly kind: "judge"; readonly id: number; readonly places: readonly number[]; readonly columns: readonly Float64Array[]; readonly n_draws: number }
  | { readonly kind: "end"; readonly id: number };

export type Reply =
  | { readonly kind: "drawn"; readonly id: number; readonly chain: number; readonly block: Block }
  | { readonly kind: "judged"; readonly id: number; readonly places: readonly number[]; readonly estimates: readonly Estimates[] }
  | { readonly kind: "failed"; readonly id: number; readonly reason: string };

/** The end of a channel; a worker is one, too. */
export interface Port {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: Order | Reply | null): void;
}
