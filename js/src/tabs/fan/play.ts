import { hover } from "../../state/selection.js";
import type { Stage } from "../../stage.js";
import { h } from "../../ui/dom.js";

/** Milliseconds that each draw is seen: at 100 ms the benefit is lost (Kale et al. 2019, "Hypothetical Outcome Plots"). */
const EACH = 400;

/** Shows one draw after another, in the seeded order of the lines, until it is stopped. `numbers` are those of the lines. */
export function playButton(stage: Stage, numbers: () => ArrayLike<number>): HTMLElement {
  const still = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : null;
  const button = h("button", { type: "button", class: "glm-button", "aria-pressed": "false" }, "Play");
  let timer: ReturnType<typeof setInterval> | undefined;
  let line = 0;

  const step = () => {
    const { length } = numbers();
    if (length === 0) return;
    stage.set("selection", hover(stage.get("selection"), numbers()[line++ % length]!));
  };
  const allow = () => {
    const off = still?.matches ?? false;
    button.disabled = off;
    button.title = off ? "Off, because your system asks for reduced motion" : "Show one draw after another";
    if (off) stage.set("playing", false);
  };
  button.addEventListener("click", () => stage.set("playing", !stage.get("playing")), { signal: stage.signal });
  still?.addEventListener("change", allow, { signal: stage.signal });
  stage.signal.addEventListener("abort", () => clearInterval(timer));
  allow();
  stage.follow(["playing", "tab"], () => {
    const on = stage.get("playing") && stage.get("tab") === "fan" && !button.disabled;
    button.textContent = on ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(on));
    clearInterval(timer);
    timer = on ? setInterval(step, EACH) : undefined;
    if (on) step();
    else if (stage.get("selection").hovered !== null) stage.set("selection", hover(stage.get("selection"), null));
  });
  return button;
}
