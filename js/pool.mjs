/**
 * Writes once what a script has many times: texts, `null`, `undefined`, and names of members, which are then read and written by a computed key.
 * `e.addEventListener("click", f)` becomes `e[pooled0](pooled1, f)`, which means the same whatever `e` is. Short names are
 * the minifier's to find, which gives the shortest to what is declared first: so what is used most is declared there.
 */
import { parse } from "acorn";
import { edited, ownBlock, startOf, visit } from "./tree.mjs";

/** Members that loops over draws and points ask for in each turn: a key that is always the same costs little, a name nothing. */
const SPARED = new Set(["lineTo", "moveTo", "data"]);

/** As long as the names of most variables will be; so many have one letter. */
const SHORT = "ab";
const LETTERS = 54;

/** What is written at a place, by its kind, of the variable that has the text. */
const WRITTEN = {
  text: (own) => own,
  key: (own) => `[${own}]`,
  shorthand: (own, name) => `[${own}]:${name}`,
  optional: (own) => `?.[${own}]`,
};

/** A script, or a module, of which a function or the whole is this one's alone, so that variables can be added. */
export function pooled(code, sourceType) {
  const tree = parse(code, { ecmaVersion: 2022, sourceType });
  const places = new Map();
  visit(tree, null, (node, parent) => {
    const place = placeOf(node, parent);
    if (place !== null) places.set(place.value, [...(places.get(place.value) ?? []), place]);
  });

  const declared = [];
  const edits = [];
  for (const [value, all] of places) {
    const text = value === undefined ? "void 0" : JSON.stringify(value);
    const worthy = all.filter((place) => gain(place) > 0);
    if (worthy.reduce((sum, place) => sum + gain(place), 0) <= `${SHORT}=${text},`.length) continue;
    const own = `pooled${declared.length}`;
    declared.push({ uses: worthy.length, text: `${own}=${text}` });
    for (const { kind, start, end } of worthy) edits.push({ start, end, text: WRITTEN[kind](own, value) });
  }
  if (declared.length === 0) return code;
  const block = ownBlock(tree);
  const all = [...declared, ...variablesOf(block)].sort((a, b) => b.uses - a.uses);
  const first = all.filter((one, i) => i < LETTERS || declared.includes(one));
  const start = startOf(tree);
  return edited(code, [{ start, end: start, text: `var ${first.map(({ text }) => text).join()};` }, ...edits]);
}

/** What a place is shorter by; the minifier writes `{ name }` as `{ name: a }`. */
const gain = ({ kind, start, end }) => end - start - WRITTEN[kind === "shorthand" ? "key" : kind](SHORT).length;

/** The variables of a block, which can be declared more than once, and about how often each is used. */
function variablesOf(block) {
  const uses = new Map();
  visit(block, null, ({ type, name }) => type === "Identifier" && uses.set(name, (uses.get(name) ?? 0) + 1));
  const declarators = block.body.flatMap(({ kind, declarations }) => (kind === "var" ? declarations : []));
  return declarators.filter(({ id }) => id.type === "Identifier").map(({ id }) => ({ uses: uses.get(id.name), text: id.name }));
}

/** Where a node has a value, or the name of a member, that can be read from a variable; null where it has none. */
function placeOf(node, parent) {
  const { type, start, end, key, property, computed } = node;
  if (type === "MemberExpression" && !computed && property.type === "Identifier" && !SPARED.has(property.name)) {
    const kind = node.optional ? "optional" : "key";
    return { kind, value: property.name, start: property.start - (node.optional ? 2 : 1), end };
  }
  if (type === "Property" && !computed && key.type === "Identifier" && !SPARED.has(key.name)) {
    return { kind: node.shorthand ? "shorthand" : "key", value: key.name, start: key.start, end: key.end };
  }
  if (type === "UnaryExpression" && node.operator === "void" && node.argument.value === 0) return { kind: "text", value: undefined, start, end };
  const isValue = type === "Literal" && (node.raw === "null" || (typeof node.value === "string" && isRead(node, parent)));
  return isValue ? { kind: "text", value: node.value, start, end } : null;
}

/** Whether a text is a value: keys, directives and names of modules are not. Engines know what `typeof` is compared with. */
function isRead(node, parent) {
  const compared = [parent.left, parent.right].some((side) => side?.operator === "typeof");
  return !compared && parent.key !== node && parent.source !== node && parent.type !== "ExpressionStatement";
}
