import { arrange, h, notes } from "./dom.js";
import { legend, type LegendEntry } from "./legend.js";
import { renew } from "./renew.js";

/** A row for controls. */
export const controlRow = (): HTMLElement => h("div", { class: "glm-controls" });

/** Makes a row hold just these controls, in this order; `false` is left out. */
export function offer(row: HTMLElement, ...controls: readonly (HTMLElement | false)[]): void {
  arrange(row, controls.map((control) => control || null));
}

/** What may be said; where there is nothing to say it is false, empty or missing. */
export type Sentence = string | false | null | undefined;

/** What a picture stands in: with its legend above it, and what is said of it beneath. */
export interface Scene {
  readonly el: HTMLElement;
  legend(entries: readonly LegendEntry[]): void;
  notes(sentences: readonly Sentence[]): void;
}

/** `above` stands above the legend. */
export function scene(picture: HTMLElement, ...above: readonly HTMLElement[]): Scene {
  const [key, captions] = [h("div"), h("div")];
  return {
    el: h("div", {}, ...above, key, picture, captions),
    legend: unlessSame((entries) => renew(key, entries.length > 0 ? [legend(entries)] : [])),
    notes: unlessSame((sentences) => {
      const said = notes(sentences.map((one) => one || null));
      renew(captions, said ? [said] : []);
    }),
  };
}

/** Does nothing when it is asked for the same again: a picture is drawn in every frame while a slider is dragged. */
function unlessSame<T>(show: (what: T) => void): (what: T) => void {
  let last: string | undefined;
  return (what) => {
    const now = JSON.stringify(what);
    if (now !== last) show(what);
    last = now;
  };
}
