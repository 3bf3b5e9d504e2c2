/**
 * Runs in the page around the frames: gives each frame the height of its content and the theme of the page, and
 * makes frames of payloads that share one template. Every output brings this script; it listens once.
 */
import { fromFrame, type ToFrame } from "./frame-messages.js";
import { ANNOUNCED, announcedDark } from "./theme.js";

/** A frame may not grow without end, whatever it says of itself. */
const MOST_PIXELS = 20_000;

/** Where the payload goes in the template. */
const PAYLOAD = "@glm-payload@";
const MISSING =
  "This panel shares its script with the first fit of the notebook, whose output is not on this page: " +
  "show that output, or set %config GlmMagic.display = 'page' in the first cell.";

/** A page whose text is lighter than its background is dark, whatever it calls itself. */
export function looksDark(el: Element): boolean | null {
  for (let at: Element | null = el; at; at = at.parentElement) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (getComputedStyle(at).backgroundColor !== "" && alpha > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128;
  }
  return null;
}

const frames = (): HTMLIFrameElement[] => [...document.querySelectorAll<HTMLIFrameElement>("iframe.glm-frame")];

/** Numbers the frames of one title: a screen reader lists frames by title alone. */
function distinguish(): void {
  const taken = new Set<string>();
  for (const frame of frames()) {
    const title = (frame.dataset.glmTitle ??= frame.title);
    frame.title = title;
    for (let n = 2; taken.has(frame.title); n++) frame.title = `${title} (${n})`;
    taken.add(frame.title);
  }
}

function tellTheme(frame: HTMLIFrameElement): void {
  const system = matchMedia("(prefers-color-scheme: dark)").matches;
  // What is announced comes first: a background may still be on its way to its new colour.
  const dark = announcedDark(frame) ?? looksDark(frame.parentElement ?? document.body) ?? system;
  const message: ToFrame = { glm: "theme", dark };
  frame.style.colorScheme = dark ? "dark" : "light"; // else the frame has a backdrop of its own around the panel
  // The frame is sandboxed, so that its origin is opaque and cannot be named.
  frame.contentWindow?.postMessage(message, "*");
}

/** Tells a frame that has begun to listen what it cannot know: one that is out of sight learns nothing of the medium. */
function greet(frame: HTMLIFrameElement): void {
  tellTheme(frame);
  if (matchMedia("print").matches) tellMedium(frame, true);
}

function tellMedium({ contentWindow }: HTMLIFrameElement, on: boolean): void {
  const message: ToFrame = { glm: "print", on };
  contentWindow?.postMessage(message, "*");
}

/** Frames that are shown as print hold the tables. */
function hideTables(hidden: boolean): void {
  for (const table of tables()) table.hidden = hidden;
}

function start(): void {
  addEventListener("message", ({ data, source }) => {
    const message = fromFrame(data);
    const frame = message && frames().find(({ contentWindow }) => contentWindow === source);
    if (!message || !frame) return;
    if (!("glmSized" in frame.dataset)) greet(frame); // it may have been loaded before this listened
    frame.dataset.glmSized = "";
    frame.style.height = `${Math.min(Math.ceil(message.height), MOST_PIXELS)}px`;
  });
  // On the document: what a frame loads never reaches the window.
  const loaded = ({ target }: Event) => frames().forEach((frame) => frame === target && greet(frame));
  document.addEventListener("load", loaded, { capture: true });
  const retell = () => frames().forEach(tellTheme);
  const observer = new MutationObserver(retell);
  for (const target of [document.documentElement, document.body]) {
    observer.observe(target, { attributes: true, attributeFilter: [...ANNOUNCED, "style"] });
    target.addEventListener("transitionend", ({ target: ended }) => ended === target && retell());
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retell);
  goToPaper();
}

const tables = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll("details.glm-as-table");

/**
 * A page that is shown as print has time: its frames lay themselves out and tell their new heights. One that is being
 * printed has none: its frames keep their heights and the tab that is in front, so the tables beneath them are opened.
 */
function goToPaper(): void {
  const paper = matchMedia("print");
  paper.addEventListener("change", () => {
    for (const frame of frames()) tellMedium(frame, paper.matches);
    hideTables(paper.matches);
  });

  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = paper.matches ? [] : [...tables()].filter(({ open }) => !open);
    for (const table of opened) table.open = true;
  });
  addEventListener("afterprint", () => {
    for (const table of opened) table.open = false;
  });
}

/** The template of all frames: in the output of the first fit, or seen before that was taken from the document. */
function template(): string | null {
  const source = document.querySelector("script.glm-template")?.textContent;
  if (source) known.__glmTemplate = JSON.parse(source) as string;
  return known.__glmTemplate ?? null;
}

/** Makes the frames of payloads that have none yet. */
function build(): void {
  const page = template();
  for (const el of document.querySelectorAll<HTMLElement>(".glm-shared")) {
    const payload = el.querySelector("script.glm-payload")?.textContent;
    if (!payload || el.querySelector("iframe")) continue;
    el.querySelector("p")?.remove();
    if (page === null) {
      el.append(Object.assign(document.createElement("p"), { textContent: MISSING }));
      continue;
    }
    const frame = document.createElement("iframe");
    frame.className = "glm-frame";
    frame.setAttribute("sandbox", "allow-scripts allow-downloads");
    frame.allow = "clipboard-write";
    frame.title = el.dataset.glmTitle ?? "";
    frame.width = "100%";
    frame.height = el.dataset.glmHeight ?? "";
    frame.style.border = "0";
    // A function: in a text, "$&" of a label would be replaced.
    frame.srcdoc = page.replace(PAYLOAD, () => payload);
    el.append(frame);
  }
}

const known = globalThis as { __glmHost?: true; __glmTemplate?: string };
build();
distinguish();
if (!known.__glmHost) {
  known.__glmHost = true;
  start();
}
if (matchMedia("print").matches) hideTables(true);
