/** Controls of traits: each shows the value of its trait, and what is chosen becomes that value. */
import type { Chosen, Drawn, Stage } from "../stage.js";
import { checkbox, select } from "./controls.js";

type Slices = readonly (keyof Drawn)[];
type Of<T> = { [K in keyof Chosen]: Chosen[K] extends T ? K : never }[keyof Chosen];
/** The words for values that are not shown as they are. */
type Words = Readonly<Record<string, string>>;

/** A labelled checkbox of a trait. */
export function toggle(stage: Stage, label: string, trait: Of<boolean>): HTMLElement {
  const { el, show } = checkbox(stage, label, (on) => stage.set(trait, on));
  stage.follow([trait], () => show(stage.get(trait)));
  return el;
}

/** A labelled drop-down of values, which change with slices of the state. The first one holds where `now` is none of them. */
export function menu<T>(
  stage: Stage,
  label: string,
  slices: Slices,
  values: () => readonly T[],
  now: () => T,
  choose: (value: T) => void,
  words: Words = {},
): HTMLElement {
  const { el, show } = select(stage, label, (i) => choose(values()[i]!));
  const word = (value: string) => (Object.hasOwn(words, value) ? words[value]! : value);
  stage.follow(slices, () => show(values().map((one) => word(String(one))), Math.max(0, values().indexOf(now()))));
  return el;
}

/** A labelled drop-down of a trait. `now` is the value that holds, where the trait may have one that is not offered. */
export function choice<K extends Of<string | boolean>>(
  stage: Stage,
  label: string,
  trait: K,
  values: () => readonly Chosen[K][],
  words?: Words,
  of: Slices = ["fit"],
  now = () => stage.get(trait),
): HTMLElement {
  return menu(stage, label, [...of, trait], values, now, (value) => stage.set(trait, value), words);
}
