/**
 * Writes once what a script has many times: texts, and names of members, which are then read by a computed key.
 * `e.addEventListener("click", f)` becomes `e[pooled0](pooled1, f)`, which means the same whatever `e` is. Short names are
 * the minifier's to find.
 */
import { parse } from "acorn";
import { edited, visit } from "./tree.mjs";

/** Members that loops over draws and points ask for in each turn: a key that is always the same costs little, a name nothing. */
const SPARED = new Set(["lineTo", "moveTo", "data"]);

/** As long as the names of most variables will be. */
const SHORT = "ab";

/** What is written at a place, by its kind, of the variable that has the text. */
const WRITTEN = {
  text: (own) => own,
  key: (own) => `[${own}]`,
  optional: (own) => `?.[${own}]`,
};

/** A script, or a module, of which a function or the whole is this one's alone, so that variables can be added. */
export function pooled(code, sourceType) {
  const tree = parse(code, { ecmaVersion: 2022, sourceType });
  const places = new Map();
  visit(tree, null, (node, parent) => {
    const place = placeOf(node, parent);
    if (place !== null) places.set(place.name, [...(places.get(place.name) ?? []), place]);
  });

  const declared = [];
  const edits = [];
  for (const [name, all] of [...places].sort((a, b) => b[1].length - a[1].length)) {
    const text = JSON.stringify(name);
    const gain = ({ kind, start, end }) => end - start - WRITTEN[kind](SHORT).length;
    const worthy = all.filter((place) => gain(place) > 0);
    if (worthy.reduce((sum, place) => sum + gain(place), 0) <= `${SHORT}=${text},`.length) continue;
    const own = `pooled${declared.length}`;
    declared.push(`${own}=${text}`);
    for (const { kind, start, end } of worthy) edits.push({ start, end, text: WRITTEN[kind](own) });
  }
  if (declared.length === 0) return code;
  const start = beginning(tree);
  return edited(code, [{ start, end: start, text: `var ${declared.join()};` }, ...edits]);
}

/** Where a node has a text or the name of a member that can be read from a variable; null where it has none. */
function placeOf(node, parent) {
  const { type, start, end, key, property, computed } = node;
  if (type === "MemberExpression" && !computed && property.type === "Identifier" && !SPARED.has(property.name)) {
    const kind = node.optional ? "optional" : "key";
    return { kind, name: property.name, start: property.start - (node.optional ? 2 : 1), end };
  }
  if (type === "Property" && parent.type === "ObjectPattern" && !computed && !node.shorthand && key.type === "Identifier" && !SPARED.has(key.name)) {
    return { kind: "key", name: key.name, start: key.start, end: key.end };
  }
  if (type === "Property" && parent.type === "ObjectExpression" && !computed && key.type === "Identifier" && !SPARED.has(key.name)) {
    return { kind: "key", name: key.name, start: key.start, end: key.end };
  }
  return type === "Literal" && typeof node.value === "string" && isRead(node, parent) ? { kind: "text", name: node.value, start, end } : null;
}

/** Whether a text is a value: keys, directives and names of modules are not. Engines know what `typeof` is compared with. */
function isRead(node, parent) {
  const compared = [parent.left, parent.right].some((side) => side?.operator === "typeof");
  return !compared && parent.key !== node && parent.source !== node && parent.type !== "ExpressionStatement";
}

/** Where the script's own code begins: within the function that is all of it, or else with the first statement. */
function beginning({ body }) {
  const whole = body.at(-1).expression?.callee?.body;
  return whole?.type === "BlockStatement" ? whole.start + 1 : body[0].start;
}
