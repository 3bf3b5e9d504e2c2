// Writes the engine's TypeScript from the kernels in Python: a build, a type check and a test need it.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** With the Python that runs the build, or the first one on the path; throws with the translator's reason. */
export default function translate() {
  const { error, status, stderr } = spawnSync(process.env.PYTHON ?? "python3", ["-m", "translate"], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
  });
  if (error ?? status !== 0) throw new Error(`the kernels are not translated: ${error?.message ?? stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) translate();
