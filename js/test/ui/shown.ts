import { vi } from "vitest";
import { mount } from "../../src/panel.js";
import { localModel } from "../../src/state/model.js";
import { examplePayload, fitOf } from "../payload.js";

/** A context that draws nothing, for a jsdom without canvases; it counts what is asked of it, by name. */
export function drawable(asked: Map<string, number> = new Map()): Map<string, number> {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(400);
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    const get = (_: object, name: string) => (name === "canvas" ? this : () => void asked.set(name, (asked.get(name) ?? 0) + 1));
    return new Proxy({}, { get, set: () => true }) as unknown as CanvasRenderingContext2D;
  } as never);
  return asked;
}

export const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

export interface Schema {
  draws: { columns: { label: string; truth: number | null }[] } & Record<string, unknown>;
  tabs: Record<string, { rows: Record<string, unknown>[] } & Record<string, unknown>>;
}

/** A panel of the example, after a change of its fit; `refit` gives it another one. */
export function shown(state: Record<string, unknown>, change: (fit: Schema) => void = () => {}) {
  const payload = (also: (fit: Schema) => void) => {
    const { schema, buffer } = examplePayload();
    also(fitOf(schema) as Schema);
    return { schema, buffer };
  };
  const model = localModel({ ...payload(change), ...state });
  const el = document.body.appendChild(document.createElement("div"));
  const dispose = mount(model, el);
  const refit = async (also: (fit: Schema) => void) => {
    const { schema, buffer } = payload(also);
    model.set("schema", schema);
    model.set("buffer", buffer);
    await frame();
  };
  const press = async (on: Element, key: string, more: KeyboardEventInit = {}) => {
    on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
    await frame();
  };
  const status = () => el.querySelector('[aria-label="Selected draw"]')!.textContent;
  return { model, el, dispose, refit, press, status };
}

export function choose(el: Element, label: string, option: string): void {
  const select = el.querySelector<HTMLSelectElement>(`[role=tabpanel]:not([hidden]) [aria-label="${label}"]`)!;
  select.selectedIndex = [...select.options].findIndex(({ text }) => text === option);
  select.dispatchEvent(new Event("change"));
}
