import type { Circuit } from "../circuit/circuit.ts";
import { timeConstant } from "../circuit/families/families.ts";
import { outputsOf, predictedClass, type Outputs } from "../circuit/outputs.ts";
import { refuseUnsupported } from "../circuit/read/unsupported.ts";
import type { Graph } from "../energy/graph.ts";
import { addressable, refuseTooLarge } from "../numerics/demand.ts";
import { arena } from "../numerics/kernels/arena.ts";
import { solo } from "../numerics/kernels/team.ts";
import { random } from "../numerics/random.ts";
import type { Tensor } from "../numerics/vec.ts";
import type { BareDie } from "./bare-die.ts";
import type { Chip, FabricateOptions, Programmable, SiblingWeights, Teachable } from "./chip.ts";
import { chipBytes } from "./demand.ts";
import { componentsOf, terminalsOf } from "./components.ts";
import { inputs } from "./inputs.ts";
import { layout } from "./layout.ts";
import type { Tied } from "./motion/field.ts";
import { motion, steppingOf } from "./motion/motion.ts";
import type { MovingParts } from "./motion/moves.ts";
import { nodesAlone } from "./noise/nodes.ts";
import { chipNoise } from "./noise/noise.ts";
import { stateVector, type DieParts, type Own } from "./parts.ts";
import { presentation, untied } from "./presentation.ts";
import type { Synapses } from "./synapses/contract.ts";
import { synapsesOf } from "./synapses/family.ts";
import { weightMemory } from "./synapses/memory.ts";
import { outerProducts } from "./synapses/outer-products.ts";
import { parameters } from "./synapses/parameters.ts";
import { inputDac } from "./units/converters.ts";
import { guessing } from "./units/guessing.ts";
import { mismatch } from "./units/mismatch.ts";
import { softRails } from "./units/rails.ts";
import { tieArrays } from "./units/ties.ts";
import { walls } from "./units/walls.ts";

/**
 * Makes a chip: draws the die's mismatch, allocates everything and programs untrained weights: what
 * its family of synapses begins with.
 * @throws InputError for a circuit with parts that are not simulated.
 */
export function fabricate(circuit: Circuit, graph: Graph, options: FabricateOptions = {}): Chip {
  refuseUnsupported(circuit);
  refuseBeyondEngine(circuit, graph, options);
  const die = dieParts(circuit, graph, options);
  const { chip, initial } = chipOf(die, ownStates(die));
  // The first of a team programs for all.
  if (die.memory.team.part === 0) chip.program(initial());
  return chip;
}

/** A die at its terminals, and the untrained weights that it begins with. */
function chipOf(die: DieParts, own: Own): { chip: Chip; initial: () => readonly Tensor[] } {
  const { circuit, graph } = die;
  const outputs = outputsOf(circuit, graph.sizes.at(-1)!);
  const synapses = synapsesOf(circuit).fabricate(die, own);
  const { routes, saturation } = synapses;
  const rails = softRails(die);
  const parts: MovingParts = { ...die, own, routes, rails, saturation };
  const tied: Tied = { arrays: tieArrays(die, own.guess), now: untied };
  const stepping = steppingOf(parts, synapses, tied);
  const { constants } = stepping;
  const noise = chipNoise(die, synapses, nodesAlone(die, constants, tied), (dt) => {
    // What resistors load a unit with switches with them.
    constants.tie(tied.now);
    constants.step(dt);
  });
  const { memory, at, inputs: x, units } = die;
  const bounds = rails ?? units;
  const chip: Chip = {
    circuit,
    graph,
    die: die.die,
    layout: at,
    memory,
    capacity: x.capacity,
    inputs: x,
    state: own.state,
    guess: own.guess,
    parameters: die.parameters,
    walls: walls(die),
    scale: die.scale,
    outputs,
    guessing: guessing(circuit),
    residuals: memory.reals(x.capacity),
    size: at.size,
    tauSeconds: timeConstant(circuit),
    vector: () => stateVector(die),
    ...motion(parts, stepping, tied, { noise, reciprocal: synapses.reciprocal }),
    ...presentation(parts, synapses, tied, noise),
    ...programming(die, own, synapses),
    ...teaching(die, own, synapses),
    get batch() {
      return x.rows;
    },
    get first() {
      return x.first;
    },
    get last() {
      return x.last;
    },
    get rate() {
      return units.rate.array;
    },
    get low() {
      return bounds.low.array;
    },
    get high() {
      return bounds.high.array;
    },
    ...(rails && { clamps: rails.clamps }),
    get curvature() {
      constants.tie(tied.now);
      return constants.curvature.array;
    },
    ...(noise.seen && { noise: noise.seen }),
    components: () => componentsOf(die, { feeds: synapses.elements, routes: [] }, tied.arrays),
    terminals: (sample) => terminalsOf(die, tied.arrays, own.state, tied.now, sample),
    name: naming(die, outputs),
    sibling: (number, weights) => siblingOf(die, own, number, weights),
  };
  return { chip, initial: () => synapses.initial(random(die.seed, "theta")) };
}

