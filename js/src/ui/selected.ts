import { selected } from "../fit/selected.js";
import type { Stage } from "../stage.js";
import { brush } from "../state/selection.js";
import { h } from "./dom.js";
import { button } from "./listen.js";

/** The line that reads out which draw is selected. It has its height before it says anything, so that nothing moves. */
export function selectedLine(stage: Stage): HTMLElement {
  const status = h("div", { role: "status", "aria-label": "Selected draw" });
  const clear = button(stage, "Clear brush", () => stage.set("selection", brush(stage.get("selection"), null)));
  const el = h("div", { class: "glm-selected" }, status, clear);
  stage.follow(["selection", "fit"], () => {
    const { brush: brushed, draw } = selected(stage.fit, stage.get("selection"));
    const spoken = [brushed === "" ? null : h("p", { class: "glm-brushed" }, brushed), ...draw.map((line) => h("p", {}, line))];
    status.replaceChildren(...spoken.filter((line) => line !== null));
    clear.hidden = brushed === "";
    el.classList.toggle("glm-speaks", status.childElementCount > 0);
  });
  return el;
}
