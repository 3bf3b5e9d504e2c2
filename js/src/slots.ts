/**
 * Mounts something in every element of one slot, now and whenever the host adds another.
 *
 * A notebook shows the same output twice ("Create New View for Output"), takes outputs out of the document
 * while they are scrolled away, and draws them again when it is reopened.
 */
export function follow(slot: string, mount: (el: HTMLElement) => () => void): () => void {
  const mounted = new Map<HTMLElement, () => void>();

  const add = (el: HTMLElement): void => {
    if (el.dataset.glmSlot !== slot || mounted.has(el)) return;
    // What was there is for readers without a kernel.
    el.replaceChildren();
    mounted.set(el, mount(el));
  };
  const look = (node: ParentNode): void => node.querySelectorAll<HTMLElement>("[data-glm-slot]").forEach(add);

  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        add(node);
        if (node.firstElementChild) look(node);
      }
    }
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
  look(document);

  return () => {
    observer.disconnect();
    for (const dispose of mounted.values()) dispose();
    mounted.clear();
  };
}
