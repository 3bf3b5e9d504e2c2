/** The lines of the model as MathML. What is not presentation MathML is left out: names come from the data. */
import { h } from "../../ui/dom.js";
import type { ModelView } from "../../wire.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const ATTRIBUTES = /^(display|mathvariant)$/;

/** A line for each; the plain text is what a screen reader says, and what is seen where there is no MathML, or no room for it on paper. */
export const mathematics = ({ mathml, lines }: ModelView): HTMLElement[] => lines.map((line, i) => h("p", line.length > WIDEST ? { "data-line": line } : {}, formula(mathml[i] ?? "", line)));

/** Characters of a formula that has room on paper, where nothing scrolls. */
const WIDEST = 70;

function formula(text: string, spoken: string): Element | string {
  const root = new DOMParser().parseFromString(text, "text/html").querySelector("math");
  if (!root) return spoken;
  for (const el of [root, ...root.querySelectorAll("*")]) {
    if (el.namespaceURI !== MATHML || !el.localName.startsWith("m")) el.remove();
    for (const { name } of [...el.attributes]) if (!ATTRIBUTES.test(name)) el.removeAttribute(name);
    if (el.localName !== "mo") continue;
    el.setAttribute("stretchy", "false"); // brackets as high as what they hold are higher than the line
    el.textContent = el.textContent!.replace("~", "\u223c"); // the relation, which has space around it
  }
  root.setAttribute("aria-label", spoken);
  return root;
}
