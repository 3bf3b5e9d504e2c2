import type { Model } from "./model.js";
import { mount } from "./panel.js";

/** What anywidget hands to `render`; `signal` since 0.11. */
interface RenderProps {
  readonly model: Model;
  readonly el: HTMLElement;
  readonly signal?: AbortSignal;
}

/** Nothing to prepare: a host waits for this before it lets messages through. */
function initialize(): void {}

/** Hosts end a view by the signal, by the returned clean-up, or by both. */
function render({ model, el, signal }: RenderProps): () => void {
  const dispose = mount(model, el);
  signal?.addEventListener("abort", dispose, { once: true });
  return dispose;
}

export default { initialize, render };
