import type { Stage } from "../stage.js";
import { h } from "../ui/dom.js";
import { renew } from "../ui/renew.js";
import type { ModelView } from "../wire.js";

/** The model: its mathematics, its priors, and its code. */
export function modelTab(stage: Stage, view: () => ModelView): HTMLElement {
  const lines = h("div");
  stage.follow(["fit"], () => renew(lines, view().lines.map((line) => h("p", {}, line))));
  return lines;
}
