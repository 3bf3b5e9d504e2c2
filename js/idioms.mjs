/**
 * Writes as calls of one function what a script has many times: `Array.from({ length: n }, (_, i) => f(i))` becomes
 * `$counted(Array, n, (i) => f(i))`, and `throw new Error(words);` becomes `$thrown(words);`.
 */
import { parse } from "acorn";
import { variables } from "./scopes.mjs";
import { edited, startOf } from "./tree.mjs";

/** The functions. The first gives one argument to another: `locals.mjs` knows it by its name. */
const FUNCTIONS = {
  $counted: "(Kind,length,of)=>Kind.from({length},(_,i)=>of(i))",
  $thrown: "(words)=>{throw new Error(words)}",
};
/** Fewer uses than these are shorter as they are. */
const FEW = 4;

/** A script or a module. */
export function withIdioms(code, sourceType) {
  const tree = parse(code, { ecmaVersion: 2022, sourceType });
  const { variableOf, parents } = variables(tree);
  const nodes = [...parents.keys()];
  const text = ({ start, end }) => code.slice(start, end);

  const counted = nodes.filter((node) => isCounted(node, variableOf)).map(({ start, callee, arguments: [{ properties }, of] }) => {
    const [, index] = of.params;
    const length = properties[0].value;
    const last = `${of.async ? "async" : ""}(${index ? text(index) : ""})`;
    return { start, callee, length, of, last };
  });
  const thrown = nodes.filter(({ type, argument }) => type === "ThrowStatement" && isError(argument, variableOf, parents));
  const edits = [];
  if (counted.length >= FEW) {
    for (const { start, callee, length, of, last } of counted) {
      edits.push({ start, end: callee.object.start, text: "$counted(" }, { start: callee.object.end, end: length.start, text: "," });
      edits.push({ start: length.end, end: code.lastIndexOf("=>", of.body.start), text: `,${last}` });
    }
  }
  if (thrown.length >= FEW) for (const { start, argument } of thrown) edits.push({ start, end: argument.callee.end, text: "$thrown" });
  const declared = [counted, thrown].flatMap(({ length }, i) => (length >= FEW ? [Object.entries(FUNCTIONS)[i].join("=")] : []));
  if (declared.length === 0) return code;
  const at = startOf(tree);
  return edited(code, [{ start: at, end: at, text: `var ${declared.join()};` }, ...edits]);
}

/** Whether a node makes a list of a length by an arrow that uses at most the index. */
function isCounted({ type, callee, arguments: given }, variableOf) {
  if (type !== "CallExpression" || callee.property?.name !== "from" || given.length !== 2) return false;
  const [{ properties }, of] = given;
  if (properties?.length !== 1 || properties[0].key?.name !== "length" || of.type !== "ArrowFunctionExpression") return false;
  const [unused] = of.params;
  return of.params.length <= 2 && (!unused || (unused.type === "Identifier" && variableOf.get(unused).used.length === 0));
}

/** Whether a node is an error of some words; the build binds names of the platform to others. */
function isError({ type, callee, arguments: given }, variableOf, parents) {
  if (type !== "NewExpression" || given.length !== 1) return false;
  const bound = variableOf.get(callee)?.declared.map((name) => parents.get(name).init?.name) ?? [callee.name];
  return bound.length === 1 && bound[0] === "Error";
}
