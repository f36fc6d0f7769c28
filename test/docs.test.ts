import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { build, transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { partly } from "../src/numerics/partial-schema.ts";
import { circuitSchema, deviceSchema, experimentSchema, studySchema } from "../src/schema.ts";
import { solverNames } from "../src/experiment/solver-schema.ts";
import { shippedExperiments } from "../src/runs/node/shipped.ts";
import { browserTest, withPage } from "./support/chromium.ts";
import { relativeLinks } from "./support/links.ts";

const root = join(import.meta.dirname, "..");
const minutes = 60_000;

interface Fence {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly run: boolean;
  /** What stands behind the language: modules that Python needs, or a file's name. */
  readonly marks: readonly string[];
  readonly text: string;
}

/** The fenced code blocks of a page. */
function fences(page: string, text: string): readonly Fence[] {
  return [...text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map((m) => ({
    page,
    line: text.slice(0, m.index).split("\n").length,
    language: m[1],
    run: m[2].trim().split(/\s+/)[0] === "run",
    marks: m[2]
      .trim()
      .split(/\s+/)
      .filter((mark) => mark !== "" && mark !== "run"),
    text: m[3],
  }));
}

/** What no kind of file has of a part of one. */
function yamlFaults(yaml: string): readonly string[] {
  const value: unknown = parse(yaml);
  if (value === null) return [];
  const issues = [experimentSchema, studySchema, circuitSchema, deviceSchema].map(
    (schema) => partly(schema).safeParse(value).error?.issues ?? [],
  );
  // A fault inside a key belongs to a kind of file that has the key.
  const strange = (of: (typeof issues)[number]) =>
    of.filter(({ path }) => path.length === 0).length;
  const [fewest] = issues.toSorted((a, b) => strange(a) - strange(b) || a.length - b.length);
  return fewest.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/**
 * The commands of a shell block: continued lines joined, prompts and comments removed, `a && b`
 * split.
 */
function commands(text: string): readonly string[] {
  return text
    .replace(/\s*\\\n\s*/g, " ")
    .split(/\n|&&|;|\s\|\s/)
    .map((line) =>
      line
        .replace(/^\s*\$\s+/, "")
        .replace(/(^|\s)#.*$/, "")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** The names below "Commands:" in a help text. */
function subcommands(help: string): readonly string[] {
  const [, list = ""] = help.split(/^Commands:$/m);
  return [...list.matchAll(/^ {2}(\w[\w-]*)/gm)].map((m) => m[1]);
}

const shipped = new Set(shippedExperiments().map(({ name }) => name));

/** What is wrong with a call of our command, given the help of each subcommand. */
function usageFaults(
  command: string,
  help: (subcommands: readonly string[]) => string,
): readonly string[] {
  const words = command
    .replace(/^npx\s+/, "")
    .split(/\s+/)
    .slice(1);
  let known = help([]);
  const path: string[] = [];
  while (words.length > 0 && subcommands(known).includes(words[0])) {
    path.push(words.shift()!);
    known = help(path);
  }
  const faults: string[] = [];
  if (subcommands(known).length > 0 && words.length > 0 && !words[0].startsWith("-"))
    faults.push(`there is no command "${[...path, words[0]].join(" ")}"`);
  for (const flag of words.filter((w) => w.startsWith("-")).map((w) => w.split("=")[0]))
    if (!new RegExp(`^  (.*[ ,|])?${flag}[ ,=<[|]`, "m").test(known))
      faults.push(`"${path.join(" ")}" has no option ${flag}`);
  const required = /^Usage:.*$/m.exec(known)?.[0].match(/<[^>]+>/g)?.length ?? 0;
  if (words.filter((w) => !w.startsWith("-")).length < required)
    faults.push(`"${path.join(" ")}" needs ${required} argument(s)`);
  if (["train", "run"].includes(path[0]) && /^[a-z]/.test(words[0] ?? "")) {
    const [asked] = words;
    if (!/\.ya?ml$/.test(asked) && !shipped.has(asked))
      faults.push(`there is no experiment ${asked}`);
  }
  for (const file of words.filter((w) => /^(\.\/)?(experiments|circuits)\/\S+\.yaml$/.test(w)))
    if (!existsSync(join(root, file))) faults.push(`${file} does not exist`);
  return faults;
}

/** The headings of a page as GitHub names them in links. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((m) =>
    m[1]
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}

/** Relative links of a page that lead nowhere. */
function brokenLinks(page: string, text: string): readonly string[] {
  return relativeLinks(text).filter((target) => {
    const [path, ...anchor] = target.split("#");
    const file = join(root, dirname(page), decodeURI(path));
    if (path !== "" && !existsSync(file)) return true;
    return (
      anchor.length > 0 &&
      (path === "" || path.endsWith(".md")) &&
      !anchors(path === "" ? text : readFileSync(file, "utf8")).includes(anchor[0])
    );
  });
}

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".md"))
    .map((f) => `docs/${f.split(sep).join("/")}`),
];
const text = Object.fromEntries(
  pages
    .filter((p) => existsSync(join(root, p)))
    .map((p) => [p, readFileSync(join(root, p), "utf8")]),
);
const all = Object.entries(text).flatMap(([page, content]) => fences(page, content));
const named = (fence: Fence) => [`${fence.page}:${fence.line}`, fence] as const;

describe("the pages", () => {
  let folder: string;
  const env = () => ({
    ...process.env,
    PATH: `${join(folder, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`,
  });
  const told = new Map<string, string>();
  const help = (subcommands: readonly string[]) => {
    const key = subcommands.join(" ");
    const text =
      told.get(key) ??
      execFileSync("analog-eqprop", [...subcommands, "--help"], {
        cwd: folder,
        env: env(),
        encoding: "utf8",
      });
    told.set(key, text);
    return text;
  };

  // A user's folder: the package is installed, its experiments lie at hand.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "analog-eqprop-docs-"));
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(root, join(folder, "node_modules/analog-eqprop"));
    symlinkSync(join(root, "dist/cli/main.js"), join(folder, "node_modules/.bin/analog-eqprop"));
    for (const shared of ["experiments", "circuits"])
      symlinkSync(join(root, shared), join(folder, shared));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a key in YAML that no file has is a fault", () => {
    expect(yamlFaults("synapse: { span: 1, bits: 6 }")).toEqual([]);
    expect(yamlFaults("synapse: { span: 1, bitz: 6 }").join()).toContain("bitz");
    expect(yamlFaults("train: { epochs: many }").join()).toContain("epochs");
  });

  test("begin with a README that has a program and a command", () => {
    const languages = all.filter((f) => f.page === "README.md").map((f) => f.language);
    expect(languages).toEqual(expect.arrayContaining(["sh"]));
    expect(languages.some((l) => l === "ts" || l === "js")).toBe(true);
  });

  test("tell which solver to choose of all that a file can name", () => {
    const [advice] = text["docs/choosing-a-solver.md"].split("\n## ");
    const missing = [...solverNames, "hand-over"].filter((name) => !advice.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  test.each(pages)("%s links only to what exists", (page) => {
    expect(brokenLinks(page, text[page])).toEqual([]);
  });

  const programs = all.filter((f) => f.language === "ts" || f.language === "js");
  test.each(programs.filter((f) => f.marks.length === 0).map(named))(
    "the program at %s runs",
    async (_, fence) => {
      const { code } = await transform(fence.text, {
        loader: "ts",
        format: "esm",
        target: "node20",
      });
      const file = join(folder, `${fence.page.replace(/\W/g, "-")}-${fence.line}.mjs`);
      writeFileSync(file, code);
      execFileSync(process.execPath, [file], { cwd: folder, env: env(), stdio: "pipe" });
    },
    2 * minutes,
  );

  test.each(all.filter((f) => f.language === "yaml").map(named))(
    "the YAML at %s has keys and values that a file has",
    (_, { text: yaml }) => {
      expect(yamlFaults(yaml)).toEqual([]);
    },
  );

  test.each(all.filter((f) => f.language === "sh").map(named))(
    "the commands at %s exist, with their options",
    (_, fence) => {
      const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
        scripts: Record<string, string>;
      };
      const faults = commands(fence.text).flatMap((command) => {
        if (/^(npx\s+)?analog-eqprop\b/.test(command)) return usageFaults(command, help);
        const script = /^npm (?:run (\S+)|(start|test))/.exec(command);
        return script &&
          !script
            .slice(1)
            .filter(Boolean)
            .every((name) => name in scripts)
          ? [`there is no npm script for "${command}"`]
          : [];
      });
      expect(faults).toEqual([]);
    },
  );

  test.each(all.filter((f) => f.language === "sh" && f.run).map(named))(
    "the commands at %s run",
    (_, fence) => {
      execFileSync("bash", ["-euo", "pipefail", "-c", fence.text], {
        cwd: folder,
        env: env(),
        stdio: "pipe",
      });
    },
    5 * minutes,
  );

  test.for(all.filter((f) => f.language === "python" && f.run).map(named))(
    "the Python at %s runs, where its modules are installed",
    { timeout: 5 * minutes },
    ([, { text, marks }], context) => {
      const python = process.env["PYTHON"] ?? "python3";
      const missing = marks.filter(
        (module) => spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status !== 0,
      );
      if (missing.length > 0) {
        const why = `skipped: ${python} has no ${missing.join(", ")}`;
        console.warn(why);
        context.skip(why);
      }
      execFileSync(python, ["-c", text], { cwd: folder, env: env(), stdio: "pipe" });
    },
  );

  browserTest(
    "the page of the recipes trains in its worker, and Chromium stays quiet",
    async () => {
      const files = programs.filter((f) => f.page === "docs/recipes.md" && f.marks.length > 0);
      expect(files.map((f) => f.marks[0]).sort()).toEqual(["page.js", "worker.js"]);
      const bundled = new Map<string, string>();
      for (const { marks, text } of files) {
        const { outputFiles } = await build({
          stdin: { contents: text, resolveDir: folder },
          bundle: true,
          write: false,
          platform: "browser",
          format: "esm",
          preserveSymlinks: true,
          logLevel: "error",
        });
        bundled.set(`/${marks[0]}`, outputFiles[0].text);
      }
      const body =
        "<progress></progress><button id=stop></button><output id=error></output>" +
        "<output id=end></output>";
      await withPage(async (page, conduct) => {
        await page.route("http://recipe.test/**", (route) => {
          const script = bundled.get(new URL(route.request().url()).pathname);
          return route.fulfill(
            script === undefined
              ? {
                  body: `<!doctype html><link rel=icon href="data:,">${body}`,
                  contentType: "text/html",
                }
              : { body: script, contentType: "text/javascript" },
          );
        });
        await page.goto("http://recipe.test/");
        await page.addScriptTag({ url: "/page.js", type: "module" });
        await page.waitForFunction("document.querySelector('#end').value !== ''");
        expect(await page.evaluate("document.querySelector('#end').value")).toBe(
          "completed, 784-20-10",
        );
        expect(await page.evaluate("document.querySelector('#error').value")).toMatch(
          /^1: [\d.]+ %$/,
        );
        expect(conduct.errors).toEqual([]);
      });
    },
  );
});

describe("the checks of the pages see a planted fault", () => {
  const texts: Readonly<Record<string, string>> = {
    "":
      "Usage: analog-eqprop [options] [command]\n\nOptions:\n  -h, --help  help\n\nCommands:\n  " +
      "train [options] <file>  trains\n  data  data sets\n",
    train:
      "Usage: analog-eqprop train [options] <file>\n\nOptions:\n  --set <key=value...>  " +
      "override\n  -j, --json  one object\n",
    data:
      "Usage: analog-eqprop data [options] [command]\n\nOptions:\n  -h, --help  " +
      "help\n\nCommands:\n  fetch <name>  downloads\n",
  };
  const help = (path: readonly string[]) => texts[path.join(" ")];

  test.each([
    ["npx analog-eqprop train a.yaml --set seed=2 -j", []],
    ["analog-eqprop --help", []],
    ["analog-eqprop trian a.yaml", [`there is no command "trian"`]],
    ["analog-eqprop data fetsh mnist", [`there is no command "data fetsh"`]],
    ["analog-eqprop train a.yaml --sets seed=2", [`"train" has no option --sets`]],
    ["analog-eqprop train --json", [`"train" needs 1 argument(s)`]],
    ["analog-eqprop train experiments/nowhere.yaml", ["experiments/nowhere.yaml does not exist"]],
    ["analog-eqprop train nowhere", ["there is no experiment nowhere"]],
  ])("%s", (command, faults) => {
    expect(usageFaults(command, help)).toEqual(faults);
  });

  test("links to missing files and headings are found, others are let be", () => {
    const page =
      "# A b, c\n[1](package.json) [2](nowhere.md) [3](#a-b-c) [4](#gone) " +
      "[5](https://example.org) ![6](docs/no.png) `[7](code.md)`";
    expect(brokenLinks("README.md", page)).toEqual(["nowhere.md", "#gone", "docs/no.png"]);
  });

  test("blocks, their marks and their commands are found", () => {
    const page =
      "a\n```sh run\n$ npm ci && npm start  # both\nnpx x \\\n  --y\n```\n```ts\n1;\n```\n";
    expect(fences("p.md", page)).toMatchObject([
      { line: 2, language: "sh", run: true },
      { line: 7, language: "ts", run: false, text: "1;\n" },
    ]);
    expect(commands(fences("p.md", page)[0].text)).toEqual(["npm ci", "npm start", "npx x --y"]);
  });
});
