/** Controls of traits: each shows the value of its trait, and what is chosen becomes that value. */
import type { Chosen, Drawn, Stage } from "../stage.js";
import { checkbox, select } from "./controls.js";

type Of<T> = { [K in keyof Chosen]: Chosen[K] extends T ? K : never }[keyof Chosen];

/** A labelled checkbox of a trait. */
export function toggle(stage: Stage, label: string, trait: Of<boolean>): HTMLElement {
  const { el, show } = checkbox(stage, label, (on) => stage.set(trait, on));
  stage.follow([trait], () => show(stage.get(trait)));
  return el;
}

/** What a drop-down offers, which changes with slices of the state. */
export interface Options<T> {
  readonly values: () => readonly T[];
  /** The words for values that are not shown as they are. */
  readonly words?: Readonly<Record<string, string>>;
  /** The value that holds, where the trait may have one that is not offered; the first, unless it says otherwise. */
  readonly now?: () => T;
  /** The slices besides the trait. */
  readonly of?: readonly (keyof Drawn)[];
}

/** A labelled drop-down of a trait. */
export function choice<K extends Of<string | boolean>>(
  stage: Stage,
  label: string,
  trait: K,
  { values, words = {}, now = () => stage.get(trait), of = ["fit"] }: Options<Chosen[K]>,
): HTMLElement {
  const { el, show } = select(stage, label, (i) => stage.set(trait, values()[i]!));
  stage.follow([...of, trait], () => show(values().map((one) => words[String(one)] ?? String(one)), Math.max(0, values().indexOf(now()))));
  return el;
}
