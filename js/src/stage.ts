import type { Model } from "./model.js";
import type { Theme } from "./theme.js";
import { perFrame } from "./ui/frame.js";
import { valid, type TabName } from "./state/traits.js";
import type { Payload } from "./wire.js";

/** What the user can change, each a synced trait of the live widget. */
export interface Traits {
  readonly tab: TabName;
  /** Lines shown in the fan. */
  readonly n_lines: number;
  /** The x variable of Data and Fan; "" is the first. */
  readonly x: string;
  /** The colour variable of Data; "" is none. */
  readonly colour: string;
  /** Probability of every interval shown. */
  readonly prob: number;
}

/** What a tab is given: the payload, the traits, the theme, and the lifetime of what it builds. */
export interface Stage {
  readonly payload: Payload;
  readonly theme: Theme;
  /** Aborts when the panel goes or gets another payload. */
  readonly signal: AbortSignal;
  get<K extends keyof Traits>(name: K): Traits[K];
  /** Sets a trait at once and saves it to the kernel at most once per frame. */
  set<K extends keyof Traits>(name: K, value: Traits[K]): void;
  /** Calls `listener` with the trait's value now and after every change. */
  follow<K extends keyof Traits>(name: K, listener: (value: Traits[K]) => void): void;
}

/** Puts the traits of a host's model behind names with types. */
export function makeStage(model: Model, payload: Payload, theme: Theme, signal: AbortSignal): Stage {
  const read = readers(payload);
  const get = <K extends keyof Traits>(name: K): Traits[K] => read[name](model.get(name));
  const save = perFrame(signal, () => saveChanges(model));
  return {
    payload,
    theme,
    signal,
    get,
    set(name, value) {
      if (get(name) === value) return;
      model.set(name, value);
      save();
    },
    follow(name, listener) {
      listener(get(name));
      listen(model, `change:${name}`, signal, () => listener(get(name)));
    },
  };
}

/** Listens until `signal` aborts, on hosts that can stop listening and on those that cannot. */
export function listen(model: Model, event: string, signal: AbortSignal, listener: () => void): void {
  const alive = () => {
    if (!signal.aborted) listener();
  };
  model.on(event, alive);
  signal.addEventListener("abort", () => {
    try {
      model.off?.(event, alive);
    } catch {
      // MyST's model throws for `off`; `alive` is deaf by now.
    }
  });
}

function saveChanges(model: Model): void {
  try {
    model.save_changes?.();
  } catch {
    // A host without a kernel (MyST) throws: the change still holds in the browser.
  }
}

/** A trait that is missing or not of its type falls back on the payload: a page need not carry every trait. */
function readers(payload: Payload): { [K in keyof Traits]: (value: unknown) => Traits[K] } {
  return {
    tab: (value) => valid("tab", value, "data"),
    n_lines: (value) => valid("n_lines", value, payload.n_lines),
    x: (value) => valid("x", value, ""),
    colour: (value) => valid("colour", value, ""),
    prob: (value) => valid("prob", value, payload.prob),
  };
}
