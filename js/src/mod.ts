/** The panel for whoever has a payload and an element to put it in; `widget.ts` and `page.ts` are two of them. */
export { mount } from "./panel.js";
export { localModel, type Model } from "./state/model.js";
export { decode, fromBase64, type Payload } from "./wire.js";
