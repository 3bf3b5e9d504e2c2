import type { Stage } from "../stage.js";
import { on } from "./listen.js";

/** Makes an element a stop of the Tab key, or none, together with its buttons. */
export function stopAt(el: HTMLElement, tabIndex: number): void {
  for (const one of [el, ...el.querySelectorAll<HTMLElement>("[aria-haspopup]")]) one.tabIndex = tabIndex;
}

/** One stop for the Tab key among many alike: up and down go from one to the next. */
export function roving(stage: Stage, root: HTMLElement, selector: string): { settle(): void } {
  const all = () => [...root.querySelectorAll<HTMLElement>(selector)].filter((el) => el.closest("details:not([open])") === null);
  const settle = (chosen?: HTMLElement) => {
    const now = all();
    const stop = chosen ?? now.find((el) => el.tabIndex === 0) ?? now[0];
    for (const el of root.querySelectorAll<HTMLElement>(selector)) stopAt(el, el === stop ? 0 : -1);
  };
  on(stage, root, "keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const from = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
    if (by === undefined || from === null || event.shiftKey) return;
    event.preventDefault();
    const now = all();
    const to = now[now.indexOf(from) + by];
    if (to === undefined) return;
    settle(to);
    to.focus();
  });
  on(stage, root, "focusin", (event) => {
    const el = (event.target as Element).closest<HTMLElement>(selector);
    if (el !== null) settle(el);
  });
  return { settle: () => settle() };
}
