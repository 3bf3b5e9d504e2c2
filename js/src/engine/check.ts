/** Is the page's log density PyMC's? */
import type { EngineView } from "../engine-records.js";

export function agreement(view: EngineView): { readonly agrees: boolean; readonly words: string } {
  throw new Error(`not yet: ${view.columns.length}`);
}
