import type { Stage } from "../stage.js";
import { whileSame } from "../stats/once.js";
import { copyable } from "../ui/copy.js";
import { arrange, h, notes } from "../ui/dom.js";
import { present } from "../ui/entries.js";
import { keyed } from "../ui/keyed.js";
import { legend } from "../ui/legend.js";
import { reachable } from "../ui/reach.js";
import { renew } from "../ui/renew.js";
import type { ModelView, PriorRecord } from "../wire.js";
import { cellText, pymcCode } from "./model/texts.js";
import { mathematics } from "./model/mathematics.js";
import { priorEntries } from "./model/picture.js";
import { priorElement } from "./model/prior.js";
import { sensitivityTable } from "./model/sensitivity.js";

/** The densities of so many priors are unfolded at first; of more, none is. */
const UNFOLDED = 8;

/** The model: its mathematics, its priors, how much they matter, and its code. */
export function modelTab(stage: Stage, view: () => ModelView): HTMLElement {
  const [lines, other, key, list, noted] = [h("div"), h("p", { hidden: true }), h("div"), h("div"), h("div")];
  const scroll = h("div", { class: "glm-mathematics" }, lines);
  reachable(stage, scroll, { role: "group", "aria-label": "The model" });
  const elements = keyed(stage, ({ name, fixed }: PriorRecord) => name + fixed, (part, { name }) => priorElement(part, () => view().priors.find((one) => one.name === name)!, view().priors.length <= UNFOLDED));
  // Draws do not change it.
  const formulas = whileSame(() => [view().mathml, view().lines], () => renew(lines, mathematics(view())));
  stage.follow(["fit"], () => {
    formulas();
    arrange(list, elements(view().priors));
    renew(noted, present(notes([...view().notes, view().priors.length > 0 ? HEIGHTS : null])));
  });
  stage.follow(["what_if"], () => {
    const changed = Object.entries(stage.get("what_if").priors ?? {});
    other.hidden = changed.length === 0;
    other.textContent = `Changed here: ${changed.map(([name, prior]) => `${name} ~ ${prior}`).join(", ")}.`;
  });
  stage.follow(["fit", "ghost"], () => renew(key, view().priors.length > 0 ? [legend(priorEntries(stage))] : []));
  const [code, cell] = [
    text(stage, "The equivalent PyMC code", "PyMC code", () => pymcCode(view(), stage.get("what_if"))),
    text(stage, "The equivalent cell", "as cell", () => cellText(view(), stage.get("what_if"))),
  ];
  return h("div", {}, scroll, other, key, list, noted, sensitivityTable(stage, view), code, cell);
}

const HEIGHTS = "Each density has its own height. Drag a handle, or move it by arrow keys, to change a prior.";

/** A text to copy, folded; hidden where there is none. */
function text(stage: Stage, title: string, name: string, of: () => string): HTMLElement {
  const code = copyable(stage, name, "pre");
  const el = h("details", { class: "glm-fold" }, h("summary", {}, title), code.el);
  stage.follow(["fit", "what_if"], () => {
    code.show(of());
    el.hidden = of() === "";
  });
  return el;
}
