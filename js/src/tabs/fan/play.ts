import type { Stage } from "../../stage.js";
import { button } from "../../ui/listen.js";
import { hovered } from "../selection.js";

/** Milliseconds that each draw is seen: at 100 ms the benefit is lost (Kale et al. 2019, "Hypothetical Outcome Plots"). */
const EACH = 400;

/** Shows one draw after another, in the seeded order of the lines, until it is stopped. `numbers` are those of the lines. */
export function playButton(stage: Stage, numbers: () => ArrayLike<number>): HTMLElement {
  const { signal } = stage;
  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");
  const el = button(stage, "Play", () => stage.set("playing", !stage.get("playing")));
  let timer: ReturnType<typeof setInterval> | undefined;
  let line = 0;

  const step = () => {
    const { length } = numbers();
    if (length > 0) hovered(stage, numbers()[line++ % length]!);
  };
  const allow = () => {
    el.disabled = still?.matches ?? false;
    el.title = el.disabled ? "Off, because your system asks for reduced motion" : "Show one draw after another";
    if (el.disabled) stage.set("playing", false);
  };
  still?.addEventListener("change", allow, { signal });
  signal.addEventListener("abort", () => clearInterval(timer));
  allow();
  stage.follow(["playing", "tab"], () => {
    const on = stage.get("playing") && stage.get("tab") === "fan" && !el.disabled;
    el.textContent = on ? "Pause" : "Play";
    el.setAttribute("aria-pressed", String(on));
    clearInterval(timer);
    if (on) {
      timer = setInterval(step, EACH);
      step();
    } else hovered(stage, null);
  });
  return el;
}
