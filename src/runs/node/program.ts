import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { familyOf } from "../../circuit/families/families.ts";
import { usualSets } from "../../data/catalogue.ts";
import type { Dataset } from "../../data/dataset.ts";
import { blockName } from "../../energy/graph.ts";
import { parseOverride } from "../../experiment/overrides.ts";
import { experimentSchema } from "../../experiment/schema.ts";
import { parseExperiment } from "../../experiment/yaml.ts";
import { fitToUnits, type FittedNetwork } from "../../exports/chip/fit.ts";
import { layerLosses, withLayerOf, type LayerLoss } from "../../exports/chip/losses.ts";
import { evaluatePortable, namedClasses } from "../../exports/evaluate.ts";
import { readNetwork } from "../../exports/formats.ts";
import type { PortableNetwork } from "../../exports/portable.ts";
import type { CopyNetwork } from "../../learning/copy-network.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { wholeOf, withFile } from "../../data/node/chunks.ts";
import { isFolder } from "../../data/node/folders.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import type { Session } from "../../training/session.ts";
import { folderState, names } from "./folder.ts";
import { dataSets } from "../../data/catalogue.ts";
import { readData } from "./data.ts";
import { planOf, type Plan } from "./inputs.ts";
import type { Normalisation, ProgramRequest } from "./program-request.ts";
import { inputMapOf, portableOf, rawRows } from "./portable.ts";
import type { RunResult } from "./records.ts";
import { reopen } from "./reopen.ts";
import { listIn, reprogram, type ReprogrammedChip } from "./reprogram.ts";
import { trainPlan } from "./run.ts";
import { readSchematic } from "./schematic.ts";
import { isPath } from "./text.ts";

/** What became of a network on a chip. Errors are in percent of the test samples. */
export interface ProgrammedChip {
  /** What was programmed: a network, or a programming list. */
  readonly from: "network";
  /** The run folder that was made. */
  readonly runDir: string;
  /** Name of the circuit. */
  readonly circuit: string;
  /** Which die. */
  readonly die: number;
  readonly kind: "directed" | "recurrent";
  /** What was left out or taken otherwise, a sentence each. */
  readonly notes: readonly string[];
  /** As it came, and as units between rails have it: both in numbers. */
  readonly errorBefore: number;
  readonly errorFitted: number;
  /** Of the settled chip, as programmed and after learning; null where it did not learn. */
  readonly errorProgrammed: number | null;
  readonly errorLearned: number | null;
  /** How the learning ended, and what to do where it did not complete; null: none was asked. */
  readonly learning: Pick<RunResult, "outcome" | "advice"> | null;
  /** `errorAlone`: of the network in numbers with this layer alone as the die has it. */
  readonly layers: readonly (LayerLoss & { readonly errorAlone: number })[];
}

/** Samples that networks are scaled by. */
const calibration = 2000;

/**
 * Programs a network into the die of a schematic, in a run folder like any other: settled,
 * evaluated, written as a netlist and trained further by the same commands.
 * @throws InputError that names what does not fit, before anything is written.
 */
export async function program(request: ProgramRequest): Promise<ProgrammedChip | ReprogrammedChip> {
  const bytes = isFolder(request.model) ? null : await bytesOf(request.model);
  const list = bytes && (await listIn(bytes, request.model));
  if (list) return reprogram(request, list);
  return programNetwork(request, await modelOf(request));
}

