type Attributes = Readonly<Record<string, string | number | boolean>>;
type Child = Node | string | null;

/** Builds an HTML element. Strings become text nodes, never markup; `null` is left out; `true` sets, `false` omits. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Builds an SVG element under the same rules. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Makes an element hold just these, in this order. What is in its place already is not moved: it keeps focus and scroll. */
export function arrange(parent: Element, children: readonly (Node | null)[]): void {
  const wanted = children.filter((child) => child !== null);
  for (const child of [...parent.childNodes]) {
    if (!wanted.includes(child as ChildNode)) child.remove();
  }
  wanted.forEach((child, i) => {
    if (parent.childNodes[i] !== child) parent.insertBefore(child, parent.childNodes[i] ?? null);
  });
}

/** The level of a heading in its document; null where the document around it is somebody else's, who has headings. */
export type HeadingLevel = 1 | 2 | 3 | 4 | 5 | 6 | null;

/** A level as written in an attribute. */
export function headingLevel(text: string | undefined): HeadingLevel {
  const level = Number(text);
  return level >= 1 && level <= 6 ? (Math.floor(level) as HeadingLevel) : null;
}

/** A heading, or words that look like it. */
export const heading = (level: HeadingLevel, attributes: Attributes, text: string): HTMLElement =>
  h(level === null ? "div" : `h${level}`, attributes, text);


/** The level beneath. */
export const beneath = (level: HeadingLevel): HeadingLevel => level === null ? null : (Math.min(6, level + 1) as HeadingLevel);

/** Paragraphs under a plot or a table: one per non-empty sentence, or nothing. */
export function notes(sentences: readonly (string | null)[]): HTMLElement | null {
  const said = sentences.filter((sentence) => sentence !== null && sentence !== "");
  if (said.length === 0) return null;
  return h("div", { class: "glm-notes" }, ...said.map((sentence) => h("p", {}, sentence)));
}
