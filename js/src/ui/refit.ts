import type { Refit } from "../lab/records.js";
import type { Stage } from "../stage.js";
import { brief, count, fixed, plural } from "../stats/format.js";
import { h } from "./dom.js";
import { reveal } from "./focus.js";
import { button } from "./listen.js";

/** Milliseconds without another change after which a screen reader is told. */
const AFTER = 700;

/** Which posterior is seen after a change, what can be done with it, and what is spoken of it. `keep` lets the posterior before the change go. */
export function refitLine(stage: Stage, keep: () => void): readonly HTMLElement[] {
  // It changes in every frame while a prior is dragged: what has come to rest is spoken by another element.
  const words = h("span", { role: "status", "aria-label": "Refit", "aria-live": "off" });
  const spoken = h("span", { class: "glm-spoken", "aria-live": "polite" });
  const keeper = button(stage, "Keep", keep);
  const reset = button(stage, "Reset", () => stage.set("what_if", {}));
  const line = h("div", { class: "glm-refit" }, words, keeper, reset);
  /** What is spoken of no change: nothing, before there was one. */
  let gone = "";
  let waiting: ReturnType<typeof setTimeout> | undefined;
  stage.signal.addEventListener("abort", () => clearTimeout(waiting));
  stage.follow(["refit", "ghost"], () => {
    const { refit, ghost } = stage;
    words.textContent = refitSaid(refit);
    reveal(keeper, ghost !== null);
    reveal(line, refit.kind !== "given");
    const kept = refit.kind === "sampled" && ghost === null ? "Kept. " : "";
    if (refit.kind !== "given") gone = "No change: the posterior of the fit.";
    clearTimeout(waiting);
    waiting = setTimeout(() => (spoken.textContent = words.textContent === "" ? gone : kept + words.textContent), AFTER);
  });
  return [line, spoken];
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
