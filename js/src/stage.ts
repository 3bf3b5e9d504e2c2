import type { Refit } from "./lab/records.js";
import type { Selection } from "./state/selection.js";
import type { Store } from "./state/store.js";
import type { State } from "./state/traits.js";
import type { Theme } from "./theme.js";
import type { Finding, Fit } from "./wire.js";

/** What a tab can change: the traits, which draws are pointed at, and what is found of them. */
export interface Chosen extends State {
  readonly selection: Selection;
  /** What the Model tab finds of the sensitivity of the fit. */
  readonly sensed: readonly Finding[];
}

/** All that a panel is drawn from. */
export interface Drawn extends Chosen {
  readonly fit: Fit;
  /** The posterior before a change, until "Keep" or "Reset". */
  readonly ghost: Fit | null;
  readonly refit: Refit;
}

/** What a part of the panel is given: the state, the fit, the theme, and the lifetime of what it builds. */
export interface Stage {
  /** The fit of this moment. */
  readonly fit: Fit;
  readonly ghost: Fit | null;
  readonly refit: Refit;
  readonly theme: Theme;
  /** Aborts when what was built with this stage goes. */
  readonly signal: AbortSignal;
  get: Store<Chosen>["get"];
  set: Store<Chosen>["set"];
  flush: Store<Chosen>["flush"];
  /** Calls `listener` now, and after every change of any of the slices. */
  follow(slices: readonly (keyof Drawn)[], listener: () => void): void;
  /** A stage for something that may go before this one does; an error in one of its listeners goes to `failed`. */
  part(failed?: (error: unknown) => void): { readonly stage: Stage; readonly end: () => void };
}

/** A store and a theme, for what lives until `signal` aborts. */
export function makeStage(store: Store<Drawn>, theme: Theme, signal: AbortSignal, failed?: (error: unknown) => void): Stage {
  return {
    get fit() {
      return store.get("fit");
    },
    get ghost() {
      return store.get("ghost");
    },
    get refit() {
      return store.get("refit");
    },
    theme,
    signal,
    get: store.get,
    set: store.set,
    flush: store.flush,
    follow(slices, listener) {
      // Before the first call: whoever builds parts hears of a change before they do, and may end them.
      store.subscribe(slices, failed === undefined ? listener : attempted(listener, failed), signal);
      listener();
    },
    part(ofPart = failed) {
      const own = new AbortController();
      const end = () => own.abort();
      signal.addEventListener("abort", end, { once: true, signal: own.signal });
      return { stage: makeStage(store, theme, own.signal, ofPart), end };
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
