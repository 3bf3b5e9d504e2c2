import type { Stage } from "../stage.js";
import { observeSize } from "./size.js";

/** What scrolls must be reached by keys, and what does not should not stop them. `more` is what it is then called. */
export function reachable(stage: Stage, scroll: HTMLElement, more: Readonly<Record<string, string>> = {}): void {
  const look = () => {
    const scrolls = scroll.scrollWidth > scroll.clientWidth || scroll.scrollHeight > scroll.clientHeight;
    for (const [name, value] of Object.entries({ tabindex: "0", ...more })) {
      if (scrolls) scroll.setAttribute(name, value);
      else scroll.removeAttribute(name);
    }
  };
  for (const el of [scroll, scroll.firstElementChild as HTMLElement]) observeSize(el, stage.signal, look);
}
