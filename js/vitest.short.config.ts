import { defineConfig } from "vitest/config";
import { shortened } from "./names.mjs";
const names = await shortened(new URL(".", import.meta.url).pathname, ["widget.ts", "page-entry.ts"], { absWorkingDir: new URL(".", import.meta.url).pathname, bundle: true, format: "esm", plugins: [], loader: {".json": "json"} });
const cache: Record<string,string> = { ...names.mangleCache };
const all = names.mangleProps.source.slice(2, -2).split("|");
all.forEach((name, i) => (cache[name] ??= `$${i}`));
export default defineConfig({ test: { environment: "jsdom", include: ["test/**/*.test.ts"] }, esbuild: { mangleProps: names.mangleProps, mangleCache: cache } as never,
 plugins: [{ name: "wire", enforce: "pre", load(id: string) { if (id.endsWith("/wire-names.ts")) return `export const WIRE_NAMES = new Map(${JSON.stringify(Object.entries(names.mangleCache))})`; } }] });
