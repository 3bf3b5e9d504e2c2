import type { Stage } from "../stage.js";
import { write, type Table, type TableFormat } from "../stats/table.js";
import { h } from "./dom.js";
import { button } from "./listen.js";

const FORMATS: readonly (readonly [TableFormat, string])[] = [["csv", "CSV"], ["markdown", "Markdown"], ["latex", "LaTeX"]];

/** Puts text on the clipboard and says so; where that is closed, `select` shows the text selected, and the reader copies it. */
async function copy(text: string, status: HTMLElement, done: string, select: () => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = done;
  } catch {
    select();
    status.textContent = "The clipboard is closed here: copy the selected text.";
  }
}

const statusOf = (): HTMLElement => h("span", { role: "status", class: "glm-status" });

/** A text to be copied, selected once `show` has put it into the document. */
export function selectedText(text: string, name: string, show: (area: HTMLElement) => void): void {
  const area = h("textarea", { readonly: true, rows: 8, "aria-label": name });
  area.value = text;
  show(area);
  area.focus();
  area.select();
}

/** Code that may change, and a button that puts it on the clipboard; where that is closed, the code is selected instead. */
export function copyable(stage: Stage, name: string, tag: "code" | "pre" = "code"): { readonly el: HTMLElement; show(text: string): void } {
  const status = statusOf();
  const code = h(tag);
  const press = button(stage, "Copy", () => void copy(code.textContent!, status, "copied", () => getSelection()?.selectAllChildren(code)));
  press.setAttribute("aria-label", `Copy ${name}`);
  return {
    el: h("div", { class: "glm-remedy" }, code, press, status),
    show(text) {
      if (code.textContent === text) return;
      code.textContent = text;
      status.textContent = "";
    },
  };
}

/** A line of code with its button. */
export function copyLine(stage: Stage, line: string, name: string): HTMLElement {
  const { el, show } = copyable(stage, name);
  show(line);
  return el;
}

/**
 * Buttons that put a table on the clipboard. A sandboxed page may not write there: then the text appears,
 * selected, and the reader copies it.
 */
export function copyButtons(stage: Stage, table: () => Table): HTMLElement {
  const status = statusOf();
  const fallback = h("div");
  const buttons = FORMATS.map(([format, title]) =>
    button(stage, `Copy ${title}`, () => {
      const text = write(table(), format);
      fallback.replaceChildren();
      void copy(text, status, `${title} copied`, () => selectedText(text, `${title} of the summary table`, (area) => fallback.append(area)));
    }),
  );
  return h("div", { class: "glm-copy" }, ...buttons, status, fallback);
}
