import type { Stage } from "../stage.js";
import type { TabName } from "../state/traits.js";
import { h, heading, type HeadingLevel } from "./dom.js";
import { on } from "./listen.js";

/** One tab: its content is built when the tab is first shown. */
export interface Tab {
  readonly name: TabName;
  readonly title: string;
  readonly build: () => HTMLElement;
}

/**
 * The WAI-ARIA tabs pattern with automatic activation: arrows, Home and End move focus and selection together. Each
 * tab has a heading for paper, where there is nothing to choose and the tabs follow one another. `line` stands between
 * the list and the tabs, and belongs to all of them.
 */
export function tablist(
  stage: Stage,
  tabs: readonly Tab[],
  level: HeadingLevel,
  line: HTMLElement,
): { readonly el: HTMLElement; readonly show: (name: TabName) => void; readonly buildAll: () => void } {
  const id = `glm-${Math.random().toString(36).slice(2)}`;
  const buttons = tabs.map(({ name, title }) =>
    h("button", { type: "button", role: "tab", id: `${id}-${name}`, "aria-controls": `${id}-${name}-panel`, "data-title": title }, title),
  );
  const panels = tabs.map(({ name }) =>
    h("div", {
      role: "tabpanel",
      class: `glm-tab glm-tab-${name}`,
      id: `${id}-${name}-panel`,
      "aria-labelledby": `${id}-${name}`,
      tabindex: 0,
      hidden: true,
    }),
  );
  const list = h("div", { role: "tablist", class: "glm-tabs", "aria-label": "Views" }, ...buttons);

  const build = (i: number) => {
    if (panels[i]!.childElementCount > 0) return;
    panels[i]!.append(heading(level, { class: "glm-paper-title" }, tabs[i]!.title), tabs[i]!.build());
  };
  const choose = (name: TabName) => {
    stage.set("tab", name);
    stage.flush(); // focus and selection move together
  };
  const show = (name: TabName) => {
    tabs.forEach((tab, i) => {
      const selected = tab.name === name;
      buttons[i]!.setAttribute("aria-selected", String(selected));
      buttons[i]!.tabIndex = selected ? 0 : -1;
      panels[i]!.hidden = !selected;
      if (selected) build(i);
    });
  };
  buttons.forEach((button, i) => {
    on(stage, button, "click", () => choose(tabs[i]!.name));
    on(stage, button, "keydown", (event) => {
      const n = tabs.length;
      const to = { ArrowRight: (i + 1) % n, ArrowLeft: (i + n - 1) % n, Home: 0, End: n - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      buttons[to]!.focus();
      choose(tabs[to]!.name);
    });
  });
  return { el: h("div", {}, list, line, ...panels), show, buildAll: () => tabs.forEach((_, i) => build(i)) };
}
