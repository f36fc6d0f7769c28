import { accumulates } from "../elements.ts";
import { answer, combine, sumOf, type Answer, type Found, type Sum } from "./answer.ts";
import { leadsBack, swing, unmeasured, type Case } from "./case.ts";
import { hong2007, murmann2023, tsai2015, walden1999, weste2011 } from "./cites.ts";
import {
  converterEnergy,
  inferenceConversions,
  learnsInPlace,
  trainingConversions,
  usualFigureOfMerit,
} from "./converters.ts";
import { powerAnswers, scaledBy, staticPower } from "./power.ts";
import { times } from "./time.ts";
import { square } from "../../numerics/power.ts";

/** Static power over the settling times, what charging costs, and what conversions cost. */
export function energyAnswers(c: Case): readonly Answer[] {
  const { free, sample } = times(c);
  const inference = converterEnergy(c, inferenceConversions(c));
  const training = converterEnergy(c, trainingConversions(c));
  const membranes = membraneEnergy(c);
  const gates = gateEnergy(c);
  const charged =
    "every node and gate is charged anew from the low rail for each sample: an upper bound";
  const total = (key: string, quantity: string, time: Found, conversions: Sum): Answer => {
    const least = combine([staticEnergy(c, time), membranes], (a, b) => a + b);
    const { found, leftOut } = sumOf("the energy", [
      { name: "static power and membranes", found: least },
      { name: "gates and wires of synapses", found: gates },
      { name: "conversions", found: conversions.found },
    ]);
    return answer(
      {
        key,
        topic: "energy",
        quantity,
        unit: "J",
        formula: "static power · settling time + Σ C V² + conversions",
        ...scaledBy(c),
        cites: [weste2011, walden1999],
        assumes: [
          "the digital copy and programming the weights are not counted",
          ...leftOut,
          ...conversions.leftOut,
        ],
      },
      combine([least, found], (_, sum) => sum),
    );
  };
  return [
    total("energy.inference", "Energy of an inference", free, inference),
    total("energy.sample", "Energy of a training sample", sample, training),
    ...powerAnswers(c),
    answer(
      {
        key: "energy.static",
        topic: "energy",
        quantity: "Inference: static power",
        unit: "J",
        formula: "static power · free settling time",
        ...scaledBy(c),
        cites: [weste2011],
      },
      staticEnergy(c, free),
    ),
    answer(
      {
        key: "energy.membranes",
        topic: "energy",
        quantity: "Inference: membranes",
        unit: "J",
        formula: "Σ C (V_i − V_low)²",
        cites: [weste2011],
        assumes: [charged],
      },
      membranes,
    ),
    answer(
      {
        key: "energy.gates",
        topic: "energy",
        quantity: "Inference: gates and wires of synapses",
        unit: "J",
        formula: "Σ C_synapse (V_j − V_low)²",
        cites: [weste2011],
        assumes: [charged],
      },
      gates,
    ),
    converters("energy.conversions.inference", "Inference: conversions", inference, c),
    converters("energy.conversions.sample", "Training sample: conversions", training, c),
  ];
}

function staticEnergy(c: Case, time: Found): Found {
  return combine([staticPower(c).found, time], (power, seconds) => power * seconds);
}

function membraneEnergy({ circuit, operation }: Case): Found {
  return operation
    ? circuit.neuron.capacitance * square(swing(circuit)) * operation.squares
    : unmeasured;
}

function gateEnergy({ circuit, wiring, operation, given: { synapseCapacitance } }: Case): Found {
  if (synapseCapacitance === undefined) return { missing: "their capacitance is not given" };
  if (!operation) return unmeasured;
  const driven = wiring.blocks.reduce(
    (sum, block, k) =>
      sum + operation.blocks[k].from.plain + (leadsBack(block) ? operation.blocks[k].to.plain : 0),
    0,
  );
  return synapseCapacitance * square(swing(circuit)) * driven;
}

function converters(
  key: string,
  quantity: string,
  { found, leftOut }: Sum,
  { circuit, given }: Case,
): Answer {
  const merit =
    given.figureOfMerit === undefined
      ? `${usualFigureOfMerit * 1e15} fJ per conversion step: published are 5 to 8 fJ (10 bits, ` +
        "28 nm) and 65 fJ (8 bits, 0.18 µm)"
      : `${Number((given.figureOfMerit * 1e15).toPrecision(3))} fJ per conversion step, as given`;
  const learns = learnsInPlace(circuit)
    ? "weights in devices learn in place: only the copy needs readings, of the free phase"
    : accumulates(circuit.synapse)
      ? "accumulators sum up readings of every phase"
      : "weights in registers learn from readings of every phase";
  return answer(
    {
      key,
      topic: "energy",
      quantity,
      unit: "J",
      formula: "Σ conversions · FoM · 2^bits",
      cites: [walden1999, murmann2023, tsai2015, hong2007],
      assumes: [
        merit,
        "a DAC costs at most what an ADC of its bits does, which contains one",
        key.endsWith("sample") ? learns : "an inference reads the outputs only",
        ...leftOut,
      ],
    },
    found,
  );
}
