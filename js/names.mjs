/** Shortens names of members: those of the bundle alone, and those of fields of a payload, which are renamed when it is decoded. */
import { parse } from "acorn";
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { ownNames } from "./own.mjs";
import { visit } from "./tree.mjs";

/** The i-th short name: a letter, or a letter and a letter or digit. The bundle computes it, too. */
const SHORT = "(i + (i < 26 ? 10 : 334)).toString(36)";
const KEYWORD = /^(do|if|in|of|as|is)$/;
const short = new Function("i", `return ${SHORT}`);

/**
 * esbuild's options that shorten names in the bundles that begin with `entries`, everywhere to the same names, since a worker has another text;
 * and the text of `wire-names.ts`.
 */
export async function shortened(common, entries) {
  const { own, isField, reserved } = ownNames(common.absWorkingDir, entries, await foreignNames(common, entries));
  // What is used most has one letter; of the others, fields are first, so that their list is short.
  const names = [...own.slice(0, 26), ...own.slice(26).filter(isField), ...own.slice(26).filter((name) => !isField(name))];
  const places = [];
  for (let i = 0; places.length < names.length; i++) if (!reserved.has(short(i)) && !KEYWORD.test(short(i))) places.push(i);
  const fields = [];
  names.forEach((name, k) => isField(name) && (fields[places[k]] = name));
  const list = JSON.stringify(Array.from(fields, (name) => name ?? "").join(" "));
  const contents = `export const WIRE_NAMES = new Map(${list}.split(" ").map((name, i) => [name, ${SHORT}]));`;
  const wireNames = {
    name: "wire-names",
    setup: ({ onLoad }) => onLoad({ filter: /src.wire-names\.ts$/ }, () => ({ contents })),
  };
  const options = {
    mangleQuoted: true, // as in `"name" in record`
    mangleProps: new RegExp(`^(${names.join("|")})$`),
    mangleCache: Object.fromEntries(names.map((name, k) => [name, short(places[k])])),
    plugins: [wireNames, ...common.plugins],
  };
  return { options, wireNames: contents };
}

/** Every name of a member that is written in a library. */
async function foreignNames(common, entries) {
  const { metafile } = await build({ ...common, entryPoints: entries, outdir: "-", write: false, metafile: true });
  const names = new Set();
  for (const path of Object.keys(metafile.inputs).filter((path) => path.startsWith("node_modules/"))) {
    visit(parse(await readFile(`${common.absWorkingDir}${path}`, "utf8"), { ecmaVersion: 2022, sourceType: "module" }), null, ({ type, key, property }) => {
      if (type === "Property" || type === "MethodDefinition" || type === "MemberExpression") names.add((key ?? property).name ?? (key ?? property).value);
    });
  }
  return names;
}
