/** The lines of the model as MathML. What is not MathML is left out: names come from the data. */
import { h } from "../../ui/dom.js";
import type { ModelView } from "../../wire.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ATTRIBUTES = new Set(["accent", "columnalign", "display", "displaystyle", "fence", "mathvariant", "separator", "stretchy"]);

/** A line for each; the plain text is what a screen reader says, and what is seen where there is no MathML. */
export const mathematics = ({ mathml, lines }: ModelView): HTMLElement[] => lines.map((line, i) => h("p", {}, formula(mathml[i] ?? "", line) ?? line));

function formula(text: string, spoken: string): Element | null {
  if (text.includes("<!")) return null; // no entities, which may grow without end
  const { documentElement } = new DOMParser().parseFromString(text, "application/xml");
  if (documentElement.localName !== "math") return null;
  const made = copied(documentElement);
  made?.setAttribute("aria-label", spoken);
  return made;
}

/** Null for what is not of MathML, with all that is within. */
function copied({ namespaceURI, localName, attributes, childNodes }: Element): Element | null {
  if (namespaceURI !== MATHML) return null;
  const made = document.createElementNS(MATHML, localName);
  for (const { name, value } of attributes) if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  for (const child of childNodes) {
    const own = child.nodeType === Node.ELEMENT_NODE ? copied(child as Element) : child.nodeType === Node.TEXT_NODE ? (child.nodeValue ?? "") : null;
    if (own !== null) made.append(own);
  }
  return made;
}
