import type { Stage } from "../stage.js";
import { TAB_TITLES, type TabName } from "../state/traits.js";
import { isUnavailable, type Fit, type Unavailable } from "../wire.js";
import { noEffects } from "../fit/effects.js";
import { dataTab, noScatter } from "./data.js";
import { effectsTab } from "./effects.js";
import { modelTab } from "./model.js";
import { fanTab, noFan } from "./fan.js";
import { noPairs, pairsTab } from "./pairs.js";
import { summaryTab } from "./summary.js";
import { noTrace, traceTab } from "./trace.js";

/** A tab: how it is called, why a payload has nothing to show in it, and how it is built where it has. */
export interface TabEntry {
  readonly name: TabName;
  readonly title: string;
  /** The reason, in a sentence; null where there is a view. */
  readonly missing: (fit: Fit) => string | null;
  /** Called where nothing is missing. What is built follows the payload until it is missing, or `stage.signal` aborts. */
  readonly build: (stage: Stage) => HTMLElement;
}

/** Every tab in a line, in the order in which they stand. */
export const TABS: readonly TabEntry[] = [
  tab("data", dataTab, noScatter),
  tab("trace", traceTab, noTrace),
  ofFit("pairs", pairsTab, noPairs),
  tab("summary", summaryTab),
  ofFit("effects", effectsTab, noEffects),
  tab("fan", fanTab, noFan),
  tab("model", modelTab),
];

/** The tabs that Python makes a view for. */
type ViewName = keyof Fit["tabs"];
type View<K extends ViewName> = Exclude<NonNullable<Fit["tabs"][K]>, Unavailable>;

/** `missing` says what a view that is there lacks; `build` asks for the view of the moment. */
function tab<K extends ViewName>(
  name: K,
  build: (stage: Stage, view: () => View<K>) => HTMLElement,
  missing: (view: View<K>, fit: Fit) => string | null = () => null,
): TabEntry {
  return {
    name,
    title: TAB_TITLES[name],
    missing(fit) {
      const view: Fit["tabs"][K] = fit.tabs[name];
      if (view === undefined) return "A panel that an older version saved has no such tab: fit again to see it.";
      return isUnavailable(view) ? view.unavailable : missing(view as View<K>, fit);
    },
    build: (stage) => build(stage, () => stage.fit.tabs[name] as View<K>),
  };
}

/** A tab that the browser makes of the fit alone: of its draws, or of its predictor tables. */
function ofFit(name: Exclude<TabName, ViewName>, build: (stage: Stage) => HTMLElement, missing: (fit: Fit) => string | null): TabEntry {
  return { name, title: TAB_TITLES[name], missing, build };
}
