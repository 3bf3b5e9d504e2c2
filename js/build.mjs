// Builds the bundles of the widget, the page and the page around a frame, and the style sheet into glm_magic/static.
import { build } from "esbuild";
import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = `${here}../glm_magic/static/`;

/** In bytes: a page carries the bundle, and a bundle above this fails the build. */
const BUDGET = 170_000;

/** The table of traits, without the sentences that only Python shows. */
const traits = {
  name: "traits",
  setup(build) {
    build.onLoad({ filter: /traits\.json$/ }, async ({ path }) => {
      const contents = JSON.stringify(JSON.parse(await readFile(path, "utf8")), (key, value) => (key === "help" ? undefined : value));
      return { contents, loader: "json" };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  plugins: [traits],
  minify: true,
  target: "es2022",
  charset: "ascii", // the page inlines the script: no byte depends on the page's encoding
  legalComments: "none",
  logLevel: "warning",
  alias: { "d3-interpolate": `${here}src/stats/interpolate.ts` },
  define: { "define.amd": "false" }, // nbconvert's page has an AMD loader: never register with it
};

await Promise.all([
  build({ ...common, entryPoints: ["src/widget.ts"], outfile: `${out}widget.js`, format: "esm" }),
  build({ ...common, entryPoints: ["src/page-entry.ts"], outfile: `${out}page.js`, format: "iife" }),
  build({ ...common, entryPoints: ["src/host.ts"], outfile: `${out}host.js`, format: "iife" }),
  build({ ...common, entryPoints: ["src/widget.css"], outfile: `${out}widget.css` }),
]);

for (const name of ["widget.js", "page.js", "host.js", "widget.css"]) {
  const { size } = await stat(out + name);
  console.log(`${name.padEnd(12)} ${(size / 1000).toFixed(1)} kB`);
  if (size > BUDGET) throw new Error(`${name} is ${size} bytes; the budget is ${BUDGET}`);
}
