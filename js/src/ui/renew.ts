/**
 * Gives an element a newer version of what it holds. What was unfolded stays unfolded, and what had the focus has it
 * again; nothing is touched where old and new are alike.
 */
export function renew(el: Element, children: readonly Node[]): void {
  const fresh = el.cloneNode() as Element;
  fresh.append(...children);
  unfold(el, fresh);
  if (fresh.isEqualNode(el)) return;
  const root = el.getRootNode() as Document | ShadowRoot;
  const focused = root.activeElement;
  const place = focused !== null && focused !== el && el.contains(focused) ? placeOf(el, focused) : null;
  el.replaceChildren(...fresh.childNodes);
  if (place !== null) alike(el, place.key)[place.at]?.focus({ preventScroll: true });
}

/** Opens in `fresh` what is open in `old`. */
function unfold(old: Element, fresh: Element): void {
  for (const details of old.querySelectorAll<HTMLElement>("details[open]")) {
    const { key, at } = placeOf(old, details);
    alike(fresh, key)[at]?.setAttribute("open", "");
  }
}

/** An element by what a reader would call it, and its number among those that are called the same. */
function placeOf(within: Element, el: Element): { readonly key: string; readonly at: number } {
  const key = keyOf(el);
  return { key, at: alike(within, key).indexOf(el as HTMLElement) };
}

function alike(within: Element, key: string): HTMLElement[] {
  const tag = key.slice(0, key.indexOf(" "));
  return [...within.querySelectorAll<HTMLElement>(tag)].filter((el) => keyOf(el) === key);
}

function keyOf(el: Element): string {
  const name = el.getAttribute("aria-label") ?? el.getAttribute("data-term") ?? summaryOf(el)?.textContent ?? el.textContent;
  return `${el.tagName.toLowerCase()} ${name ?? ""}`;
}

const summaryOf = (el: Element): Element | null => el.tagName === "DETAILS" ? el.querySelector(":scope > summary") : null;
