/**
 * Writes declared functions as arrows, of which the minifier then makes less: `function f(x) { return g(x); }` becomes
 * `var f = (x) => { return g(x); };` at the beginning of its block, since a declared function can be called above its line.
 */
import { parse } from "acorn";
import { edited, some, untilSame, visit } from "./tree.mjs";

/** A script or a module, in which a function that has a `this`, its `arguments` or instances stays as it is. */
export const withArrows = (code, sourceType) => untilSame(code, (made) => innermost(made, sourceType));

/** One round: functions within which no other is left to be written as an arrow. */
function innermost(code, sourceType) {
  const tree = parse(code, { ecmaVersion: 2022, sourceType });
  const fixed = new Set();
  visit(tree, null, ({ type, callee, left }) => {
    if (type === "NewExpression") fixed.add(callee.name);
    if (type === "AssignmentExpression") fixed.add(left.name);
  });
  const isArrow = (node) => node.type === "FunctionDeclaration" && !node.generator && !fixed.has(node.id?.name) && !hasThis(node);

  const edits = [];
  visit(tree, null, (block, parent) => {
    if (block.type !== "Program" && block.type !== "BlockStatement") return;
    const moved = block.body.filter((node) => isArrow(node) && !some(node.body, isArrow));
    if (moved.length === 0) return;
    const arrows = moved.map((node) => {
      const params = node.params.length === 0 ? "" : code.slice(node.params[0].start, node.params.at(-1).end);
      return `${node.id.name}=${node.async ? "async" : ""}(${params})=>${code.slice(node.body.start, node.body.end)}`;
    });
    const isWhole = block.type === "Program" || /Function/.test(parent.type);
    const start = block.body.find(({ directive }) => directive === undefined).start;
    edits.push({ start, end: start, text: `${isWhole ? "var" : "let"} ${arrows.join()};` });
    for (const { start, end } of moved) edits.push({ start, end, text: "" });
  });
  return edited(code, edits);
}

/** Whether a function has a `this` or `arguments` of its own, which arrows within it share with it. */
const hasThis = ({ params, body }) => {
  const has = (node) => node.type === "ThisExpression" || node.type === "MetaProperty" || (node.type === "Identifier" && node.name === "arguments");
  return some([params, body], has, /^Function/);
};
