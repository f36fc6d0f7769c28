// Builds the package: kernels (AssemblyScript → WASM → base64 module), embedded schematics, TypeScript, then doors of one file each.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);
const node = (script, ...args) => {
  const { status } = spawnSync(process.execPath, [at(script), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
};
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
if (process.argv.includes("--if-stale") && !isStale()) process.exit(0);

rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"), { recursive: true });

const circuits = Object.fromEntries(
  readdirSync(at("circuits"))
    .filter((f) => f.endsWith(".yaml"))
    .sort()
    .map((f) => [f.replace(/\.yaml$/, ""), readFileSync(at("circuits", f), "utf8")]),
);
generate(
  "src/circuit/library.generated.ts",
  `/** The schematics of \`circuits/\`, as text by name. */\nexport const circuitTexts: Readonly<Record<string, string>> = ${JSON.stringify(circuits, null, 2)};\n`,
);
generate(
  "src/version.generated.ts",
  `/** The version of this package. */\nexport const version = ${JSON.stringify(version)};\n`,
);

if (existsSync(at("src/numerics/kernels/assembly/index.ts")))
  generate(
    "src/numerics/kernels/binary.generated.ts",
    `/** The compiled kernels, base64: one module per precision and kind of memory. */\nexport const binaries = ${JSON.stringify(await kernels(), null, 2)} as const;\n`,
  );

node("node_modules/typescript-7/bin/tsc", "-p", "tsconfig.build.json");
for (const door of ["dist/index.js", "dist/cli/main.js"]) await oneFile(at(door));
if (existsSync(at("dist/cli/main.js"))) chmodSync(at("dist/cli/main.js"), 0o755);

/** Whether something that the build reads is newer than what it made. */
function isStale() {
  if (!existsSync(at("dist/cli/main.js"))) return true;
  const made = statSync(at("dist/cli/main.js")).mtimeMs;
  return ["src", "circuits", "package.json"]
    .flatMap((path) =>
      path.includes(".")
        ? [path]
        : readdirSync(at(path), { recursive: true }).map((file) => join(path, file)),
    )
    .some((file) => !file.endsWith(".generated.ts") && statSync(at(file)).mtimeMs > made);
}

// A module costs Node a millisecond, so what a door loads at its start goes into its one file. Left where they
// are: what is loaded later, and the one class, whose identity `instanceof` compares between doors.
async function oneFile(door) {
  const errors = at("dist/numerics/errors.js");
  const leave = {
    name: "leave",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
        const file = resolve(resolveDir, path);
        return kind === "dynamic-import" || file === errors
          ? { path: `./${relative(dirname(door), file)}`.replace("./../", "../"), external: true }
          : null;
      }),
  };
  await build({
    entryPoints: [door],
    outfile: door,
    allowOverwrite: true,
    bundle: true,
    platform: "neutral",
    format: "esm",
    target: "es2023",
    charset: "utf8",
    packages: "external",
    external: ["node:*"],
    plugins: [leave],
    logLevel: "warning",
  });
}

// Compiling them takes longer than all the rest: what was compiled from the same sources is kept.
async function kernels() {
  const sources = readdirSync(at("src/numerics/kernels/assembly"), { recursive: true })
    .filter((f) => f.endsWith(".ts"))
    .sort()
    .map((f) => `${f}\n${readFileSync(at("src/numerics/kernels/assembly", f), "utf8")}`);
  const compiler = readFileSync(at("node_modules/assemblyscript/package.json"), "utf8");
  const made = createHash("sha256")
    .update([compileKernel.toString(), compiler, ...sources].join("\0"))
    .digest("hex");
  const kept = at("node_modules/.cache", `kernels-${made}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
  const variants = ["f32", "f64"].flatMap((precision) =>
    [false, true].map((shared) => [precision, shared]),
  );
  const binaries = Object.fromEntries(
    await Promise.all(variants.map(([precision, shared]) => compileKernel(precision, shared))),
  );
  mkdirSync(dirname(kept), { recursive: true });
  // Whole or not at all, also when two builds run beside one another.
  const writing = `${kept}.${process.pid}`;
  writeFileSync(writing, JSON.stringify(binaries));
  renameSync(writing, kept);
  return binaries;
}

async function compileKernel(precision, shared) {
  const name = shared ? `${precision}-shared` : precision;
  const out = at("dist", `kernels-${name}.wasm`);
  const args = [
    ...["-O3", "--noAssert", "--runtime", "stub"],
    ...["--enable", "simd", "--enable", "bulk-memory", "--importMemory"],
    ...(shared ? ["--enable", "threads", "--sharedMemory", "--maximumMemory", "32768"] : []),
    ...["--use", `real=${precision}`, "-o", out],
  ];
  const compiler = spawn(
    process.execPath,
    [
      at("node_modules/assemblyscript/bin/asc.js"),
      "src/numerics/kernels/assembly/index.ts",
      ...args,
    ],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
  );
  const [status] = await once(compiler, "close");
  if (status !== 0) process.exit(status ?? 1);
  const binary = readFileSync(out).toString("base64");
  rmSync(out);
  return [name, binary];
}

function generate(file, text) {
  if (!existsSync(at(file)) || readFileSync(at(file), "utf8") !== text)
    writeFileSync(at(file), text);
}
