import { drawsOf } from "../fit/draws.js";
import type { Ask } from "../source.js";
import type { Stage } from "../stage.js";
import { reasonOf } from "../stats/reason.js";
import { h } from "./dom.js";
import { button } from "./listen.js";

/** Gets the draws that the payload left out, where there is a kernel to ask. */
export function wholeDraws(stage: Stage, ask: Ask | null): HTMLElement {
  const said = h("span", { role: "status", "aria-label": "All draws" });
  const asked = async () => {
    if (ask === null || opener.ariaDisabled === "true") return;
    opener.ariaDisabled = "true"; // not disabled: it keeps the focus
    said.textContent = "Asking the kernel.";
    try {
      await ask("draws");
      said.textContent = "All draws are here.";
    } catch (error) {
      said.textContent = `They are not here: ${reasonOf(error)}`;
      opener.ariaDisabled = null;
    }
  };
  const opener = button(stage, "Use all draws", asked);
  const el = h("div", { class: "glm-whole" }, opener, said);
  stage.follow(["fit"], () => {
    const some = (drawsOf(stage.fit)?.every ?? 1) > 1;
    if (some) opener.ariaDisabled = null;
    el.hidden = ask === null || !(some || said.textContent !== "");
  });
  return el;
}
