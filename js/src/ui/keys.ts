const SUPPRESS = "data-lm-suppress-shortcuts";

/**
 * Keeps plain keys from the host's shortcuts: JupyterLab would take arrows from sliders and tabs to move between cells,
 * and letters from drop-downs to cut or delete them. What saves or runs goes through, and so does Escape, by which a
 * reader leaves the panel, unless `escape` has used it.
 *
 * Its shortcuts match the focused element itself, so that the attribute must stand there, and Notebook 7 looks for
 * them before the element hears of the key: hence a listener on the window.
 */
export function keepKeys(root: HTMLElement, signal: AbortSignal, escape: () => boolean = () => false): void {
  const keep = (event: KeyboardEvent) => {
    const target = event.target;
    if (!(target instanceof Element) || !root.contains(target)) return;
    const command = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    const typing = target instanceof HTMLTextAreaElement; // Ctrl+A selects its text, not all cells
    target.toggleAttribute(SUPPRESS, event.key === "Escape" ? isInMenu(target) || escape() : typing || !command);
  };
  window.addEventListener("keydown", keep, { capture: true, signal });
}

/** A menu that is open closes by Escape, and nothing else does. */
const isInMenu = (target: Element): boolean => target.closest("[role=menu]") !== null;
