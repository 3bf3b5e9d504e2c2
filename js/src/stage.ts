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
  /**
   * Calls `listener` now, and after every change of any of the slices. While the stage rests it waits, and is called once
   * when the rest ends, unless it follows `tab`: then it knows by itself what is seen.
   */
  follow(slices: readonly (keyof Drawn)[], listener: () => void): void;
  /** A stage for something that may go before this one does; an error in one of its listeners goes to `failed`. */
  part(failed?: (error: unknown) => void, rest?: Rest): { readonly stage: Stage; readonly end: () => void };
}

/** What is not seen is not kept up to date: its listeners wait. */
export interface Rest {
  readonly rests: () => boolean;
  /** All listeners in the order in which they hear, and whether there were changes meanwhile. */
  readonly missed: Map<() => void, boolean>;
}

export const restWhile = (rests: () => boolean): Rest => ({ rests, missed: new Map() });

/** Calls the listeners that waited. */
export function wake({ missed }: Rest): void {
  for (const [listener, waits] of missed) {
    if (!waits) continue;
    missed.set(listener, false);
    listener();
  }
}

/** A store and a theme, for what lives until `signal` aborts. */
export function makeStage(store: Store<Drawn>, theme: Theme, signal: AbortSignal, failed?: (error: unknown) => void, rest = restWhile(() => false)): Stage {
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
      const heard = failed === undefined ? listener : attempted(listener, failed);
      const told = () => (rest.rests() && !slices.includes("tab") ? void rest.missed.set(heard, true) : heard());
      rest.missed.set(heard, false);
      signal.addEventListener("abort", () => rest.missed.delete(heard), { once: true });
      // Before the first call: whoever builds parts hears of a change before they do, and may end them.
      store.subscribe(slices, told, signal);
      listener();
    },
    part(ofPart = failed, ofRest = rest) {
      const own = new AbortController();
      const end = () => own.abort();
      signal.addEventListener("abort", end, { once: true, signal: own.signal });
      return { stage: makeStage(store, theme, own.signal, ofPart, ofRest), end };
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
