/** The variables of a script: which one a name at a place means. */
import { visit } from "./tree.mjs";

const FUNCTION = /Function/;
/** What has variables of its own. */
const SCOPE = /^(Program|BlockStatement|StaticBlock|SwitchStatement|CatchClause|For\w*Statement|Class\w+)$|Function/;

/**
 * `variableOf` has of each node that is the name of a variable this variable: `{ declared, used }` are the nodes that declare it and those that
 * read or write it. `parents` has of each node the one above.
 */
export function variables(tree) {
  const parents = new Map();
  visit(tree, null, (node, parent) => parents.set(node, parent));
  const around = (node, is) => {
    for (let one = node; one; one = parents.get(one)) if (is.test(one.type)) return one;
    return tree;
  };

  const scopes = new Map();
  const variableOf = new Map();
  const declare = (names, scope) => {
    if (!scopes.has(scope)) scopes.set(scope, new Map());
    const own = scopes.get(scope);
    for (const node of names) {
      if (!own.has(node.name)) own.set(node.name, { declared: [], used: [] });
      own.get(node.name).declared.push(node);
      variableOf.set(node, own.get(node.name));
    }
  };
  for (const [node, parent] of parents) {
    const { type, id, kind } = node;
    if (type === "VariableDeclaration") {
      const names = node.declarations.flatMap((one) => targets(one.id));
      declare(names, around(parent, kind === "var" ? /^Program$|Function/ : SCOPE));
    } else if (FUNCTION.test(type)) {
      declare(node.params.flatMap(targets), node);
      if (id) declare([id], type === "FunctionDeclaration" ? around(parent, SCOPE) : node);
    } else if (/^Class[DE]/.test(type) && id) declare([id], type === "ClassDeclaration" ? around(parent, SCOPE) : node);
    else if (type === "CatchClause" && node.param) declare(targets(node.param), node);
    else if (/^Import\w*Specifier$/.test(type)) declare([node.local], tree);
  }
  for (const [node, parent] of parents) {
    if (node.type !== "Identifier" || variableOf.has(node) || !isVariable(node, parent)) continue;
    let scope = node;
    while (scope && !scopes.get(scope)?.has(node.name)) scope = parents.get(scope);
    if (!scope) continue;
    const variable = scopes.get(scope).get(node.name);
    variable.used.push(node);
    variableOf.set(node, variable);
  }
  return { variableOf, parents };
}

/** The names that a pattern gives values to. */
export function targets(pattern) {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((one) => targets(one.value ?? one.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap(targets);
    case "AssignmentPattern":
      return targets(pattern.left);
    case "RestElement":
      return targets(pattern.argument);
    default:
      return [];
  }
}

/** Whether a name is a variable's, and not a member's or a label's. */
function isVariable(node, { type, computed, key, property }) {
  if (/^(LabeledStatement|BreakStatement|ContinueStatement|MetaProperty)$/.test(type)) return false;
  if (type === "MemberExpression") return computed || property !== node;
  if (/^(Property|MethodDefinition|PropertyDefinition)$/.test(type)) return computed || key !== node;
  return true;
}
