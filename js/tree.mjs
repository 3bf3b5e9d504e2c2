/** The syntax tree of a script, for the passes of the build that change its text at places of the tree. */

/** Calls `see` with each node and the node above it. */
export function visit(node, parent, see) {
  if (Array.isArray(node)) for (const one of node) visit(one, parent, see);
  if (typeof node?.type !== "string") return;
  see(node, parent);
  for (const child of Object.values(node)) if (typeof child === "object") visit(child, node, see);
}

/** Whether the tree has such a node, outside nodes of some types. */
export function some(node, is, except = /(?!)/) {
  if (Array.isArray(node)) return node.some((one) => some(one, is, except));
  if (typeof node?.type !== "string") return false;
  return is(node) || Object.values(node).some((child) => typeof child === "object" && !except.test(child?.type ?? "") && some(child, is, except));
}

/** What rounds make of the code, until one leaves it as it is. */
export function untilSame(code, round) {
  for (let made = code, last = ""; ; ) {
    last = made;
    made = round(made);
    if (made === last) return made;
  }
}

/** The code with other texts at some places. A name beside a word needs a blank between them. */
export function edited(code, edits) {
  let [made, from] = ["", 0];
  for (const { start, end, text } of edits.sort((a, b) => a.start - b.start || a.end - b.end)) {
    made += code.slice(from, start);
    const before = /^\w/.test(text) && /[\w$]$/.test(made) ? " " : "";
    const after = /\w$/.test(text) && /[\w$]/.test(code[end]) ? " " : "";
    made += before + text + after;
    from = end;
  }
  return made + code.slice(from);
}

/** The script's own code: the function that is all of it, or else the whole. */
export function ownBlock(tree) {
  const own = tree.body.at(-1).expression?.callee?.body;
  return own?.type === "BlockStatement" ? own : tree;
}

/** Where variables can be added to the script's own code. */
export function startOf(tree) {
  const block = ownBlock(tree);
  return block.type === "Program" ? block.body[0].start : block.start + 1;
}
