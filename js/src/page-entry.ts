/** The page's bundle: nothing but this file mounts anything by being loaded. */
import { fitFrame, mountAll } from "./page.js";

fitFrame();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll, { once: true });
else mountAll();
