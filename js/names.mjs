/** Shortens names of members: those of the bundle alone, and those of fields of a payload, which are renamed when it is decoded. */
import { parse } from "acorn";
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { ownNames } from "./own.mjs";
import { visit } from "./tree.mjs";

/** The i-th short name: a letter, or a letter and a letter or digit. The bundle computes it, too. */
const SHORT = "(i + (i < 26 ? 10 : 334)).toString(36)";
const short = new Function("i", `return ${SHORT}`);

/** esbuild's options that shorten names in the bundles that begin with `entries`. */
export async function shortened(root, entries, common) {
  const { own, wire, reserved } = ownNames(root, entries, await foreignNames(entries, common));
  const fields = [];
  for (const name of wire) {
    while (reserved.has(short(fields.length))) fields.push("");
    fields.push(name);
  }
  const renamed = Object.fromEntries(fields.map((name, i) => [name, short(i)]).filter(([name]) => name !== ""));
  const contents = `export const WIRE_NAMES = new Map(${JSON.stringify(fields.join(" "))}.split(" ").map((name, i) => [name, ${SHORT}]));`;
  const wireNames = {
    name: "wire-names",
    setup: ({ onLoad }) => onLoad({ filter: /src.wire-names\.ts$/ }, () => ({ contents })),
  };
  return {
    mangleProps: new RegExp(`^(${[...own, ...wire].join("|")})$`),
    mangleCache: renamed,
    plugins: [wireNames, ...common.plugins],
  };
}

/** Every name of a member that is written in a library. */
async function foreignNames(entries, common) {
  const { metafile } = await build({ ...common, entryPoints: entries.map((entry) => `src/${entry}`), outdir: "-", write: false, metafile: true });
  const names = new Set();
  for (const path of Object.keys(metafile.inputs).filter((path) => path.startsWith("node_modules/"))) {
    visit(parse(await readFile(`${common.absWorkingDir}${path}`, "utf8"), { ecmaVersion: 2022, sourceType: "module" }), null, ({ type, key, property }) => {
      if (type === "Property" || type === "MethodDefinition" || type === "MemberExpression") names.add((key ?? property).name);
    });
  }
  return names;
}
