import { format } from "../../numerics/units.ts";
import {
  accumulates,
  accumulatorBitsOf,
  bitsOf,
  dacBitsOf,
  deviceOf,
  type WeightStore,
} from "../elements.ts";
import { familyOf } from "../families/families.ts";
import type { Carrier } from "../families/family.ts";
import { answer, combine, sumOf, type Answer, type Found } from "./answer.ts";
import { carrierOf, leadsBack, neurons, type Case } from "./case.ts";
import { deviceGain } from "./power.ts";

/** What the chip is made of, and how much room that takes. */
export function partAnswers(c: Case): readonly Answer[] {
  const { circuit, wiring, given } = c;
  const all = neurons(wiring);
  const carrier = carrierOf(c);
  const elements = elementCount(c);
  const weights = wiring.blocks.reduce(
    (sum, b) => sum + (b.from === b.to ? b.synapses / 2 : b.synapses),
    0,
  );
  const count = (
    key: string,
    quantity: string,
    formula: string,
    found: Found,
    assumes: readonly string[] = [],
  ) => answer({ key: `parts.${key}`, topic: "parts", quantity, unit: "", formula, assumes }, found);
  const capacitors =
    given.capacitanceDensity === undefined
      ? { missing: "no capacitance per area is given" }
      : (all * (circuit.neuron.capacitance + (circuit.hold?.capacitance ?? 0))) /
        given.capacitanceDensity;
  const synapses = combine(
    [elements, given.synapseArea ?? { missing: "no area of a synapse is given" }],
    (n, area) => n * area,
  );
  const total = sumOf("the area", [
    { name: "capacitors", found: capacitors },
    { name: "synapses", found: synapses },
  ]);
  const gain = deviceGain(c);
  return [
    count("neurons", "Neurons", "units above the input", all),
    count("weights", "Weights", "Σ n_from n_to of the blocks that exist", weights),
    count("elements", elementNames[carrier], elementFormulas[carrier], elements, [
      "biases and references are not counted",
    ]),
    count(
      "capacitors",
      "Capacitors",
      circuit.hold ? "a membrane and a sample-and-hold each neuron" : "a membrane each neuron",
      circuit.hold ? 2 * all : all,
    ),
    count(
      "dacs",
      "DACs",
      wiring.copy ? "an input each, and a guess each neuron" : "an input each",
      wiring.sizes[0] + (wiring.copy ? all : 0),
      ["converters are not shared"],
    ),
    count("adcs", "ADCs", "one each neuron", all, ["converters are not shared"]),
    count(
      "registers",
      memoryName(circuit.synapse),
      "weights · bits of what is stored, accumulators among them",
      registerBits(c, weights),
    ),
    spreadOf(c),
    ...(gain === null
      ? []
      : [
          answer(
            {
              key: "parts.gain",
              topic: "parts",
              quantity: "Current gain between device and neuron",
              unit: "",
              formula: "G_L / (siemens of a device for each unit of weight)",
            },
            gain,
          ),
        ]),
    area("capacitors", "Area of the capacitors", "Σ C / (capacitance per area)", capacitors, []),
    area("elements", "Area of the synapses", "elements · area of one", synapses, []),
    area("total", "Area", "capacitors + synapses", total.found, [
      "transistors of neurons, converters and wires are not counted",
      ...total.leftOut,
    ]),
  ];
}

/** σ of a synapse's gain, the schematic's and the device's own together. */
function spreadOf({ circuit: { mismatch, synapse } }: Case): Answer {
  const device = deviceOf(synapse);
  const own = device?.gainSpread ?? 0;
  return answer(
    {
      key: "parts.spread",
      topic: "parts",
      quantity: "Spread of a synapse’s gain, σ",
      unit: "",
      formula: "√(mismatch.synapse² + σ² of the device)",
      assumes:
        own > 0
          ? [
              `σ of ${device!.name} is ${percent(own)}, mismatch.synapse ` +
                percent(mismatch.synapse),
            ]
          : [],
    },
    Math.hypot(mismatch.synapse, own),
  );
}

const percent = (part: number) => format(part, "%");

function area(
  key: string,
  quantity: string,
  formula: string,
  found: Found,
  assumes: readonly string[],
): Answer {
  return answer(
    { key: `area.${key}`, topic: "parts", quantity, unit: "m²", formula, assumes },
    found,
  );
}

const elementNames = {
  transconductors: "Transconductors",
  resistors: "Resistors",
  lines: "Resistive devices",
} satisfies Record<Carrier, string>;
const elementFormulas = {
  transconductors: "one each way: inputs only forward",
  resistors: "one each weight",
  lines:
    "one each weight, two where synapse.kind is differential; as many each way where " +
    "mismatch.reciprocal is false",
} satisfies Record<Carrier, string>;

function elementCount(c: Case): number {
  const { circuit, wiring } = c;
  const family = familyOf(circuit);
  const once = carrierOf(c) !== "transconductors" && family.reciprocal(circuit);
  const places = wiring.blocks.reduce(
    (sum, b) => sum + b.synapses * (once ? (b.from === b.to ? 1 / 2 : 1) : leadsBack(b) ? 2 : 1),
    0,
  );
  return family.devicesEach(circuit) * places;
}

function memoryName(store: WeightStore): string {
  if (!accumulates(store)) return "Bits of registers";
  return store.memory === "devices" ? "Bits of accumulators" : "Bits of registers and accumulators";
}

function registerBits(c: Case, weights: number): Found {
  const { synapse } = c.circuit;
  const bits = bitsOf(synapse);
  const accumulator = accumulatorBitsOf(synapse);
  if (accumulates(synapse) && accumulator === undefined)
    return { missing: "accumulators are exact: write their bits, such as synapse.accumulate: 8" };
  if (synapse.memory === "devices") return weights * (accumulator ?? 0);
  if (bits !== undefined) return weights * (bits + (accumulator ?? 0));
  return deviceOf(synapse) === undefined && dacBitsOf(synapse) === undefined
    ? { missing: "the schematic names no bits and no device: weights are exact" }
    : { missing: "synapse.bits is not given: registers are exact, whatever sets the synapse" };
}
