/** Shows an element or hides it. The focus of what is hidden goes to the tab in front: a reader at the keyboard stays in the panel. */
export function reveal(el: HTMLElement, shown: boolean): void {
  if (!shown && el.matches(":focus-within")) el.closest(".glm-panel")?.querySelector<HTMLElement>("[role=tabpanel]:not([hidden])")?.focus({ preventScroll: true });
  el.hidden = !shown;
}
