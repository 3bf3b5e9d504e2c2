import type { Stage } from "../stage.js";
import { reasonOf } from "../stats/reason.js";
import { write, type Table } from "../stats/table.js";
import { selectedText } from "./copy.js";
import { h } from "./dom.js";
import type { LegendEntry } from "./legend.js";
import { button, on } from "./listen.js";
import { png, type Picture } from "./picture.js";

/** What a plot is saved as. */
export interface Saved {
  /** What it is called at this moment, after "the": "fan". */
  readonly name: () => string;
  /** The numbers that are drawn, as they stand at the controls: what is spread or thinned for the eye is not. */
  readonly table: () => Table;
  /** Of what is drawn, which a picture takes along. */
  readonly legend: () => readonly LegendEntry[];
}

const KINDS = ["SVG", "PNG", "CSV"] as const;
type Kind = (typeof KINDS)[number];

/** Longest file name without its ending, in characters. */
const LONGEST = 100;

/** A file name that every system takes. */
export function fileName(title: string, name: string, kind: Kind): string {
  const plain = (text: string) => text.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const end = plain(name);
  const start = [...plain(title)].slice(0, LONGEST - end.length).join("").replace(/-$/, "");
  return `${start === "" ? "" : `${start}-`}${end}.${kind.toLowerCase()}`;
}

export interface SaveMenu {
  readonly el: HTMLElement;
  readonly said: HTMLElement;
  /** After a change of what the plot is called. */
  readonly rename: () => void;
}

const FORBIDDEN = "Where the page around this one forbids downloads, ";

/**
 * The button of a plot, and beneath it the place for what is said of the file. Nothing of what happens in either
 * reaches the plot, which has keys and clicks of its own.
 */
export function saveMenu(stage: Stage, { name, table }: Saved, draw: () => Picture): SaveMenu {
  const opener = button(stage, "Save", () => (menu === null ? open() : close()));
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  const el = h("div", { class: "glm-save" }, opener);
  const said = h("div", { class: "glm-saved", role: "status", hidden: true });
  let menu: HTMLElement | null = null;

  for (const type of ["click", "dblclick", "pointerdown", "pointermove", "pointerup", "keydown"] as const) {
    for (const part of [el, said]) on(stage, part, type, (event) => event.stopPropagation());
  }
  on(stage, el, "focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !el.contains(relatedTarget)) close();
  });
  on(stage, el, "keydown", keyed);
  const rename = () => opener.setAttribute("aria-label", `Save the ${name()}`);
  rename();
  return { el, said, rename };

  function open(at = 0): void {
    const items = KINDS.map((kind) => {
      const item = h("button", { type: "button", role: "menuitem", tabindex: -1 }, kind);
      item.addEventListener("click", () => {
        opener.focus({ preventScroll: true });
        close();
        void save(kind);
      });
      return item;
    });
    menu = h("div", { role: "menu", class: "glm-menu", "aria-label": `Save the ${name()} as` }, ...items);
    el.append(menu);
    opener.setAttribute("aria-expanded", "true");
    items.at(at)!.focus({ preventScroll: true });
  }

  function close(): void {
    const open = menu;
    menu = null; // first: what had the focus says that it loses it
    open?.remove();
    opener.setAttribute("aria-expanded", "false");
  }

  function keyed(event: KeyboardEvent): void {
    const items = menu === null ? [] : [...menu.querySelectorAll("button")];
    const at = items.findIndex((item) => item.matches(":focus"));
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      if (menu === null) open(event.key === "ArrowUp" ? -1 : 0);
      else items[to % items.length]!.focus({ preventScroll: true });
    } else if (event.key === "Escape" && menu !== null) {
      opener.focus({ preventScroll: true });
      close();
    }
  }

  async function save(kind: Kind): Promise<void> {
    const file = fileName(stage.fit.title, name(), kind);
    try {
      const content = kind === "CSV" ? write(table(), "csv") : kind === "SVG" ? draw().svg : await png(draw());
      download(el, typeof content === "string" ? new Blob([content], { type: TYPES[kind] }) : content, file);
      say(...(isFramed() ? [`${file} was given to the browser. `, inPlace(content, file)] : [`${file} was saved.`]));
    } catch (error) {
      say(`The ${name()} could not be saved as ${kind}: ${reasonOf(error)}.`);
    }
  }

  function say(...words: (string | Node)[]): void {
    const done = button(stage, "Close", () => {
      said.hidden = true;
      opener.focus({ preventScroll: true });
    });
    said.hidden = false;
    said.replaceChildren(...words, " ", done);
  }

  /** A page around this one may forbid downloads, of which nothing can be known here: then the reader takes it by hand. */
  function inPlace(content: string | Blob, file: string): HTMLElement {
    return button(stage, "No file? Show it here", () => void (typeof content === "string" ? showText(content, file) : showImage(content, file)));
  }

  function showText(text: string, file: string): void {
    selectedText(text, file, (area) => say(`${FORBIDDEN}copy the selected text.`, area));
  }

  async function showImage(content: Blob, file: string): Promise<void> {
    const src = await dataUrl(content);
    say(`${FORBIDDEN}save or copy this picture by its own menu.`, h("img", { src, alt: file }));
  }
}

const TYPES: Readonly<Record<Kind, string>> = { SVG: "image/svg+xml", PNG: "image/png", CSV: "text/csv" };

const isFramed = (): boolean => window.parent !== window;

/** The link stands in the panel when it is followed: VS Code hears of a click in the document, and saves. */
function download(within: Element, content: Blob, file: string): void {
  const href = URL.createObjectURL(content);
  const link = h("a", { href, download: file, hidden: true });
  (within.closest(".glm-panel") ?? within).append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // the browser may ask the reader first where to
}

function dataUrl(content: Blob): Promise<string> {
  return new Promise((read, failed) => {
    const reader = new FileReader();
    reader.onload = () => read(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(content);
  });
}
