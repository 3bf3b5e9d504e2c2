/** Calls `changed` when an element first has a size and whenever it has another. Never, where there is no layout (jsdom). */
export function observeSize(el: HTMLElement, signal: AbortSignal, changed: () => void): void {
  if (typeof ResizeObserver === "undefined") return;
  const observer = new ResizeObserver(changed);
  observer.observe(el);
  signal.addEventListener("abort", () => observer.disconnect());
}
