import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import { circuitNames } from "../../circuit/library.ts";
import { readUsual } from "../../data/node/read.ts";
import { refuseTooLarge } from "../../numerics/demand.ts";
import { isFolder } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { widenVectors } from "../../numerics/kernels/node/widen.ts";
import { didYouMean, suggest } from "../../numerics/suggest.ts";
import { analogEqprop } from "../../output/cite.ts";
import { distinctEntries } from "../../output/distinct-cites.ts";
import { destinationFor } from "../../output/node/destination.ts";
import { plotlySource } from "../../output/node/plotly.ts";
import { renderSettlePage } from "../../output/settle-page.ts";
import type { SettleData } from "../../output/settle/data.ts";
import { lambdaAt } from "../../experiment/anneal.ts";
import { familyBench } from "../../testbench/families.ts";
import { untrained, type Bench } from "../../testbench/settle/bench.ts";
import { settleOnBench, solversOn } from "../../testbench/settle/look.ts";
import { readOptions, type Asked, type RawOptions } from "../../testbench/settle/options.ts";
import { written } from "../../testbench/settle/solver-text.ts";
import { networkDemand } from "../../training/demand.ts";
import { buildNetworks } from "../../training/networks.ts";
import { settles } from "../../experiment/rules.ts";
import { experimentSchema, type Experiment } from "../../experiment/schema.ts";
import { circuitOfPlan, keepsAlike } from "./inputs.ts";
import { longest, roomFor } from "./room.ts";
import { reopen } from "./reopen.ts";
import { schematicLess } from "./schematic.ts";
import { isPath } from "./text.ts";

export interface SettleRequest {
  /** A circuit by its name, the path of a schematic, or a run folder. */
  readonly target: string;
  readonly options: RawOptions;
  /** Folder of the data set. */
  readonly data?: string;
  /** The page to write: a path, or true for the usual one. */
  readonly page?: string | true;
  /** Replaces a file of that name. */
  readonly overwrite?: boolean;
  /** The command line, for the page. */
  readonly command: string;
  /** Settles whatever time it may take. */
  readonly force?: boolean;
  /** Is told how many steps are done, of how many. */
  readonly told?: (done: number, all: number) => void;
}

/** A look at how a circuit or a trained chip settles; `page` is the path of what was written. */
export async function settleTarget({
  target,
  options,
  data,
  page,
  overwrite,
  command,
  force,
  told,
}: SettleRequest): Promise<{ readonly found: SettleData; readonly page: string | null }> {
  const asked = await readOptions(options);
  const isRun = isFolder(target);
  const path =
    page === true
      ? isRun
        ? join(target, "settle.html")
        : `settle-${basename(target).replace(/\.ya?ml$/, "")}.html`
      : page;
  if (path !== undefined && !/\.html?$/i.test(path))
    throw new InputError(
      `--plot ${path}: expected the name of an .html file; put --plot last, or write --plot ` +
        "settle.html",
    );
  const place = path === undefined ? null : destinationFor("--plot", path, overwrite);
  widenVectors();
  const bench = isRun
    ? await benchOfRun(target, asked, data)
    : await benchOfCircuit(target, asked, data);
  const found = await settleOnBench(bench, asked, {
    traces: place !== null,
    room: roomFor(longest.wait, { force }),
    told,
  });
  place?.put(renderSettlePage(found, { command, bibtex: citesOf(bench, asked) }, plotlySource()));
  return { found, page: place?.path ?? null };
}

/** What the circuit and the solvers stand on, and this package. */
function citesOf(bench: Bench, asked: Asked): readonly string[] {
  return distinctEntries([
    ...bench.chip.circuit.cites,
    ...solversOn(bench, asked).flatMap(({ solver }) => solver.cites),
    analogEqprop,
  ]);
}

/**
 * A circuit with untrained weights, an untrained copy, and the built-in digits or those of `data`.
 */
