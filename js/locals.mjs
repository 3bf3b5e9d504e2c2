/**
 * Writes the variables of an arrow as parameters, of which the minifier then makes less: `x => { let y = f(x); return g(y); }` becomes
 * `(x, y = f(x)) => g(y)`. A parameter that no caller gives is a variable; so all callers of such an arrow must be known.
 */
import { parse } from "acorn";
import { targets, variables } from "./scopes.mjs";
import { edited, some, untilSame } from "./tree.mjs";

/** How many arguments the methods of arrays give to a function. Nothing else in a script has methods of these names. */
const GIVEN = { every: 3, filter: 3, find: 3, findIndex: 3, flatMap: 3, forEach: 3, map: 3, reduce: 4, some: 3, sort: 2 };

/** A script or a module; the minifier must have done before what it does with variables that are assigned once. */
export const withParameters = (code, sourceType) => untilSame(code, (made) => innermost(made, sourceType));

/** One round: arrows within which no other is left. */
function innermost(code, sourceType) {
  const tree = parse(code, { ecmaVersion: 2022, sourceType });
  const { variableOf, parents } = variables(tree);
  const arrows = [...parents.keys()].filter(({ type, body }) => type === "ArrowFunctionExpression" && body.type === "BlockStatement");
  const edits = [];
  const changed = new Set();
  for (const arrow of arrows.reverse()) {
    if (changed.has(arrow) || isWhole(arrow, parents)) continue;
    const given = mostGiven(arrow, variableOf, parents);
    if (given === null || !canMove(arrow) || !isWorth(arrow, given)) continue;
    edits.push(...moves(arrow, given, code));
    for (let node = arrow; node; node = parents.get(node)) changed.add(node);
  }
  return edited(code, edits);
}

/** Whether an arrow is the whole script, to which other passes add variables. */
function isWhole(arrow, parents) {
  const call = parents.get(arrow);
  return call.callee === arrow && parents.get(parents.get(call)).type === "Program";
}

/** The most arguments that a caller of an arrow gives; null if a caller is unknown. */
function mostGiven(arrow, variableOf, parents) {
  const parent = parents.get(arrow);
  if (parent.type === "CallExpression") {
    if (parent.callee === arrow) return mostOf([parent]);
    if (parent.callee.name === "$counted") return 1;
    const { property, computed } = parent.callee;
    const isMethod = property && !computed && Object.hasOwn(GIVEN, property.name);
    return isMethod && parent.arguments[0] === arrow ? GIVEN[property.name] : null;
  }
  if (parent.type !== "VariableDeclarator" || parent.id.type !== "Identifier") return null;
  const { declared, used } = variableOf.get(parent.id);
  const calls = used.map((name) => parents.get(name));
  const isCalled = calls.every(({ type, callee }, i) => type === "CallExpression" && callee === used[i]);
  return declared.length === 1 && isCalled ? mostOf(calls) : null;
}

function mostOf(calls) {
  const isSpread = calls.some((call) => call.arguments.some(({ type }) => type === "SpreadElement"));
  return isSpread ? null : Math.max(0, ...calls.map((call) => call.arguments.length));
}

const isDeclaration = ({ type }) => type === "VariableDeclaration";
const namesOf = ({ declarations }) => declarations.flatMap(({ id }) => targets(id).map(({ name }) => name));

/** Whether all variables of the body can be parameters: these do not see what else it declares, and must not hide what other parameters mean. */
function canMove({ params, body }) {
  const own = body.body.filter(isDeclaration);
  const names = own.flatMap(namesOf);
  const isOther = (node) => /^(Function|Class)Declaration$/.test(node.type) || (isDeclaration(node) && node.kind === "var" && !own.includes(node));
  const isHidden = ({ type, name }) => type === "RestElement" || (type === "Identifier" && names.includes(name));
  return names.length > 0 && new Set(names).size === names.length && !some(body, isOther) && !params.some((one) => some(one, isHidden));
}

/** Whether the text is shorter, though names are needed for what callers give besides: where an expression can be all that is left. */
function isWorth({ params, body }, given) {
  return given <= params.length || (body.body.at(-1).type === "ReturnStatement" && body.body.every(({ type }) => /Decl|Expr|If|Ret/.test(type)));
}

/** The edits. A variable has its value where it had it before: as the parameter's, or after a statement by an assignment. */
function moves({ start, params, body, async }, given, code) {
  const text = (node) => code.slice(node.start, node.end);
  const all = params.map(text);
  while (all.length < given) all.push(`given${start}_${all.length}`);
  const edits = [];
  let isFirst = true;
  for (const statement of body.body) {
    if (!isDeclaration(statement)) {
      isFirst = false;
      continue;
    }
    const assigned = [];
    for (const declarator of statement.declarations) {
      const { id, init } = declarator;
      if (init && some(init, ({ type }) => type === "AwaitExpression")) isFirst = false;
      if (init && isFirst) all.push(text(declarator));
      else {
        all.push(...targets(id).map(({ name }) => name));
        if (init) assigned.push(`(${text(declarator)})`);
      }
    }
    edits.push({ start: statement.start, end: statement.end, text: assigned.length > 0 ? `${assigned.join()};` : "" });
  }
  const arrow = code.lastIndexOf("=>", body.start);
  return [{ start, end: arrow, text: `${async ? "async" : ""}(${all.join()})` }, ...edits];
}
