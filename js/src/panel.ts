import type { Model } from "./model.js";
import { listen, makeStage, type Stage } from "./stage.js";
import { dataTab } from "./tabs/data.js";
import { fanTab } from "./tabs/fan.js";
import { summaryTab } from "./tabs/summary.js";
import { traceTab } from "./tabs/trace.js";
import { watchTheme } from "./theme.js";
import { beneath, h, heading, type HeadingLevel } from "./ui/dom.js";
import { badge, findingList } from "./ui/findings.js";
import { keepKeys } from "./ui/keys.js";
import { onPaper, type Paper } from "./ui/paper.js";
import { tablist, type Tab } from "./ui/tablist.js";
import type { TabName } from "./state/traits.js";
import { decode, isUnavailable, type Unavailable } from "./wire.js";

/**
 * Puts the panel into `el` and keeps it in step with the model until the returned function is called.
 * It knows no host: a live widget and a page differ only in the model they hand over, and in whether the title is a
 * heading of the document. Nothing in it is a landmark: a page may hold many panels.
 */
export function mount(model: Model, el: HTMLElement, level: HeadingLevel = null): () => void {
  const panel = new AbortController();
  const root = h("div", { class: "glm-panel", role: "group" });
  el.append(root);
  keepKeys(root, panel.signal);
  const theme = watchTheme(root, panel.signal);

  const printed = onPaper(root, theme, panel.signal);

  let view = new AbortController();
  const render = () => {
    view.abort();
    view = new AbortController();
    root.replaceChildren(...content(view.signal));
  };
  const content = (signal: AbortSignal): HTMLElement[] => {
    try {
      const payload = decode(model.get("schema"), model.get("buffer"));
      root.setAttribute("aria-label", payload.title);
      return layout(makeStage(model, payload, theme, signal), level, printed);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [h("p", { class: "glm-unavailable", role: "alert" }, `This panel cannot be shown: ${reason}`)];
    }
  };
  render();

  let pending = false; // schema and buffer change together: one render for both
  const rerender = () => {
    if (pending) return;
    pending = true;
    queueMicrotask(() => {
      pending = false;
      if (!panel.signal.aborted) render();
    });
  };
  listen(model, "change:schema", panel.signal, rerender);
  listen(model, "change:buffer", panel.signal, rerender);

  return () => {
    view.abort();
    panel.abort();
    root.remove();
  };
}

/** Title, what must be read first, the four tabs, and how the fit was made. */
function layout(stage: Stage, level: HeadingLevel, printed: Paper): HTMLElement[] {
  const { title, findings, footer, incomplete, modelled = "" } = stage.payload;
  const tabs = tablist(stage, views(stage), (name) => stage.set("tab", name), beneath(level));
  printed.prepare(stage.signal, tabs.buildAll);
  stage.follow("tab", tabs.show);
  return [
    h(
      "div",
      { class: "glm-header" },
      heading(level, { class: "glm-title" }, title),
      modelled === "" ? null : h("span", { class: "glm-modelled" }, modelled),
      incomplete ? h("span", { class: "glm-badge glm-error" }, "incomplete: interrupted") : null,
      badge(findings),
    ),
    findingList(stage, findings.filter(({ severity }) => severity !== "note")),
    tabs.el,
    h("div", { class: "glm-footer" }, footer),
  ].filter((part) => part !== null);
}

/** Each tab as its view, or as the reason why there is none. */
function views(stage: Stage): Tab<TabName>[] {
  const { data, trace, summary, fan } = stage.payload.tabs;
  return [
    { name: "data", title: "Data", build: view(data, (shown) => dataTab(stage, shown)) },
    { name: "trace", title: "Trace", build: view(trace, (shown) => traceTab(stage, shown)) },
    { name: "summary", title: "Summary", build: view(summary, (shown) => summaryTab(stage, shown)) },
    { name: "fan", title: "Fan", build: view(fan, (shown) => fanTab(stage, shown)) },
  ];
}

function view<V extends object>(shown: V | Unavailable, build: (shown: V) => HTMLElement): () => HTMLElement {
  return () => (isUnavailable(shown) ? h("p", { class: "glm-unavailable" }, shown.unavailable) : build(shown));
}
