import type { Stage } from "../stage.js";

/**
 * Elements for the items of a list that changes: an item of the same name keeps its element, and the element of one
 * that has gone ends. `make` must ask for what it shows, for it is not called again when an item changes.
 */
export function keyed<Item>(
  stage: Stage,
  nameOf: (item: Item) => string,
  make: (stage: Stage, item: Item) => HTMLElement,
): (items: readonly Item[]) => HTMLElement[] {
  const known = new Map<string, { readonly el: HTMLElement; readonly end: () => void }>();
  return (items) => {
    const wanted = new Set(items.map(nameOf));
    for (const [name, { end }] of known) {
      if (wanted.has(name)) continue;
      end();
      known.delete(name);
    }
    return items.map((item) => {
      const name = nameOf(item);
      const before = known.get(name);
      if (before) return before.el;
      const { stage: own, end } = stage.part();
      const el = make(own, item);
      known.set(name, { el, end });
      return el;
    });
  };
}
