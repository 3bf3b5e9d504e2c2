/**
 * Finds the names of members that nobody outside the bundle knows, so that the build may shorten them.
 *
 * By its types, a name is the bundle's own if every member of that name that is read or written is declared in `src`. It is not if the
 * DOM, a library, a host or a table has such a member too, or if the name may be data: a key that is computed or listed.
 */
import ts from "typescript";

/** Files whose records others read or write: hosts, the page around a frame, Python. */
const WALLS = /src\/(frame-messages|widget|source|state\/(model|what-if))\.ts$|\.json$/;

/** The records that the wire carries; the names of their fields can be changed when a payload is decoded. */
const WIRE = /src\/(\w+-)?(records|tables)\.ts$/;

/** Names that the language itself asks for. */
const LANGUAGE = ["constructor", "done", "next", "return", "then", "toJSON", "toString", "valueOf"];

/**
 * The own names of the scripts that begin with `entries`, by falling number of uses, and whether one is a field of the wire. `foreign` has
 * the names that libraries in the bundle use. `reserved` has all others, with the place that reserves each.
 */
export function ownNames(root, entries, foreign) {
  const { options } = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail });
  const program = ts.createProgram(entries.map((entry) => `${root}${entry}`), options);
  const checker = program.getTypeChecker();
  const isIn = (file, pattern) => pattern.test(file.fileName);
  const isOwn = (file) => file.fileName.startsWith(`${root}src/`) && !isIn(file, WALLS);

  const uses = new Map();
  const wire = new Set();
  const reserved = new Map();
  const reserve = (name, why) => reserved.has(name) || reserved.set(name, why);
  for (const name of LANGUAGE) reserve(name, "the language");
  for (const name of foreign) reserve(name, "a library");

  const where = (node) => {
    const file = node.getSourceFile();
    return `${file.fileName.slice(root.length)}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  };
  const isOutside = ({ declarations = [] }) => declarations.length === 0 || declarations.some((one) => !isOwn(one.getSourceFile()) || !isMember(one));
  const isMember = (one) => ts.isTypeElement(one) || ts.isClassElement(one) || ts.isObjectLiteralElementLike(one) || ts.isParameter(one);
  const isBuiltIn = ({ declarations = [] }) => declarations.length > 0 && declarations.every((one) => one.getSourceFile().hasNoDefaultLib);
  const parts = (type) => (type.isUnionOrIntersection() ? type.types : [type]);
  const memberOf = (type, name) => checker.getPropertyOfType(checker.getApparentType(type), name);

  /** A use of a name, of a member of these types. */
  const use = (node, name, types) => {
    uses.set(name, (uses.get(name) ?? 0) + 1);
    const members = types.flatMap((type) => parts(type).flatMap((part) => memberOf(part, name) ?? memberOf(type, name) ?? []));
    if (members.length === 0) reserve(name, `${where(node)}: of no known type`);
    if (members.some(isOutside)) reserve(name, `${where(node)}: declared elsewhere`);
  };
  const reserveAll = (node, type, why) => {
    for (const part of parts(type)) {
      if (part.isUnionOrIntersection()) reserveAll(node, part, why);
      else for (const member of checker.getPropertiesOfType(part)) if (!isBuiltIn(member)) reserve(member.name, `${where(node)}: ${why}`);
    }
  };

  /** An object that goes where others look into it, or where any name may be asked for. */
  const follow = (node) => {
    const isTakenApart = node.parent.initializer === node && node.parent.name && ts.isObjectBindingPattern(node.parent.name);
    const target = isTakenApart ? undefined : checker.getContextualType(node);
    if (target === undefined) return;
    const given = checker.getTypeAtLocation(node);
    for (const part of parts(target)) {
      if (part === given) continue;
      if (checker.getIndexInfoOfType(part, ts.IndexKind.String)) reserveAll(node, given, "names are data");
      if (!(part.flags & ts.TypeFlags.Object)) continue;
      for (const member of checker.getPropertiesOfType(part).filter(isOutside)) {
        const own = checker.getPropertyOfType(given, member.name);
        if (own && !isOutside(own)) reserve(member.name, `${where(node)}: asked for by another`);
      }
    }
    if (target.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) && isSent(node.parent)) reserveAll(node, given, "sent");
  };
  const isSent = (call) => {
    const declaration = ts.isCallExpression(call) && checker.getResolvedSignature(call)?.declaration;
    return declaration && isIn(declaration.getSourceFile(), WALLS);
  };

  const see = (node) => {
    if (ts.isPropertyAccessExpression(node)) use(node, node.name.text, [checker.getTypeAtLocation(node.expression)]);
    else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
      const name = node.propertyName ?? node.name;
      if (ts.isIdentifier(name)) use(node, name.text, [checker.getTypeAtLocation(node.parent)]);
    } else if (ts.isObjectLiteralElementLike(node) && node.name && ts.isIdentifier(node.name)) {
      const target = checker.getContextualType(node.parent);
      use(node, node.name.text, [checker.getTypeAtLocation(node.parent), ...(target && memberOf(target, node.name.text) ? [target] : [])]);
    } else if (ts.isObjectLiteralElementLike(node) && node.name && ts.isStringLiteral(node.name)) {
      reserve(node.name.text, `${where(node)}: quoted`);
    } else if (ts.isElementAccessExpression(node)) {
      const type = checker.getTypeAtLocation(node.expression);
      if (!checker.isArrayLikeType(type)) reserveAll(node, type, "a name is computed");
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
      if (ts.isStringLiteral(node.left)) use(node, node.left.text, [checker.getTypeAtLocation(node.right)]);
      else reserveAll(node, checker.getTypeAtLocation(node.right), "in");
    } else if (ts.isAsExpression(node)) {
      if (checker.getTypeAtLocation(node.expression).flags & ts.TypeFlags.Any) reserveAll(node, checker.getTypeAtLocation(node), "anything is taken as it");
    } else if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.KeyOfKeyword) {
      reserveAll(node, checker.getTypeFromTypeNode(node.type), "keyof");
    } else if (ts.isTypeReferenceNode(node) && node.typeArguments) {
      const declarations = checker.getSymbolAtLocation(node.typeName)?.declarations ?? [];
      const hasKeys = declarations.some((one) => isOwn(one.getSourceFile()) && /\bkeyof\b/.test(one.getText()));
      if (hasKeys) for (const argument of node.typeArguments) reserveAll(node, checker.getTypeFromTypeNode(argument), "keyof");
    } else if (ts.isCallExpression(node) && /^Object\.(entries|keys|values|assign|hasOwn)$/.test(node.expression.getText())) {
      for (const argument of node.arguments) reserveAll(node, checker.getTypeAtLocation(argument), "names are listed");
    }
    if (ts.isExpression(node)) follow(node);
  };
  const visit = (node) => {
    see(node);
    ts.forEachChild(node, visit);
  };
  const declared = (node, name) => {
    if (node.name && ts.isIdentifier(node.name) && (ts.isTypeElement(node) || ts.isObjectLiteralElementLike(node))) name(node.name.text);
    else if (node.name && ts.isStringLiteral(node.name)) name(node.name.text);
    ts.forEachChild(node, (child) => declared(child, name));
  };
  for (const file of program.getSourceFiles()) {
    if (isIn(file, WALLS)) declared(file, (name) => reserve(name, "a wall"));
    else if (isIn(file, WIRE)) declared(file, (name) => wire.add(name));
    if (isOwn(file)) visit(file);
  }
  const own = [...uses.keys()].filter((name) => !reserved.has(name)).sort((a, b) => uses.get(b) - uses.get(a));
  return { own, isField: (name) => wire.has(name), reserved };
}

function fail({ messageText }) {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
}
