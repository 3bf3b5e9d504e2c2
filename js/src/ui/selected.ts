import type { Whom } from "../fit/equation.js";
import { selected } from "../fit/selected.js";
import type { Drawn, Stage } from "../stage.js";
import { brush } from "../state/selection.js";
import { h } from "./dom.js";
import { reveal } from "./focus.js";
import { button } from "./listen.js";
import { reachable } from "./reach.js";

/** The line that reads out which draw is selected. It has its height before it says anything, so that nothing moves, and scrolls. */
export function selectedLine(stage: Stage, whom: () => Whom, slices: readonly (keyof Drawn)[]): HTMLElement {
  const words = h("div");
  const status = h("div", { role: "status", "aria-label": "Selected draw" }, words);
  const clear = button(stage, "Clear brush", () => stage.set("selection", brush(stage.get("selection"), null)));
  const el = h("div", { class: "glm-selected" }, status, clear);
  reachable(stage, status);
  stage.follow(["selection", ...slices], () => {
    const { brush: brushed, draw } = selected(stage.fit, stage.get("selection"), whom());
    const spoken = [brushed === "" ? null : h("p", { class: "glm-brushed" }, brushed), ...draw.map((line) => h("p", {}, line))];
    words.replaceChildren(...spoken.filter((line) => line !== null));
    reveal(clear, brushed !== "");
    el.classList.toggle("glm-speaks", words.childElementCount > 0);
  });
  return el;
}
