import { answer, combine, type Answer, type Found } from "./answer.ts";
import { readingWindow } from "../integrators.ts";
import { familyOf, unitConductance } from "../families/families.ts";
import { leadsBack, neurons, tau, unmeasured, type Case } from "./case.ts";
import { mead1989 } from "./cites.ts";

/** Settling times in seconds. */
interface Times {
  readonly free: Found;
  readonly nudged: Found;
  readonly sample: Found;
}

export function times({ circuit, operation }: Case): Times {
  const window = readingWindow(circuit);
  const phase = (settled: number | undefined) =>
    combine([tau(circuit), settled ?? unmeasured], (t, n) => t * (n + window));
  const free = phase(operation?.free);
  const nudged = phase(operation?.nudged);
  return {
    free,
    nudged,
    sample: combine(
      [free, nudged, operation?.nudgedPhases ?? unmeasured],
      (a, b, phases) => a + phases * b,
    ),
  };
}

/** Of nodes that resistors load. */
function nodeTime({ circuit, weights, wiring }: Case): Found {
  if (!weights) return unmeasured;
  const load =
    wiring.blocks.reduce((sum, b, k) => sum + (leadsBack(b) ? 2 : 1) * weights.absolute[k], 0) /
    neurons(wiring);
  return circuit.neuron.capacitance / (circuit.neuron.leak + load * unitConductance(circuit));
}

export function timeAnswers(c: Case): readonly Answer[] {
  const { free, nudged, sample } = times(c);
  const { operation } = c;
  const phases = operation?.nudgedPhases ?? 1;
  const window = readingWindow(c.circuit);
  const measured = [
    ...(operation ? [`n is a mean over ${operation.images} samples: ${operation.clock}`] : []),
    ...(window > 0 ? [`each phase goes on for ${shortly(window)} τ while it is read`] : []),
  ];
  return [
    ...(familyOf(c.circuit).passive ? nodeConstants(c) : [neuronConstant(c)]),
    answer(
      {
        ...about,
        key: "time.free",
        quantity: window > 0 ? "Settling and reading, free phase" : "Settling, free phase",
        formula: window > 0 ? "(n + window) τ" : "n τ",
        assumes: [...measured, "conversions and the copy's guess take no time"],
      },
      free,
    ),
    answer(
      {
        ...about,
        key: "time.nudged",
        quantity: window > 0 ? "Settling and reading, nudged phase" : "Settling, nudged phase",
        formula: window > 0 ? "(n + window) τ" : "n τ",
        assumes: measured,
      },
      nudged,
    ),
    answer(
      {
        ...about,
        key: "time.sample",
        quantity: "Settling, training sample",
        formula: phases > 1 ? `free + ${phases} nudged` : "free + nudged",
        assumes: [
          ...(phases > 1
            ? [`${phases} nudged phases come one after the other: the states of the first wait`]
            : []),
          "programming the weights takes no time",
        ],
      },
      sample,
    ),
  ];
}

const shortly = (x: number) => String(Number(x.toPrecision(3)));

const about = { topic: "time", unit: "s", cites: [mead1989] } as const;

/** Of neurons that nothing else loads. */
function neuronConstant({ circuit }: Case): Answer {
  return answer(
    {
      ...about,
      key: "time.tau",
      quantity: "Time constant of a neuron",
      formula: "τ = C / G_L",
    },
    tau(circuit),
  );
}

/** Of nodes that their synapses load: the unit of time, and what it is at a node. */
function nodeConstants(c: Case): readonly Answer[] {
  return [
    answer(
      {
        ...about,
        key: "time.tau",
        quantity: "Unit of time",
        formula: "τ = C / G₁, G₁ the conductance of weight 1",
      },
      tau(c.circuit),
    ),
    answer(
      {
        ...about,
        key: "time.node",
        quantity: "Time constant of a node",
        formula: "C / (G_L + Σ_j g_ij)",
        assumes: [
          "Σ g is a mean over the nodes",
          ...(c.weights ? [`g of ${c.weights.source}`] : []),
        ],
      },
      nodeTime(c),
    ),
  ];
}
