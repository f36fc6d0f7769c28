// Builds the package: kernels (AssemblyScript → WASM → base64 module), embedded schematics, TypeScript, then doors of one file each.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
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

if (existsSync(at("src/numerics/kernels/assembly/index.ts"))) {
  const binaries = {};
  for (const precision of ["f32", "f64"])
    for (const shared of [false, true]) {
      const name = shared ? `${precision}-shared` : precision;
      const out = at("dist", `kernels-${name}.wasm`);
      node(
        "node_modules/assemblyscript/bin/asc.js",
        "src/numerics/kernels/assembly/index.ts",
        "-O3",
        "--noAssert",
        "--runtime",
        "stub",
        "--enable",
        "simd",
        "--enable",
        "bulk-memory",
        "--importMemory",
        ...(shared ? ["--enable", "threads", "--sharedMemory", "--maximumMemory", "32768"] : []),
        "--use",
        `real=${precision}`,
        "-o",
        out,
      );
      binaries[name] = readFileSync(out).toString("base64");
      rmSync(out);
    }
  generate(
    "src/numerics/kernels/binary.generated.ts",
    `/** The compiled kernels, base64: one module per precision and kind of memory. */\nexport const binaries = ${JSON.stringify(binaries, null, 2)} as const;\n`,
  );
}

node("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
for (const door of ["dist/index.js", "dist/cli/main.js"]) await oneFile(at(door));
if (existsSync(at("dist/cli/main.js"))) chmodSync(at("dist/cli/main.js"), 0o755);

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

function generate(file, text) {
  if (!existsSync(at(file)) || readFileSync(at(file), "utf8") !== text)
    writeFileSync(at(file), text);
}
