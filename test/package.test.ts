import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type BuildResult } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as library from "../src/index.ts";
import { browserTest, withPage } from "./support/chromium.ts";
import { relativeLinks } from "./support/links.ts";

const root = join(import.meta.dirname, "..");
const dist = (file: string) => join(root, "dist", file);

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly bin: Record<string, string>;
  readonly exports: Record<string, string | Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

describe("the packed package", () => {
  const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-pack-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let tarball: string;
  let files: readonly string[];

  beforeAll(() => {
    // The scripts would build again, under the feet of the other tests.
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
        cwd: root,
        encoding: "utf8",
      }),
    ) as { filename: string; files: { path: string }[] }[];
    tarball = join(folder, packed.filename);
    files = packed.files.map((f) => f.path);
  });

  test("holds every file that package.json points to, the licence and the notices", () => {
    const targets = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap((t) =>
        typeof t === "string" ? [t] : Object.values(t),
      ),
    ];
    const expected = [
      ...targets.map((t) => t.replace(/^\.\//, "").replace("*", "experiment")),
      "LICENSE",
      "THIRD_PARTY_NOTICES.md",
      "CITATION.cff",
      "circuits/ideal.yaml",
      "docs/README.md",
    ];
    expect(expected.filter((file) => !files.includes(file))).toEqual([]);
  });

  test("holds no test, no run and no secret of the machine that packed it", () => {
    expect(
      files.filter(
        (file) =>
          !/^((dist|src|circuits|experiments|schemas|docs)\/|package\.json$|README\.md$|LICENSE$|[A-Z_]+\.(md|cff)$)/.test(
            file,
          ),
      ),
    ).toEqual([]);
    expect(
      files
        .filter((file) => /\.(js|d\.ts)$/.test(file))
        .filter((file) => readFileSync(join(root, file), "utf8").includes(root)),
    ).toEqual([]);
  });

  test("has beside every page what it links to", () => {
    const dead = files
      .filter((file) => file.endsWith(".md"))
      .flatMap((page) =>
        relativeLinks(readFileSync(join(root, page), "utf8"))
          .map((target) => decodeURI(target.split("#")[0]))
          .filter((path) => path !== "")
          .map((path) => posix.join(posix.dirname(page), path).replace(/\/$/, ""))
          .filter((path) => !files.some((f) => f === path || f.startsWith(`${path}/`)))
          .map((path) => `${page}: ${path}`),
      );
    expect(files).toContain("docs/README.md");
    expect(dead).toEqual([]);
  });

  test("runs nothing on the machine that installs it, by a script of its own or of what it needs", () => {
    const scriptsOf = (folder: string) => {
      const { scripts = {} } = JSON.parse(
        readFileSync(join(folder, "package.json"), "utf8"),
      ) as Partial<Manifest>;
      return Object.keys(scripts).filter((name) => /^((pre|post)?install|prepare)$/.test(name));
    };
    expect(scriptsOf(root)).toEqual([]);
    for (const name of Object.keys(manifest.dependencies))
      expect(
        scriptsOf(join(root, "node_modules", name)).filter((s) => s !== "prepare"),
        name,
      ).toEqual([]);
  });

  test("has types that a strict program checks, with no types of its parts installed", () => {
    const project = join(folder, "strict");
    const own = join(project, "node_modules/analog-eqprop");
    mkdirSync(own, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", own, "--strip-components=1"]);
    for (const name of Object.keys(manifest.dependencies)) {
      mkdirSync(dirname(join(project, "node_modules", name)), { recursive: true });
      symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
    }
    const program = join(project, "program.mts");
    const doors = Object.keys(manifest.exports).filter((door) => /^\.(\/\w+)?$/.test(door));
    expect(doors).toContain("./node");
    writeFileSync(
      program,
      doors.map((door, i) => `import * as d${i} from "analog-eqprop${door.slice(1)}";\n`).join("") +
        `console.log(${doors.map((_, i) => `d${i}`).join(", ")});\n`,
    );
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      skipLibCheck: false,
      types: [],
      noEmit: true,
    };
    const faults = ts.getPreEmitDiagnostics(ts.createProgram([program], options));
    expect(faults.map((f) => ts.flattenDiagnosticMessageText(f.messageText, "\n"))).toEqual([]);
  });

  test("is clean to publint", async () => {
    const bytes = readFileSync(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      strict: true,
    });
    expect(messages.map((m) => formatMessage(m, pkg, { color: false }))).toEqual([]);
  });

  test("has types that resolve for every ESM reader (attw)", () => {
    const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [attw, tarball, "--profile", "esm-only", "--no-color"],
      { encoding: "utf8" },
    );
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});

