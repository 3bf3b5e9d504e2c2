/**
 * The engine as one function. All that samples is bundled by itself, so that it refers to nothing around it and its text is the text of
 * a worker. The script calls the same function once and takes from it what it shares with it, so that nothing is there twice.
 */
import { build } from "esbuild";

const ENTRY = "src/engine/engine.ts";
/** Constants alone, which are written where they are used. */
const CONSTANTS = "src/engine/layout.gen.ts";
/** What a worker calls: `src/engine/pool.ts`. */
const CALLED = "serveSelf";

/** Stand for the function, and for the assignment of what it returns, while the texts are made shorter. */
const [PLACE, RETURNED] = ["ENGINE_FUNCTION", "ENGINE_RETURNED"];
/** Before the names that the function returns, so that the script has no other like them. */
const MARK = "$$engine_";
const MARKED = /\$\$engine_(\w+)/g;

/**
 * A plugin for the script, in which the engine's modules give what the function returns, and `inserted`, which puts the function into the
 * script's text. `options` are those of the script's build, with the names it found; `minified` takes a text to a shorter one.
 */
export async function engine(common) {
  const modules = await modulesOf(common);
  const plugin = {
    name: "engine",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^engine$/ }, () => ({ path: "engine", namespace: "engine" }));
      onLoad({ filter: /./, namespace: "engine" }, () => ({ contents: `export const made = ${PLACE}; export const own = made();` }));
      onLoad({ filter: /src.engine.source\.ts$/ }, () => ({ contents: `import { made } from "engine"; export const source = String(made);` }));
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const names = modules.get(path);
        if (names === undefined) return null;
        const taken = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => own["${MARK}${name}"])();`);
        return { contents: [`import { own } from "engine";`, ...taken].join("\n") };
      });
    },
  };

  async function inserted(script, options, minified) {
    const places = script.split(PLACE);
    if (places.length === 1) return script;
    if (places.length > 2) throw new Error(`The script has ${PLACE} ${places.length - 1} times`);
    const taken = new Set([CALLED, ...Array.from(script.matchAll(MARKED), ([, name]) => name)]);
    const lines = [...modules].map(([path, names]) => [path, names.filter((name) => taken.has(name))]).filter(([, names]) => names.length > 0);
    const imports = lines.map(([path, names]) => `import { ${names.join()} } from ${JSON.stringify(path)};`);
    const contents = `${imports.join("\n")}\n${RETURNED}({ ${[...taken].map((name) => `"${MARK}${name}": ${name}`).join()} });`;
    const { outputFiles } = await build({ ...common, ...options, stdin: { contents, resolveDir: common.absWorkingDir }, format: "iife", write: false });
    const code = await minified(outputFiles[0].text, "script");
    const whole = places.join(`(()=>{let engine;${code.trim().replace(`${RETURNED}(`, "(engine=")}return engine})`);
    const short = [...taken];
    return whole.replace(MARKED, (_, name) => (name === CALLED ? name : `$${short.indexOf(name)}`));
  }
  return { plugin, inserted };
}

/** The modules of the engine, and the names that each exports. */
async function modulesOf(common) {
  const of = async (entryPoints) => (await build({ ...common, entryPoints, format: "esm", outdir: "-", write: false, metafile: true })).metafile;
  const { inputs } = await of([ENTRY]);
  const { outputs } = await of(Object.keys(inputs).filter((path) => path.startsWith("src/") && path !== CONSTANTS));
  return new Map(Object.values(outputs).map(({ entryPoint, exports }) => [`${common.absWorkingDir}${entryPoint}`, exports]));
}
