import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { machine } from "./machine.ts";
import { announce, packageRoot, publish, type OutputOptions } from "./output.ts";
import { median } from "./statistics.ts";

const repeats = 21;

interface Start {
  readonly what: string;
  readonly args: readonly string[];
  /** Milliseconds. */
  readonly target: number | null;
}

/**
 * Milliseconds from nothing to done: the command's help, the library, and Node itself for
 * comparison.
 */
const starts: readonly Start[] = [
  { what: "node, nothing loaded", args: ["--eval", "0"], target: null },
  {
    what: "analog-eqprop --help",
    args: [join(packageRoot, "dist/cli/main.js"), "--help"],
    target: 150,
  },
  {
    what: `node that imports "analog-eqprop"`,
    args: [
      "--input-type=module",
      "--eval",
      `import ${JSON.stringify(pathToFileURL(join(packageRoot, "dist/index.js")).href)}`,
    ],
    target: null,
  },
];

/**
 * `bench startup`: fresh processes by turns; medians, and medians of what each took beyond the bare
 * Node of its turn. Returns the exit code.
 */
export function benchStartup(options: OutputOptions): number {
  const here = machine();
  announce("startup", `Starting, median of ${repeats} fresh processes`, here, options);
  for (const { args } of starts) wallTime(args);
  const turns = Array.from({ length: repeats }, () => ({
    walls: starts.map(({ args }) => wallTime(args)),
    inside: importTime(),
  }));
  const objects = [
    ...starts.map(({ what, target }, s) => ({
      what,
      target,
      milliseconds: round(median(turns.map(({ walls }) => walls[s]))),
      beyondNode: s === 0 ? null : round(median(turns.map(({ walls }) => walls[s] - walls[0]))),
    })),
    {
      what: `import "analog-eqprop" alone`,
      target: 100,
      milliseconds: round(median(turns.map(({ inside }) => inside))),
      beyondNode: null,
    },
  ];
  publish(
    {
      name: "startup",
      machine: here,
      objects,
      notes: [
        `Medians of ${repeats} fresh processes, started by turns; *beyond node* is the median ` +
          "difference to the bare Node of the same turn.",
      ],
      columns: [
        { title: "what" },
        { title: "milliseconds", numeric: true },
        { title: "beyond node", numeric: true },
        { title: "target", numeric: true },
      ],
      rows: objects.map(({ what, milliseconds, beyondNode, target }) => [
        what,
        milliseconds.toFixed(0),
        beyondNode === null ? "–" : `+ ${beyondNode.toFixed(0)}`,
        target === null ? "–" : `< ${target}`,
      ]),
    },
    options,
  );
  return 0;
}

function wallTime(args: readonly string[]): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0)
    throw new Error(`node ${args.join(" ")} ended with code ${String(status)}: ${stderr.trim()}`);
  return performance.now() - begin;
}

/** What the import takes inside a process that runs already. */
function importTime(): number {
  const library = JSON.stringify(pathToFileURL(join(packageRoot, "dist/index.js")).href);
  const program =
    `const begin = performance.now(); await import(${library}); ` +
    "process.stdout.write(String(performance.now() - begin));";
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { encoding: "utf8" },
  );
  if (status !== 0)
    throw new Error(`importing the library ended with code ${String(status)}: ${stderr.trim()}`);
  return Number(stdout);
}

const round = (ms: number) => Number(ms.toFixed(1));
