import type { Stage } from "../stage.js";
import { write, type Table, type TableFormat } from "../stats/table.js";
import { h } from "./dom.js";

const FORMATS: readonly { readonly as: TableFormat; readonly title: string }[] = [
  { as: "csv", title: "CSV" },
  { as: "markdown", title: "Markdown" },
  { as: "latex", title: "LaTeX" },
];

/** A line of code, and a button that puts it on the clipboard; where that is closed, the line is selected instead. */
export function copyLine(stage: Stage, line: string, name: string): HTMLElement {
  const status = h("span", { role: "status", class: "glm-status" });
  const code = h("code", {}, line);
  const button = h("button", { type: "button", class: "glm-button", "aria-label": `Copy ${name}` }, "Copy");
  button.addEventListener("click", () => void copy(), { signal: stage.signal });
  return h("div", { class: "glm-remedy" }, code, button, status);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(line);
      status.textContent = "copied";
    } catch {
      getSelection()?.selectAllChildren(code);
      status.textContent = "The clipboard is closed here: copy the selected text.";
    }
  }
}

/**
 * Buttons that put a table on the clipboard. A sandboxed page may not write there: then the text appears,
 * selected, and the reader copies it.
 */
export function copyButtons(stage: Stage, table: () => Table): HTMLElement {
  const status = h("span", { role: "status", class: "glm-status" });
  const fallback = h("div");
  const buttons = FORMATS.map(({ as, title }) => {
    const button = h("button", { type: "button", class: "glm-button" }, `Copy ${title}`);
    button.addEventListener("click", () => void copy(as, title), { signal: stage.signal });
    return button;
  });
  return h("div", { class: "glm-copy" }, ...buttons, status, fallback);

  async function copy(as: TableFormat, title: string): Promise<void> {
    const text = write(table(), as);
    fallback.replaceChildren();
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = `${title} copied`;
    } catch {
      const area = h("textarea", { readonly: true, rows: 8, "aria-label": `${title} of the summary table` });
      area.value = text;
      fallback.append(area);
      area.focus();
      area.select();
      status.textContent = "The clipboard is closed here: copy the selected text.";
    }
  }
}