async function programNetwork(
  request: ProgramRequest,
  read: PortableNetwork,
): Promise<ProgrammedChip> {
  const { recurrent = false, learn = 0, watcher = {} } = request;
  const plan = await programPlan(request, read);
  const { circuit, experiment } = plan;
  const split = await readData(experiment, { given: request.data });
  const net = scaledFor(read, split.train, request.normalise);
  requireClasses(net, split.test);
  const count = Math.min(calibration, split.train.count);
  const raw = rawRows(split.train, 0, count);
  const fitted = fitToUnits(net, inputMapOf(split.train), raw, count);
  const error = (of: PortableNetwork) => errorOf(of, split.test);
  const seen = (network: CopyNetwork): PortableNetwork => ({
    network,
    inputs: inputMapOf(split.test),
    metadata: {},
  });
  let programmed: Pick<ProgrammedChip, "errorProgrammed" | "layers"> | undefined;
  const begin = (session: Session) => {
    const die = programmedDie(session, fitted);
    programmed = {
      errorProgrammed: session.evaluate().testErrorChip,
      layers: layerLosses(fitted.network, circuit, die).map((loss) => ({
        ...loss,
        errorAlone: error(seen(withLayerOf(fitted.network, die, loss.layer))),
      })),
    };
  };
  const result = await trainPlan(plan, {
    file: request.model,
    data: request.data,
    out: request.out,
    command: request.command,
    begin,
    watcher,
    signal: learn > 0 ? request.signal : AbortSignal.abort(),
  });
  const made: ProgrammedChip = {
    from: "network",
    runDir: result.runDir,
    circuit: circuit.name,
    die: experiment.die,
    kind: recurrent ? "recurrent" : "directed",
    notes: fitted.notes,
    errorBefore: error(net),
    errorFitted: error(seen(fitted.network)),
    ...programmed!,
    errorLearned: learn > 0 ? result.testErrorChip : null,
    learning: learn > 0 ? { outcome: result.outcome, advice: result.advice } : null,
  };
  writeFileAtomic(join(result.runDir, "program.json"), `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/**
 * A network with the scaling of its inputs: where its file says nothing of it, what the data set is
 * scaled by, as PyTorch's `ToTensor` makes 0 … 1 of bytes, and normalised where that is asked for.
 * @throws InputError for a normalisation of inputs that the file scales itself.
 */
export function scaledFor(
  net: PortableNetwork,
  data: Dataset,
  normalise?: Normalisation,
): PortableNetwork {
  if (net.inputs) {
    if (!normalise) return net;
    throw new InputError(
      "--normalise: the file scales its inputs itself; leave --normalise out, which is for files " +
        "that do not say how their inputs were scaled",
    );
  }
  const { offset, factor, low, high } = inputMapOf(data);
  if (!normalise) return { ...net, inputs: { offset, factor, low, high } };
  // ((raw − o) f − m) / s = (raw − (o + m / f)) · f / s
  const { mean, std } = normalise;
  return {
    ...net,
    inputs: {
      offset: offset.map((o, i) => o + mean / factor[i]),
      factor: factor.map((f) => f / std),
      low: -Infinity,
      high: Infinity,
    },
  };
}

/** The network of a file, or the copy of a run. */
export async function modelOf({
  model,
  activation,
  data,
}: Pick<ProgramRequest, "model" | "activation" | "data">): Promise<PortableNetwork> {
  if (isFolder(model)) {
    if (folderState(model) !== "run")
      throw new InputError(`${model}: this folder is no run; give a run folder, or a model file`);
    const { run, plan, split } = await reopen(model, data);
    try {
      const net = portableOf(run, plan.circuit, split.test);
      if (net) return net;
      throw new InputError(`${model}: this run has no digital copy; give another one`);
    } finally {
      run.session.close();
    }
  }
  return readNetwork(await bytesOf(model), model, { ...(activation && { activation }) });
}

async function bytesOf(model: string): Promise<Uint8Array> {
  if (!existsSync(model))
    throw new InputError(`${model}: there is no such file; give a model file or a run folder`);
  return withFile(model, (open) => wholeOf(open, largestModel));
}

/** Bytes of a model: more than any perceptron that a chip here could hold. */
const largestModel = 2 ** 30;

async function programPlan(
  { model, circuit, die = 1, recurrent = false, learn = 0, ...asked }: ProgramRequest,
  { network, metadata }: PortableNetwork,
): Promise<Plan> {
  const schematic = await readSchematic(circuit, "give the name or the file of a schematic");
  if (familyOf(schematic.circuit).passive)
    throw new InputError(
      `program: ${schematic.circuit.name} is of resistors, which conduct both ways and hold no ` +
        "negative weights, so that a network of neurons does not fit; choose a schematic of " +
        "transconductors",
    );
  const said = metadata["data"] as string | undefined;
  const known = said !== undefined && said in dataSets ? said : undefined;
  const usual = asked.data === undefined ? usualSets.builtIn : usualSets.files;
  const depth = network.layers.length;
  const blocks = network.layers.flatMap(({ incoming }, i) =>
    incoming.map(({ from }) => ({ from, to: i + 1 })),
  );
  const isChain = blocks.every(({ from, to }) => from === to - 1);
  const text = JSON.stringify({
    name: `program-${basename(model).replace(/\.[a-z0-9.]+$/i, "")}`,
    description: `${basename(model)}, programmed into die ${die} of ${schematic.circuit.name}.`,
    circuit: isPath(circuit) ? names.circuit : circuit,
    die,
    data: { set: asked.dataSet ?? known ?? usual },
    network: {
      layers: network.sizes,
      ...(!isChain && { blocks }),
      ...(!recurrent && { feedforward: true }),
    },
    settle: { free: { steps: 12 * depth }, nudged: { steps: 6 * depth } },
    learning: {
      lambda: recurrent ? 0.1 : 0,
      sign: "positive",
      // Of a network that has learned already: a hundredth of what one that has not begins with.
      rates: network.layers.map(() => 0.0005),
      copy: { activation: "hard" },
    },
    train: { epochs: Math.max(1, learn), every: 1 },
  });
  const overrides = (asked.set ?? []).map((o) => parseOverride(o, experimentSchema));
  return planOf(
    await parseExperiment(text, "the experiment of `program`", overrides),
    schematic,
    ".",
  );
}

function requireClasses({ network: { sizes } }: PortableNetwork, { targets, name }: Dataset): void {
  const outputs = sizes[sizes.length - 1];
  if (targets.kind !== "classes" || targets.names.length !== outputs)
    throw new InputError(
      `program: the network has ${outputs} outputs, and ${name} has ${targets.names.length} ` +
        `${targets.kind}; name another data set with --data-set`,
    );
}

/** Percent of the samples that a network names wrongly. */
function errorOf(net: PortableNetwork, data: Dataset): number {
  const { targets, count } = data;
  if (targets.kind !== "classes") return NaN;
  const chunk = 500;
  let wrong = 0;
  for (let first = 0; first < count; first += chunk) {
    const rows = Math.min(chunk, count - first);
    const outputs = evaluatePortable(net, rawRows(data, first, rows), rows);
    namedClasses(outputs, outputs.length / rows).forEach((c, i) => {
      if (c !== targets.labels[first + i]) wrong++;
    });
  }
  return (100 * wrong) / count;
}

/** Programs chip and copy of a session, and returns what the die became. */
function programmedDie(session: Session, { network }: FittedNetwork) {
  const { chip, copy } = session.trained();
  chip.program(tensorsOf(network, "chip"));
  copy?.parameters.load(tensorsOf(network, "copy"));
  return chip.components();
}

/** Named as chips and copies name their parameters. */
function tensorsOf({ layers }: CopyNetwork, owner: "chip" | "copy"): readonly Tensor[] {
  return layers.flatMap(({ bias, incoming }, i) => [
    ...incoming.map(({ from, weight }) => ({
      ...weight,
      name: `${owner}.block.${blockName({ from, to: i + 1 })}.weight`,
    })),
    { ...bias, name: `${owner}.layer.${i + 1}.bias` },
  ]);
}
