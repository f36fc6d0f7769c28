import { join, resolve, sep } from "node:path";
import { build, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "../..");
const src = join(root, "src") + sep;
const dist = join(root, "dist") + sep;

/**
 * Takes every module of `src/` from the built package instead: bundled, or imported from where it
 * lies.
 */
const fromDist = (external: boolean): Plugin => ({
  name: "from-dist",
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      return file.startsWith(src)
        ? { path: file.replace(src, dist).replace(/\.ts$/, ".js"), external }
        : null;
    });
  },
});

/** A script for Node that drives the built package, threads and all. */
export async function nodeScript(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    plugins: [fromDist(true)],
    logLevel: "error",
  });
}

/**
 * A script for browsers that holds the built package and leaves its exports in the global `bundle`.
 */
export async function browserScript(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    write: false,
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "bundle",
    target: "es2022",
    plugins: [fromDist(false)],
    logLevel: "error",
  });
  return outputFiles[0].text;
}