/** Another die on the bench of this one, with its weights or with weights of its own. */
function siblingOf(die: DieParts, own: Own, number: number, weights: SiblingWeights): Chip {
  const { memory, at, graph, circuit, inputs: x } = die;
  const parameterised =
    weights === "shared"
      ? die.parameters
      : parameters(memory, at, graph, "chip", synapsesOf(circuit).terminals(circuit, x.width));
  const { chip, initial } = chipOf(
    drawnOn({ ...die, die: number, parameters: parameterised }),
    own,
  );
  if (weights === "own" && memory.team.part === 0) chip.program(initial());
  return chip;
}

/** @throws InputError for a chip that the kernels cannot address, before it is drawn. */
function refuseBeyondEngine(circuit: Circuit, graph: Graph, options: FabricateOptions): void {
  const { batch = 100, precision = "f32", team = solo } = options;
  refuseTooLarge(
    {
      of: `circuit ${circuit.name}: ${graph.sizes.join("-")} for ${batch} samples at once`,
      bytes: chipBytes(circuit, graph, { batch, precision }),
      less: "use smaller layers, or fewer samples at once",
    },
    { bytes: team.parts > 1 ? addressable.shared : addressable.alone },
  );
}

/** Draws a die: its neurons, and room for inputs and weights. */
function dieParts(circuit: Circuit, graph: Graph, options: FabricateOptions): DieParts {
  const { die = 1, seed = 1, batch = 100, precision = "f32", team = solo } = options;
  const family = synapsesOf(circuit);
  const memory = arena({ precision, team, memory: options.memory });
  const at = layout(graph);
  const scale = family.scale(circuit, graph);
  family.refuse(circuit, graph);
  const bare: BareDie = { memory, at, graph, circuit, die, seed, scale };
  const terminals = family.terminals(circuit, graph.sizes[0]);
  const weights = parameters(memory, at, graph, "chip", terminals);
  const sizes = {
    width: graph.sizes[0],
    capacity: batch,
    outputs: outputsOf(circuit, graph.sizes.at(-1)!).classes,
  };
  const presented = inputs(memory, sizes, inputDac(circuit));
  return drawnOn({ ...bare, inputs: presented, parameters: weights });
}

/** Draws what a die has of its own. */
function drawnOn(bench: Omit<DieParts, "units" | "store" | "products">): DieParts {
  const family = synapsesOf(bench.circuit);
  const units = mismatch(bench);
  family.units({ ...bench, units });
  return {
    ...bench,
    units,
    store: weightMemory(bench),
    products: outerProducts(bench, family.shareRows),
  };
}

function ownStates(die: DieParts): Own {
  const vector = () => stateVector(die);
  return { state: vector(), drive: vector(), still: vector(), guess: vector(), fresh: false };
}

/** How weights are written from outside. */
function programming(
  { parameters, store, circuit }: DieParts,
  own: Own,
  synapses: Synapses,
): Omit<Programmable, "parameters"> {
  const changed = () => {
    synapses.programmed();
    own.fresh = false;
  };
  return {
    program(tensors) {
      synapses.check(tensors);
      parameters.load(tensors);
      store.write();
      changed();
    },
    beyond: () => store.beyond(),
    held: () => ({
      tensors: [...parameters.tensors(), ...store.tensors()],
      programmings: store.programmings,
    }),
    restore({ tensors, programmings }) {
      synapses.check(tensors);
      parameters.load(tensors);
      store.recall(programmings, tensors);
      changed();
    },
    age(seconds, temperature = circuit.temperature) {
      store.age(seconds, temperature);
      changed();
    },
  };
}

/** How two phases change the weights. */
function teaching(die: DieParts, own: Own, synapses: Synapses): Teachable {
  const { memory, at, inputs: x, parameters, products } = die;
  const { kernels, bytes } = memory;
  const { size } = at;
  const difference = stateVector(die).ptr;
  return {
    contrast(high, low, k) {
      for (let l = 1; l < at.sizes.length; l++) {
        const o = (x.first * size + at.offset[l]) * bytes;
        const n = x.last - x.first;
        const cols = at.padded[l];
        kernels.scaledDifference(
          difference + o,
          high.ptr + o,
          low.ptr + o,
          size,
          n,
          cols,
          k[l - 1],
        );
      }
    },
    adjust(high, low, k, free = low) {
      products.toBias(parameters.bias, difference);
      synapses.adjust({ high, low, free, difference, k });
      own.fresh = false;
    },
    adopt() {
      synapses.adopt();
      own.fresh = false;
    },
  };
}

/** Writes the class that the outputs of each sample name. */
function naming({ memory, at, inputs: x }: DieParts, outputs: Outputs): Chip["name"] {
  const { kernels, bytes } = memory;
  const { size } = at;
  const output = at.offset.at(-1)!;
  const nodes = at.sizes.at(-1)!;
  if (outputs.differential)
    return (of, to) => {
      for (let r = x.first; r < x.last; r++)
        to.array[r] = predictedClass(outputs, of.array, r * size + output);
    };
  return (of, to) => {
    const from = of.ptr + (x.first * size + output) * bytes;
    kernels.largest(from, size, x.last - x.first, nodes, to.ptr + 4 * x.first);
  };
}
