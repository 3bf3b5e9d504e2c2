import { afterEach, beforeAll, expect, it, vi } from "vitest";

const media = { matches: false, addEventListener: vi.fn() };
const printed = Object.assign(new EventTarget(), { matches: false });
let looksDark: (el: Element) => boolean | null;

beforeAll(async () => {
  vi.stubGlobal("matchMedia", (query: string) => (query === "print" ? printed : media));
  ({ looksDark } = await import("../src/host.js"));
});
afterEach(() => document.body.replaceChildren());

/** A frame of ours in the page; what is posted into it is kept. */
function frame() {
  const el = Object.assign(document.createElement("iframe"), { className: "glm-frame" });
  document.body.append(el);
  const posted: unknown[] = [];
  el.contentWindow!.postMessage = ((message: unknown) => posted.push(message)) as typeof window.postMessage;
  return { el, posted };
}
const say = (source: Window | null, data: unknown) =>
  dispatchEvent(new MessageEvent("message", { data, source }));

it("gives the frame that speaks the height of its content, and no other", () => {
  const [one, other] = [frame(), frame()];
  say(one.el.contentWindow, { glm: "size", height: 431.2 });
  expect(one.el.style.height).toBe("432px");
  expect(other.el.style.height).toBe("");
});

it("hears nothing else", () => {
  const { el } = frame();
  for (const data of [null, "size", { glm: "size" }, { glm: "size", height: NaN }, { height: 9 }]) say(el.contentWindow, data);
  say(window, { glm: "size", height: 9 });
  expect(el.style.height).toBe("");
});

it("lets no frame grow without end", () => {
  const { el } = frame();
  say(el.contentWindow, { glm: "size", height: 1e9 });
  expect(el.style.height).toBe("20000px");
});

it("tells a frame the theme when it begins to speak, and again when the page changes", async () => {
  document.body.style.backgroundColor = "rgb(20, 20, 24)";
  const { el, posted } = frame();
  say(el.contentWindow, { glm: "size", height: 100 });
  say(el.contentWindow, { glm: "size", height: 120 });
  expect(posted).toEqual([{ glm: "theme", dark: true }]);
  document.body.style.backgroundColor = "white";
  await new Promise((resolve) => setTimeout(resolve));
  expect(posted.at(-1)).toEqual({ glm: "theme", dark: false });
  document.body.style.backgroundColor = "";
});

it("believes what the page announces before what it looks like, which may still be on its way", () => {
  document.body.style.backgroundColor = "white";
  document.body.dataset.mdColorScheme = "slate";
  const { el, posted } = frame();
  say(el.contentWindow, { glm: "size", height: 100 });
  expect(posted).toEqual([{ glm: "theme", dark: true }]);
  expect(el.style.colorScheme).toBe("dark");
  delete document.body.dataset.mdColorScheme;
  document.body.style.backgroundColor = "";
});

it("greets a frame that is loaded, in sight or not", () => {
  const { el, posted } = frame();
  printed.matches = true;
  el.dispatchEvent(new Event("load"));
  printed.matches = false;
  expect(posted).toEqual([
    { glm: "theme", dark: false },
    { glm: "print", on: true },
  ]);
});

it("numbers frames of one title", async () => {
  const frames = [frame().el, frame().el, frame().el];
  frames.forEach((el, i) => (el.title = i === 1 ? "y ~ z" : "y ~ x"));
  vi.resetModules(); // every output brings the script
  await import("../src/host.js");
  vi.resetModules();
  await import("../src/host.js");
  expect(frames.map(({ title }) => title)).toEqual(["y ~ x", "y ~ z", "y ~ x (2)"]);
});

it("tells frames when the page is shown as print, and hides the tables, which they then hold", () => {
  const { posted } = frame();
  const table = Object.assign(document.createElement("details"), { className: "glm-as-table" });
  document.body.append(table);
  for (const on of [true, false]) {
    printed.matches = on;
    printed.dispatchEvent(new Event("change"));
    expect(posted.at(-1)).toEqual({ glm: "print", on });
    expect(table.hidden).toBe(on);
  }
});

it("opens the tables for a page that is printed, and leaves open what was", () => {
  const tables = [false, true].map((open) => Object.assign(document.createElement("details"), { className: "glm-as-table", open }));
  document.body.append(...tables);
  dispatchEvent(new Event("beforeprint"));
  expect(tables.map(({ open }) => open)).toEqual([true, true]);
  dispatchEvent(new Event("afterprint"));
  expect(tables.map(({ open }) => open)).toEqual([false, true]);
});

it("sees through what is transparent", () => {
  document.body.style.backgroundColor = "black";
  const inner = document.body.appendChild(document.createElement("div"));
  inner.style.backgroundColor = "rgba(255, 255, 255, 0)";
  expect(looksDark(inner)).toBe(true);
  document.body.style.backgroundColor = "";
  expect(looksDark(inner)).toBeNull();
});

it("makes frames that run scripts and may download, and may nothing else", async () => {
  document.body.innerHTML = '<div class="glm-shared"><script type="application/json" class="glm-payload">{}</script></div>';
  document.body.append(Object.assign(document.createElement("script"), { type: "application/json", className: "glm-template", textContent: '"@glm-payload@"' }));
  vi.resetModules();
  await import("../src/host.js");
  expect(document.querySelector("iframe")!.getAttribute("sandbox")).toBe("allow-scripts allow-downloads");
});
