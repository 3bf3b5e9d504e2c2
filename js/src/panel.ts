import { laboratory, type Laboratory } from "./lab/laboratory.js";
import { checkSaid } from "./lab/posterior.js";
import { GIVEN } from "./lab/records.js";
import { askOf, type Ask } from "./source.js";
import { makeStage, type Drawn, type Stage } from "./stage.js";
import { connect, listen, stateOf, type Model } from "./state/model.js";
import { free, isNothing, NOTHING } from "./state/selection.js";
import { makeStore, type Store } from "./state/store.js";
import { DEFAULTS } from "./state/traits.js";
import { whileSame } from "./stats/once.js";
import { reasonOf } from "./stats/reason.js";
import { tabPlace } from "./tabs/place.js";
import { TABS } from "./tabs/registry.js";
import { WHOM, whoseLine } from "./tabs/whom.js";
import { watchTheme } from "./theme.js";
import { arrange, beneath, h, heading, type HeadingLevel } from "./ui/dom.js";
import { badge, findingList } from "./ui/findings.js";
import { perFrame } from "./ui/frame.js";
import { keepKeys } from "./ui/keys.js";
import { onPaper, type Paper } from "./ui/paper.js";
import { refitLine } from "./ui/refit.js";
import { renew } from "./ui/renew.js";
import { resultLine } from "./ui/result.js";
import { selectedLine } from "./ui/selected.js";
import { tablist } from "./ui/tablist.js";
import { wholeDraws } from "./ui/whole.js";
import { decode, type Finding, type Fit } from "./wire.js";

/**
 * Puts the panel into `el` and keeps it in step with the model until the returned function is called.
 * It knows no host: a live widget and a page differ only in the model they hand over, and in whether the title is a
 * heading of the document. Nothing in it is a landmark: a page may hold many panels.
 */
export function mount(model: Model, el: HTMLElement, level: HeadingLevel = null): () => void {
  const panel = new AbortController();
  const root = h("div", { class: "glm-panel", role: "group" });
  el.append(root);
  keepKeys(root, panel.signal, () => freed(store));
  const theme = watchTheme(root, panel.signal);
  const printed = onPaper(root, theme, panel.signal);

  let store: Store<Drawn> | null = null;
  let lab: Laboratory | null = null;
  let laid: AbortController | null = null; // the life of the layout; null where there is none
  const fail = (error: unknown) => {
    laid?.abort();
    laid = null;
    root.replaceChildren(h("p", { class: "glm-unavailable", role: "alert" }, `This panel cannot be shown: ${reasonOf(error)}`));
  };
  const show = () => {
    try {
      const { fits } = decode(model.get("schema"), model.get("buffer"));
      if (lab !== null) lab.open(fits[0]!);
      else {
        store = opened(model, fits[0]!, panel.signal);
        lab = laboratory(store, panel.signal);
      }
      if (laid === null) {
        laid = new AbortController();
        layout(root, makeStage(store!, theme, laid.signal, fail), lab, askOf(model, laid.signal), level, printed);
      }
      store!.flush();
    } catch (error) {
      fail(error);
    }
  };
  show();
  // A hand, or the keyboard, may be about to change something.
  for (const type of ["pointerover", "focusin"]) root.addEventListener(type, () => lab?.warm(), { once: true, signal: panel.signal });

  const again = perFrame(panel.signal, show); // schema and buffer change together: one payload
  listen(model, "change:schema", panel.signal, again);
  listen(model, "change:buffer", panel.signal, again);

  return () => {
    laid?.abort();
    panel.abort();
    root.remove();
  };
}

/** The store of a panel, which outlives its fits: what the user has chosen holds for the next one. */
function opened(model: Model, fit: Fit, signal: AbortSignal): Store<Drawn> {
  // A page need not carry every trait.
  const { n_lines, prob, show_truth = true } = fit;
  const made = makeStore<Drawn>({ ...stateOf(model, { ...DEFAULTS, n_lines, prob, show_truth }), fit, ...GIVEN, selection: NOTHING }, signal);
  connect(made, model, signal);
  return made;
}

/** Lets the selection go, and says whether there was one. */
function freed(store: Store<Drawn> | null): boolean {
  if (store === null || isNothing(store.get("selection"))) return false;
  store.set("selection", free(store.get("selection")));
  return true;
}

/** Title, what must be read first, the tabs, and how the fit was made. */
function layout(root: HTMLElement, stage: Stage, lab: Laboratory, ask: Ask | null, level: HeadingLevel, printed: Paper): void {
  const header = h("div", { class: "glm-header" });
  const [made, checked] = [h("span"), h("span")];
  const footer = h("div", { class: "glm-footer" }, made, checked);
  const check = whileSame(() => [stage.fit.engine], () => {
    const { engine } = stage.fit;
    checked.textContent = "";
    setTimeout(() => stage.signal.aborted || stage.fit.engine !== engine || (checked.textContent = checkSaid(stage.fit))); // once it is drawn
  });
  const views = TABS.map((entry) => ({ ...entry, build: () => tabPlace(stage, entry) }));
  const tabs = tablist(stage, views, beneath(level), selectedLine(stage, whoseLine(stage), WHOM));
  const refit = refitLine(stage, lab.keep);
  const whole = wholeDraws(stage, ask);
  const result = resultLine(stage, root);
  let list: HTMLElement | null = null;
  // Each fit that Python or the page has sampled has findings of its own.
  const head = whileSame(() => [stage.fit.findings, stage.get("sensed")], () => {
    const { fit } = stage;
    const findings = [...fit.findings, ...stage.get("sensed")];
    root.setAttribute("aria-label", fit.title);
    renew(header, headerOf(fit, findings, level));
    const next = findingList(stage, findings.filter(({ severity }) => severity !== "note"));
    if (list !== null && next !== null) renew(list, [...next.childNodes]);
    else list = next;
    arrange(root, [header, list, tabs.el, ...refit, whole, footer, result]);
  });

  stage.follow(["fit", "sensed"], () => {
    made.textContent = stage.fit.footer;
    checked.hidden = stage.refit.kind !== "given"; // after a change the fit's own footer says it
    head();
    check();
  });
  stage.follow(["tab"], () => tabs.show(stage.get("tab")));
  printed.prepare(stage.signal, () => {
    stage.flush(); // nothing that waits for a frame is printed
    tabs.buildAll();
  });
}

function headerOf({ title, modelled = "", incomplete }: Fit, findings: readonly Finding[], level: HeadingLevel): HTMLElement[] {
  return [
    heading(level, { class: "glm-title", title }, title),
    modelled === "" ? null : h("span", { class: "glm-modelled" }, modelled),
    incomplete ? h("span", { class: "glm-badge glm-error" }, "incomplete: interrupted") : null,
    badge(findings),
  ].filter((part) => part !== null);
}