describe("at its start", () => {
  /** The packages that are loaded with a module, before anything is called. */
  async function packagesOf(entry: string): Promise<readonly string[]> {
    const { metafile } = await build({
      entryPoints: [dist(entry)],
      outdir: "out",
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "silent",
    });
    const found = new Set<string>();
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const { path, kind, external } of metafile.outputs[file].imports)
        if (kind === "import-statement") {
          if (external) found.add(path);
          else visit(path);
        }
    };
    visit(
      Object.keys(metafile.outputs).find((file) =>
        metafile.outputs[file].entryPoint?.endsWith(entry),
      )!,
    );
    return [...found].filter((path) => !path.startsWith("node:")).sort();
  }

  test("the library loads what it computes with, and neither zod nor what reads and writes files", async () => {
    expect(await packagesOf("index.js")).toEqual(["fastest-levenshtein", "odex", "seedrandom"]);
  });

  test("the library is one file beside the class of its errors, which the Node entry throws too", async () => {
    const { InputError } = (await import(pathToFileURL(dist("index.js")).href)) as Library;
    const { train } = (await import(pathToFileURL(dist("node.js")).href)) as {
      train(request: { file: string }): Promise<unknown>;
    };
    const local = readFileSync(dist("index.js"), "utf8").matchAll(/^import .* from "(\..*)";$/gm);
    expect([...new Set([...local].map(([, path]) => path))]).toEqual(["./numerics/errors.js"]);
    await expect(train({ file: "nowhere.yaml" })).rejects.toBeInstanceOf(InputError);
  });

  test("the command loads its options alone", async () => {
    expect(await packagesOf("cli/main.js")).toEqual(["commander"]);
  });

  test("the schemas load zod, so the checks above can fail", async () => {
    expect(await packagesOf("schema.js")).toContain("zod");
  });
});

describe("in a browser bundle", () => {
  const bundle = (entry: string): Promise<BuildResult<{ write: false }>> =>
    build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName: "bundle",
      target: "es2022",
      logLevel: "silent",
    });

  test("the library needs no Node built-in and raises no warning", async () => {
    const { errors, warnings, outputFiles } = await bundle(dist("index.js"));
    expect([...errors, ...warnings].map((m) => m.text)).toEqual([]);
    expect(outputFiles[0].text).not.toMatch(
      /\brequire\("(node:)?(fs|path|os|worker_threads|module)"\)/,
    );
  });

  test("the Node entry is refused, so the check above can fail", async () => {
    await expect(bundle(dist("node.js"))).rejects.toThrow(/Could not resolve "node:/);
  });

  browserTest(
    "it runs: a chip settles in Chromium to the bits that it settles to in Node",
    async () => {
      const { outputFiles } = await bundle(dist("index.js"));
      const built = (await import(pathToFileURL(dist("index.js")).href)) as Library;
      await withPage(async (page, conduct) => {
        await page.addScriptTag({ content: outputFiles[0].text });
        expect((await page.evaluate<string[]>("Object.keys(bundle)")).sort()).toEqual(
          Object.keys(built).sort(),
        );
        const inNode = await settled(built);
        expect(inNode.outcome).toBe("settled");
        expect(await page.evaluate(`(${settled.toString()})(bundle)`)).toEqual(inNode);
        expect(conduct).toEqual({ errors: [], requests: [] });
      });
    },
  );
});

type Library = typeof library;

/**
 * Where a small ideal chip settles. It is sent to the page as text, so it uses nothing but its
 * argument.
 */
async function settled(lib: Library) {
  const circuit = await lib.parseCircuit(lib.circuitText("ideal"), "ideal.yaml");
  const chip = lib.fabricate(circuit, lib.chain([2, 5, 3]), { batch: 1 });
  chip.inputs.showReals(Float32Array.of(0.2, 0.9), 1);
  chip.present();
  chip.start();
  const { outcome, residual, state } = lib.settle(chip, chip.state.array, lib.euler(0.5), {
    steps: 100,
    tolerance: 1e-3,
  });
  return { outcome, residual, state: Array.from(state) };
}
