import type { Store } from "./state/store.js";
import type { State } from "./state/traits.js";
import type { Theme } from "./theme.js";
import type { Payload } from "./wire.js";

/** All that a panel is drawn from: what the user can change, and the fit. */
export interface Drawn extends State {
  readonly payload: Payload;
}

/** What a tab is given: the state, the payload, the theme, and the lifetime of what it builds. */
export interface Stage {
  /** The payload of this moment. */
  readonly payload: Payload;
  readonly theme: Theme;
  /** Aborts when what was built with this stage goes. */
  readonly signal: AbortSignal;
  get: Store<Drawn>["get"];
  set: Store<Drawn>["set"];
  flush: Store<Drawn>["flush"];
  /** Calls `listener` now, and after every change of any of the slices. */
  follow(slices: readonly (keyof Drawn)[], listener: () => void): void;
}

/** A store and a theme, for what lives until `signal` aborts. An error in a listener goes to `failed`, if there is one. */
export function makeStage(store: Store<Drawn>, theme: Theme, signal: AbortSignal, failed?: (error: unknown) => void): Stage {
  return {
    get payload() {
      return store.get("payload");
    },
    theme,
    signal,
    get: store.get,
    set: store.set,
    flush: store.flush,
    follow(slices, listener) {
      const heard = failed === undefined ? listener : attempted(listener, failed);
      listener();
      store.subscribe(slices, heard, signal);
    },
  };
}

function attempted(listener: () => void, failed: (error: unknown) => void): () => void {
  return () => {
    try {
      listener();
    } catch (error) {
      failed(error);
    }
  };
}
