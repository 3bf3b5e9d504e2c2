// Builds the bundles of the widget, the page and the page around a frame, and the style sheet into glm_magic/static.
import { build } from "esbuild";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { minify } from "terser";
import { fileURLToPath } from "node:url";
import { withArrows } from "./arrows.mjs";
import { engine } from "./engine.mjs";
import { shortened } from "./names.mjs";
import { withIdioms } from "./idioms.mjs";
import { withParameters } from "./locals.mjs";
import { pooled } from "./pool.mjs";
import translate from "./translate.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = `${here}../glm_magic/static/`;

/** In bytes: a page carries the bundle, and a bundle above this fails the build. */
const BUDGET = 180_000;

/** What is so of most traits, and is written once. */
const PLAIN = { type: "text", default: "", synced: false };

/** The table of traits, of each row only what is not plain. Python alone shows sentences; a host alone gives values to be read by their type. */
const traits = {
  name: "traits",
  setup(build) {
    build.onLoad({ filter: /traits\.json$/ }, async ({ path }) => {
      const { tabs, traits } = JSON.parse(await readFile(path, "utf8"));
      const rows = Object.entries(traits).map(([name, { help, type, ...row }]) => {
        const own = Object.entries(row.synced ? { type, ...row } : row).filter(([key, value]) => value !== PLAIN[key]);
        return `${name}: row(${own.length > 0 ? JSON.stringify(Object.fromEntries(own)) : ""})`;
      });
      const row = `const row = (own) => ({ ...${JSON.stringify(PLAIN)}, ...own });`;
      return { contents: `${row}\nexport default { tabs: ${JSON.stringify(tabs)}, traits: { ${rows} } };` };
    });
  },
};

/** d3-array without what nobody asks for: what it makes when it is loaded has no side effects, as its `package.json` says. */
const d3 = {
  name: "d3",
  setup(build) {
    build.onLoad({ filter: /d3-array\.mjs$/ }, async ({ path }) => {
      const made = /^((?:const|var) \w+ = )([\w.]+(?:\(.*\))?\.?\w*);$/gm;
      const source = await readFile(path, "utf8");
      const contents = source.replace(made, "$1/* @__PURE__ */ (() => $2)();");
      if (contents === source) throw new Error(`${path} has nothing like ${made}`);
      return { contents };
    });
  },
};

/** Names of the platform that the scripts use so often that each is bound once, to be one letter where it is used. */
const OFTEN = [
  ..."abs ceil cos exp expm1 floor hypot imul log log1p max min round sqrt PI".split(" ").map((name) => `Math.${name}`),
  ..."entries fromEntries keys values".split(" ").map((name) => `Object.${name}`),
  ..."Array Error Float32Array Float64Array Map Number JSON.stringify NaN Number.isFinite Number.isNaN Set String Uint32Array WeakMap document getComputedStyle window".split(" "),
];

const often = {
  name: "often",
  setup(build) {
    build.onResolve({ filter: /^often$/ }, () => ({ path: "often", namespace: "often" }));
    build.onLoad({ filter: /./, namespace: "often" }, () => {
      return { contents: OFTEN.map((name, i) => `const often${i} = ${name};\nexport { often${i} as "${name}" };`).join("\n") };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  plugins: [traits, d3, often],
  minifySyntax: true,
  minifyWhitespace: true,
  target: "es2022",
  charset: "ascii", // the page inlines the script: no byte depends on the page's encoding
  legalComments: "none",
  logLevel: "warning",
  define: { "define.amd": "false" }, // nbconvert's page has an AMD loader: never register with it
};

/** Bundles a script with esbuild; `names` are the options that shorten names of members. */
async function script(entry, name, format, names = {}) {
  const own = await engine(common);
  const options = { ...names, inject: ["often"], plugins: [own.plugin, ...(names.plugins ?? common.plugins)] };
  const { outputFiles } = await build({ ...common, ...options, entryPoints: [`src/${entry}`], outfile: out + name, format, write: false });
  const code = await minified(outputFiles[0].text, format === "esm" ? "module" : "script");
  const whole = await own.inserted(code, { ...options, plugins: names.plugins ?? common.plugins }, minified);
  await writeFile(out + name, `${whole}\n`);
}

/**
 * Terser shortens what esbuild leaves, and finds short names once the texts are pooled: what a script has many times has the
 * shortest.
 */
async function minified(text, sourceType) {
  const options = { ecma: 2022, module: sourceType === "module", format: { ascii_only: true, comments: false } };
  // No function here has a prototype that is asked for.
  const compress = async (code, more) => (await minify(code, { ...options, compress: { unsafe_arrows: true, ...more }, mangle: false })).code;
  const compressed = await compress(withArrows(withIdioms(text, sourceType), sourceType), { passes: 3, keep_fargs: false });
  const expressions = await compress(withParameters(compressed, sourceType), { keep_fargs: true });
  const { code } = await minify(pooled(expressions, sourceType), { ...options, compress: false });
  return code;
}

translate();
await mkdir(out, { recursive: true });
const { options: names } = await shortened(common, ["src/widget.ts", "src/page-entry.ts"]);
await Promise.all([
  script("widget.ts", "widget.js", "esm", names),
  script("page-entry.ts", "page.js", "iife", names),
  script("host.ts", "host.js", "iife"),
  build({ ...common, entryPoints: ["src/widget.css"], outfile: `${out}widget.css` }),
]);

for (const name of ["widget.js", "page.js", "host.js", "widget.css"]) {
  const { size } = await stat(out + name);
  console.log(`${name.padEnd(12)} ${(size / 1000).toFixed(1)} kB`);
  if (size > BUDGET) throw new Error(`${name} is ${size} bytes; the budget is ${BUDGET}`);
}
