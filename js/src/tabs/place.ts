import { makeStage, type Drawn, type Stage } from "../stage.js";
import type { Store } from "../state/store.js";
import { h } from "../ui/dom.js";
import type { TabEntry } from "./registry.js";

/**
 * The place of a tab, which shows its view, or the reason why there is none, through all payloads. A tab that can be
 * drawn from the next payload too patches itself; an error in one costs that tab, which then says so.
 */
export function tabPlace(store: Store<Drawn>, stage: Stage, entry: TabEntry): HTMLElement {
  const place = h("div", {});
  let own = new AbortController(); // the life of what is built now
  let said: string | null = null;

  const show = (content: HTMLElement, reason: string | null) => {
    said = reason;
    place.replaceChildren(content);
  };
  const fail = (error: unknown) => {
    own.abort();
    const reason = error instanceof Error ? error.message : String(error);
    show(h("p", { class: "glm-unavailable", role: "alert" }, `This tab cannot be shown: ${reason}`), reason);
  };
  const build = () => {
    own.abort();
    own = new AbortController();
    const missing = entry.missing(stage.payload);
    if (missing !== null) show(h("p", { class: "glm-unavailable" }, missing), missing);
    else show(entry.build(makeStage(store, stage.theme, own.signal, fail)), null);
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };
  stage.signal.addEventListener("abort", () => own.abort(), { once: true });
  attempt(build);
  const again = () => {
    if (said !== null || entry.missing(stage.payload) !== null) build();
  };
  store.subscribe(["payload"], () => attempt(again), stage.signal);
  return place;
}