async function benchOfCircuit(target: string, asked: Asked, data?: string): Promise<Bench> {
  const circuit = await circuitOf(target, asked.without);
  const layers = asked.layers ?? [784, 500, 10];
  const seed = asked.seed ?? 1;
  const experiment = experimentSchema.parse({
    name: circuit.name,
    network: { layers },
    learning: { rates: layers.slice(1).map(() => 0.1) },
    train: { batch: asked.images },
    die: asked.die ?? 1,
    seed,
    precision: asked.precision,
  });
  refuseTooLarge(networkDemand(experiment, circuit), roomFor(longest.wait));
  const { test } = await readUsual(data);
  return {
    ...buildNetworks(experiment, circuit),
    images: test,
    target,
    seed,
    weights: untrained(circuit, seed),
    usual: {
      solver: written(familyBench(circuit).solver),
      step: experiment.settle.step,
      lambda: 0,
      from: "zero",
    },
  };
}

/**
 * The chip and the copy of a run as its last checkpoint has them, in the precision asked for;
 * `change` what its circuit should be instead.
 */
export async function benchOfRun(
  dir: string,
  asked: Pick<Asked, "layers" | "seed" | "die" | "precision" | "without">,
  data?: string,
  change = (c: Circuit) => c,
): Promise<Bench> {
  for (const option of ["layers", "seed"] as const)
    if (asked[option] !== undefined)
      throw new InputError(
        `--${option} ${String(asked[option])}: ${dir} is a run, whose weights are trained; ` +
          "leave it out, or give a circuit",
      );
  const {
    run: { session, experiment },
    plan,
    split,
  } = await reopen(dir, data);
  if (!settles(experiment.learning.rule)) {
    session.close();
    throw new InputError(
      `${dir}: a run by backpropagation has no trained chip, so nothing settles; give a run ` +
        "of another rule, or a circuit",
    );
  }
  const saved = session.snapshot();
  const epochs = saved.step / session.stepsPerEpoch;
  session.close();
  const circuit = change(await circuitOfPlan(plan, asked.without));
  const { chip, copy } = buildNetworks(
    { ...experiment, precision: asked.precision, die: asked.die ?? experiment.die },
    circuit,
  );
  // Another die, or other synapses, have to be programmed with the weights.
  if (chip.die === experiment.die && keepsAlike(circuit, plan.circuit)) chip.restore(saved);
  else chip.program(saved.tensors);
  copy?.parameters.load(saved.tensors);
  return {
    chip,
    copy,
    images: split.test,
    target: dir,
    seed: experiment.seed,
    weights: `weights of ${dir} after ${Number(epochs.toFixed(2))} epochs`,
    usual: usualOf(experiment, copy !== null, epochs),
  };
}

function usualOf(
  { settle, learning }: Experiment,
  hasCopy: boolean,
  epochs: number,
): Bench["usual"] {
  return {
    solver: written(settle.free.solver ?? settle.solver),
    step: settle.step,
    lambda: hasCopy ? lambdaAt(learning.lambda, epochs) : 0,
    from: hasCopy ? "guess" : "zero",
  };
}

/** @throws InputError, in the name of the command `who`, where there is none. */
export async function circuitOf(
  target: string,
  without: readonly string[] = [],
  who = "settle",
): Promise<Circuit> {
  const ways = "give a circuit by its name, the path of its YAML file, or a run folder";
  const isFile = isPath(target) && existsSync(target);
  if (circuitNames().includes(target) || isFile || /\.ya?ml$/.test(target))
    return (await schematicLess(target, without, ways)).circuit;
  const beside = entriesOf(dirname(target));
  const near = isPath(target) ? suggest(basename(target), beside) : undefined;
  const meant = near === undefined ? "" : `; did you mean "${join(dirname(target), near)}"?`;
  if (isPath(target)) throw new InputError(`${who}: there is no ${target}${meant}; ${ways}`);
  throw new InputError(
    `${who}: there is no circuit or run folder "${target}"; ` +
      `${didYouMean(target, circuitNames(), "known circuits")}; or give the path of a YAML file ` +
      "or of a run folder, such as runs/quickstart-1",
  );
}

function entriesOf(dir: string): readonly string[] {
  return isFolder(dir) ? readdirSync(dir) : [];
}
