import { afterEach, beforeAll, expect, it, vi } from "vitest";

const media = { matches: false, addEventListener: vi.fn() };
let looksDark: (el: Element) => boolean | null;

beforeAll(async () => {
  vi.stubGlobal("matchMedia", () => media);
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

it("sees through what is transparent", () => {
  document.body.style.backgroundColor = "black";
  const inner = document.body.appendChild(document.createElement("div"));
  inner.style.backgroundColor = "rgba(255, 255, 255, 0)";
  expect(looksDark(inner)).toBe(true);
  document.body.style.backgroundColor = "";
  expect(looksDark(inner)).toBeNull();
});
