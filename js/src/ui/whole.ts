import { drawsOf } from "../fit/draws.js";
import type { Ask } from "../source.js";
import type { Stage } from "../stage.js";
import { reasonOf } from "../stats/reason.js";
import { h } from "./dom.js";

/** Gets the draws that the payload left out, where there is a kernel to ask. */
export function wholeDraws(stage: Stage, ask: Ask | null): HTMLElement {
  const button = h("button", { type: "button", class: "glm-button" }, "Use all draws");
  const said = h("span", { role: "status", "aria-label": "All draws" });
  const el = h("div", { class: "glm-whole" }, button, said);
  const asked = async () => {
    if (ask === null || button.ariaDisabled === "true") return;
    button.ariaDisabled = "true"; // not disabled: it keeps the focus
    said.textContent = "Asking the kernel.";
    try {
      await ask("draws");
      said.textContent = "All draws are here.";
    } catch (error) {
      said.textContent = `They are not here: ${reasonOf(error)}`;
      button.ariaDisabled = null;
    }
  };
  button.addEventListener("click", asked, { signal: stage.signal });
  stage.follow(["fit"], () => {
    const some = (drawsOf(stage.fit)?.every ?? 1) > 1;
    if (some) button.ariaDisabled = null;
    el.hidden = ask === null || !(some || said.textContent !== "");
  });
  return el;
}
