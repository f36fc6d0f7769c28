import { Command } from "commander";
import type { Evaluation } from "../output/metrics.ts";
import type { WrittenConditions } from "../runs/node/conditions.ts";
import type * as progress from "../training/progress.ts";
import type { Symmetry } from "../runs/node/reopen.ts";
import { exits, print } from "./terminal.ts";

type Words = Pick<typeof progress, "errorsOf" | "percent" | "residualText">;

interface Options extends WrittenConditions {
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * `evaluate RUN`: measures the chip and the copy of a run once more, as they were or under other
 * conditions.
 */
export function evaluateCommand(done: (code: number) => void): Command {
  return new Command("evaluate")
    .description(
      "Rebuilds chip and copy from the checkpoint of a run and measures their errors: as they " +
        "are, or\nalso on another die, at another temperature, or later.",
    )
    .argument("<run>", "run folder")
    .option("--die <number>", "program the weights into this die")
    .option("--temperature <T>", 'measure at this temperature, such as "85 degC" or "358 K"')
    .option(
      "--age <time>",
      'measure so long after the weights were programmed, such as "1 year" or "3 hours"',
    )
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop evaluate runs/quickstart-1
  analog-eqprop evaluate runs/quickstart-1 --die 7 --temperature "85 degC" --age "1 year"
  analog-eqprop evaluate runs/paper-small-1 --data ~/data/mnist --json`,
    )
    .action(async (dir: string, options: Options) => {
      const { die, temperature, age } = options;
      done(
        await (die === undefined && temperature === undefined && age === undefined
          ? asItIs(dir, options)
          : underConditions(dir, options)),
      );
    });
}

async function asItIs(dir: string, { data, json }: Options): Promise<number> {
  const [{ evaluateRun }, words] = await Promise.all([
    import("../runs/node/reopen.ts"),
    import("../training/progress.ts"),
  ]);
  const e = await evaluateRun(dir, data);
  note(e);
  print(
    json
      ? { ...e, runDir: dir }
      : [`${dir} after ${words.epochText(e.epoch)} epochs, on ${e.data}`, ...lines(e, words)].join(
          "\n",
        ),
  );
  return codeOf(dir, [e]);
}

async function underConditions(dir: string, { data, json, ...written }: Options): Promise<number> {
  const [{ evaluateUnder, readConditions }, words] = await Promise.all([
    import("../runs/node/conditions.ts"),
    import("../training/progress.ts"),
  ]);
  const asked = await readConditions(written);
  const { own, there, notes, ...from } = await evaluateUnder(dir, asked, data);
  note(from);
  const places = [
    ["die", written.die],
    ["at", written.temperature],
    ["after", written.age],
  ].filter(([, text]) => text !== undefined);
  print(
    json
      ? { ...own, ...from, runDir: dir, elsewhere: { ...asked, ...there, notes } }
      : [
          `${dir} after ${words.epochText(own.epoch)} epochs, on ${from.data}`,
          ...lines(own, words),
          places.map((p) => p.join(" ")).join(", "),
          ...lines(there, words),
          ...notes,
        ].join("\n"),
  );
  return codeOf(dir, [own, there]);
}

/** A network whose weights or states are not numbers was not measured, and that is said. */
function codeOf(dir: string, measured: readonly Evaluation[]): number {
  if (measured.every((e) => e.finite)) return exits.ok;
  process.stderr.write(
    `error: ${dir}: a weight or a state is NaN or infinite, so the network has no error rate: ` +
      "the run diverged, or the chip does not settle under these conditions\n",
  );
  return exits.failed;
}

function note({ sameData }: { readonly sameData: boolean }): void {
  if (!sameData) process.stderr.write("note: these are other images than those of the run\n");
}

function lines(e: Evaluation & Symmetry, { errorsOf, percent, residualText }: Words): string[] {
  return [
    `  test error    ${errorsOf(e, "test")}`,
    `  train error   ${errorsOf(e, "train")}`,
    ...(e.residual === null
      ? []
      : [
          `  residual      ${residualText(e.residual)} at the end of the free phase, the ` +
            "largest",
        ]),
    ...(e.agreement === null
      ? []
      : [
          `  agreement     ${percent(e.agreement)} of the test images get the same class from both`,
        ]),
    ...(e.asymmetry
      ? [
          `  asymmetry     ${e.asymmetry.toPrecision(2)}, ‖W − Wᵀ‖ / ‖W + Wᵀ‖ of the chip: no ` +
            "energy exists",
        ]
      : []),
  ];
}
