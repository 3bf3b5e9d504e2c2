/** Runs the tests with the short names of members that the build gives: a name that somebody outside knows, too, fails one. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { shortened } from "./names.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const common = { absWorkingDir: here, bundle: true, format: "esm", plugins: [] };
const { options, wireNames } = await shortened(common, ["src/widget.ts", "src/page-entry.ts"]);
const { mangleProps, mangleCache } = options;

/** Tests read records from fixtures that nobody decodes, too. */
function renamed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(renamed);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [mangleCache[key] ?? key, renamed(value)]));
}

const names = {
  name: "names",
  enforce: "pre" as const,
  load(id: string) {
    if (id.endsWith("/src/wire-names.ts")) return wireNames;
    return id.includes("/tests/wire/") ? JSON.stringify(renamed(JSON.parse(readFileSync(id, "utf8")))) : null;
  },
};

/** These ask the document for members of names that the bundle has for itself, or compute names. */
const OTHERS = ["pool", "arrows", "theme", "ui/svg-context", "fit/intervals", "stats/power-scaling"];

export default defineConfig({
  test: { environment: "jsdom", include: ["test/**/*.test.ts"], exclude: OTHERS.map((name) => `test/${name}.test.ts`) },
  esbuild: { mangleProps, mangleCache },
  plugins: [names],
});
