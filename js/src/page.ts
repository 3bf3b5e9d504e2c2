import { toFrame, type FromFrame } from "./frame-messages.js";
import { fromBase64, localModel, mount } from "./mod.js";
import { headingLevel } from "./ui/dom.js";
import { LAID_OUT, PRINT } from "./ui/paper.js";

/** Brings every panel of the page to life: each `.glm-page` element holds its own payload. */
export function mountAll(): void {
  for (const el of document.querySelectorAll<HTMLElement>(".glm-page:not([data-glm-mounted])")) {
    const source = el.querySelector("script.glm-payload")?.textContent;
    if (!source) continue;
    el.dataset.glmMounted = ""; // a notebook export may carry this script once per panel
    const { buffer, ...traits } = JSON.parse(source) as { buffer: string };
    mount(localModel({ ...traits, buffer: fromBase64(buffer) }), el, headingLevel(el.dataset.glmHeading));
  }
}

/** In a frame: tells the page around it how high the content is, and takes the theme of that page. */
export function fitFrame(): void {
  if (window.parent === window) return;
  const content = document.body;
  const tell = () => {
    const message: FromFrame = { glm: "size", height: content.getBoundingClientRect().height };
    // The page around a sandboxed frame cannot be named from within.
    window.parent.postMessage(message, "*");
  };
  new ResizeObserver(tell).observe(content);
  addEventListener(LAID_OUT, tell); // a frame that is out of sight observes no sizes
  addEventListener("message", ({ data, source }) => {
    const message = source === window.parent ? toFrame(data) : null;
    if (message?.glm === "theme") document.documentElement.dataset.theme = message.dark ? "dark" : "light";
    if (message?.glm === "print") dispatchEvent(new CustomEvent<boolean>(PRINT, { detail: message.on }));
  });
}
