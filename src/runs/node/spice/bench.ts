import type { Circuit } from "../../../circuit/circuit.ts";
import { refuseUnwritable } from "../../../circuit/spice/estimate.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { readUsual } from "../../../data/node/read.ts";
import { refuseTooLarge } from "../../../numerics/demand.ts";
import { InputError } from "../../../numerics/errors.ts";
import { widenVectors } from "../../../numerics/kernels/node/widen.ts";
import { random } from "../../../numerics/random.ts";
import { checkEntry, untrained, type Bench } from "../../../testbench/settle/bench.ts";
import { written } from "../../../testbench/settle/solver-text.ts";
import { networkDemand } from "../../../training/demand.ts";
import { buildNetworks } from "../../../training/networks.ts";
import { experimentSchema } from "../../../experiment/schema.ts";
import type { AskedOfSpice } from "../../../testbench/spice/options.ts";
import { longest, roomFor } from "../room.ts";
import { isFolder } from "../../../data/node/folders.ts";
import { benchOfRun, circuitOf } from "../settle.ts";

/** A chip that is to be rebuilt in SPICE, silent, and its circuit with the noise it has. */
interface SpiceBench {
  readonly bench: Bench;
  readonly circuit: Circuit;
}

/** Small enough to be read. */
const usualSizes = [8, 6, 4];
const drawn = 1000;
/** What the built-in digits fit; drawing them takes a second. */
const digitsLike = { pixels: 784, classes: 10 };

/**
 * A circuit with Xavier weights and an untrained copy, or the chip of a run with its trained one.
 * Images are those of the run, the built-in digits or `data` where the sizes fit, and bytes drawn
 * from the seed elsewhere.
 */
export async function spiceBench(
  command: string,
  target: string,
  asked: AskedOfSpice,
  data?: string,
): Promise<SpiceBench> {
  widenVectors();
  const { bench, circuit } = isFolder(target)
    ? await ofRun(target, asked, data)
    : await ofCircuit(command, target, asked, data);
  checkEntry(bench, {
    input: asked.input,
    images: 1,
    from: bench.usual.from,
    lambda: asked.lambda ?? bench.usual.lambda,
    beta: asked.beta,
  });
  return { bench, circuit };
}

const silent = (circuit: Circuit): Circuit => ({ ...circuit, noise: { thermal: 0 } });

async function ofRun(
  target: string,
  { sizes, seed, die, without }: AskedOfSpice,
  data?: string,
): Promise<SpiceBench> {
  if (sizes)
    throw new InputError(
      `--sizes ${sizes.join("-")}: ${target} is a run, whose weights are trained; leave it ` +
        "out, or give a circuit",
    );
  let circuit: Circuit | undefined;
  const bench = await benchOfRun(target, { seed, die, without, precision: "f64" }, data, (c) =>
    silent((circuit = c)),
  );
  return { bench, circuit: circuit! };
}

async function ofCircuit(
  command: string,
  target: string,
  { sizes: layers = usualSizes, seed = 1, die = 1, without, fold }: AskedOfSpice,
  data?: string,
): Promise<SpiceBench> {
  const circuit = await circuitOf(target, without, command);
  const experiment = experimentSchema.parse({
    name: circuit.name,
    network: { layers },
    learning: { rates: layers.slice(1).map(() => 0.1) },
    train: { batch: 1 },
    die,
    seed,
    precision: "f64",
  });
  const blocks = layers.slice(1).map((_, l) => ({ from: l, to: l + 1 }));
  refuseUnwritable({ of: target, sizes: layers, blocks, fold });
  refuseTooLarge(networkDemand(experiment, circuit), roomFor(longest.wait));
  const networks = buildNetworks(experiment, silent(circuit));
  return {
    circuit,
    bench: {
      ...networks,
      images: await imagesFor(layers, networks.chip.outputs.classes, seed, data),
      target,
      seed,
      weights: untrained(circuit, seed),
      usual: { solver: written("euler"), step: experiment.settle.step, lambda: 0, from: "zero" },
    },
  };
}

async function imagesFor(
  [width]: readonly number[],
  classes: number,
  seed: number,
  data?: string,
): Promise<Dataset> {
  const fits = width === digitsLike.pixels && classes === digitsLike.classes;
  return data !== undefined || fits
    ? (await readUsual(data)).test
    : drawnImages(width, classes, seed);
}

/** Uniformly random bytes and classes. */
function drawnImages(width: number, classes: number, seed: number): Dataset {
  const bytes = random(seed, "spice input");
  const kinds = random(seed, "spice label");
  return {
    name: `inputs drawn from seed ${seed}`,
    count: drawn,
    shape: [1, width],
    inputNames: null,
    inputs: {
      kind: "bytes",
      values: Uint8Array.from({ length: drawn * width }, () => bytes.below(256)),
      scale: 1 / 255,
    },
    scaling: null,
    targets: {
      kind: "classes",
      names: Array.from({ length: classes }, (_, k) => String(k)),
      labels: Uint8Array.from({ length: drawn }, () => kinds.below(classes)),
    },
  };
}
