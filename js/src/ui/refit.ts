import type { Refit } from "../lab/records.js";
import type { Stage } from "../stage.js";
import { brief, count, fixed, plural } from "../stats/format.js";
import { h } from "./dom.js";
import { button } from "./listen.js";

/** Milliseconds without another change after which a screen reader is told. */
const AFTER = 700;

/** Which posterior is seen after a change, and what can be done with it. `keep` lets the posterior before the change go. */
export function refitLine(stage: Stage, keep: () => void): HTMLElement {
  // It changes in every frame while a prior is dragged: what has come to rest is spoken by another element.
  const words = h("span", { role: "status", "aria-label": "Refit", "aria-live": "off" });
  const spoken = h("span", { class: "glm-spoken", "aria-live": "polite" });
  const keeper = button(stage, "Keep", keep);
  const reset = button(stage, "Reset", () => stage.set("what_if", {}));
  const el = h("div", { class: "glm-refit" }, words, keeper, reset, spoken);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  stage.signal.addEventListener("abort", () => clearTimeout(waiting));
  stage.follow(["refit", "ghost"], () => {
    const { refit, ghost } = stage;
    words.textContent = refitSaid(refit);
    el.hidden = refit.kind === "given";
    keeper.hidden = ghost === null;
    clearTimeout(waiting);
    waiting = setTimeout(() => (spoken.textContent = words.textContent), AFTER);
  });
  return el;
}

export function refitSaid(refit: Refit): string {
  switch (refit.kind) {
    case "given":
      return "";
    case "reweighted":
      return `Reweighted: Pareto k ${fixed(refit.k, 2)}, ${plural(Math.round(refit.ess), "effective draw")}${refit.alone ? `. ${refit.alone}` : "; sampling again …"}`;
    case "sampling":
      return `Sampling again …${Number.isFinite(refit.k) ? ` The change is too large to reweight the draws (Pareto k ${brief(refit.k, 2)}).` : ""}`;
    case "sampled": {
      const { n_chains, n_draws, r_hat, ess, divergent, milliseconds, met } = refit;
      const seen = [
        `${n_chains} × ${count(n_draws)} draws`,
        `R-hat ${fixed(r_hat, 2)}`,
        `ESS ${count(ess)}`,
        divergent > 0 && `${count(divergent)} diverged`,
        `${count(milliseconds)} ms`,
        !met && "not enough yet: see the findings",
      ];
      return `Sampled again: ${seen.filter(Boolean).join(", ")}`;
    }
    case "refused":
      return `Not changed: ${refit.reason}`;
  }
}
