import { localModel } from "./model.js";
import { mount } from "./panel.js";
import { fromBase64 } from "./wire.js";

/** Brings every panel of the page to life: each `.glm-page` element holds its own payload. */
function start(): void {
  for (const el of document.querySelectorAll<HTMLElement>(".glm-page:not([data-glm-mounted])")) {
    const source = el.querySelector("script.glm-payload")?.textContent;
    if (!source) continue;
    el.dataset.glmMounted = ""; // a notebook export may carry this script once per panel
    const { buffer, ...traits } = JSON.parse(source) as { buffer: string };
    mount(localModel({ ...traits, buffer: fromBase64(buffer) }), el);
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
else start();
