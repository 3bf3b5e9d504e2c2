import { mount, type Model } from "./mod.js";
import { follow } from "./slots.js";

/** What anywidget hands to `render`; `signal` since 0.11. */
interface RenderProps {
  readonly model: Model;
  readonly el: HTMLElement;
  readonly signal?: AbortSignal;
}

/**
 * Hosts that keep outputs in the page get no view, but an element to fill: a notebook that is reopened without its
 * kernel then shows what the element held before, where a view would be an error message.
 */
function initialize({ model, signal }: Omit<RenderProps, "el">): () => void {
  const slot = model.get("slot");
  if (typeof slot !== "string" || slot === "") return () => {};
  const leave = follow(slot, (el) => mount(model, el));
  signal?.addEventListener("abort", leave, { once: true });
  return leave;
}

/** Hosts end a view by the signal, by the returned clean-up, or by both. */
function render({ model, el, signal }: RenderProps): () => void {
  const dispose = mount(model, el);
  signal?.addEventListener("abort", dispose, { once: true });
  return dispose;
}

export default { initialize, render };
