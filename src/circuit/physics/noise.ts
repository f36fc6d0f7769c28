import { shotVariance, thermalVariance, type Circuit, type NoiseKind } from "../circuit.ts";
import { averagedVariance, readingWindow } from "../integrators.ts";
import { familyOf } from "../families/families.ts";
import { answer, combine, sumOf, type Answer, type Found, type Sum } from "./answer.ts";
import { leadsBack, neurons, swing, unmeasured, type Case } from "./case.ts";
import { johnson1928, nyquist1928, schottky1918 } from "./cites.ts";
import { square } from "../../numerics/power.ts";

const about = { topic: "noise", cites: [johnson1928, nyquist1928] } as const;

/** What moves a voltage when nothing should. */
export function noiseAnswers(c: Case): readonly Answer[] {
  return [...nodeAnswers(c), ...ratioAnswers(c)];
}

/** Volts: of a node by itself, with its synapses, and as it is read. */
function nodeAnswers(c: Case): readonly Answer[] {
  const { circuit } = c;
  const window = readingWindow(circuit);
  const reading = readingNoiseAnswer(c);
  return [
    answer(
      {
        ...about,
        key: "noise.node",
        quantity: "Thermal noise of a node by itself, rms",
        unit: "V",
        formula: "√(k T / C)",
        assumes: [simulated(circuit), `the chip is at ${circuit.temperature} K`],
      },
      nodeNoise(circuit),
    ),
    answer(
      {
        ...about,
        key: "noise.driven",
        quantity: "Noise of a node with its synapses, rms",
        unit: "V",
        formula: "√(kT/C · (1 + γ Σ_j |w_ij|) + q V_s/2C · shot · (Σ_j |w_ij| + |b_i|))",
        cites: [...about.cites, schottky1918],
        assumes: [
          "Σ|w| and |b| are means over the neurons",
          "noise that neurons feed back to each other is not counted",
          ...(familyOf(circuit).passive
            ? ["resistors between nodes add nothing, whatever they conduct"]
            : []),
        ],
      },
      drivenNoise(c),
    ),
    answer(
      {
        ...about,
        key: "noise.reading",
        quantity: "Noise of one reading, rms",
        unit: "V",
        formula:
          window > 0
            ? "√(a (node² + synapses²) + kT/C_hold + readout noise² + LSB²/12), a ≈ 2τ / window"
            : "√(node² + synapses² + kT/C_hold + readout noise² + LSB²/12)",
        assumes: [
          ...(window > 0
            ? ["noise of the nodes is white: what is slower than the window is not averaged"]
            : []),
          readout(c),
          ...reading.leftOut,
        ],
      },
      combine([reading.found], Math.sqrt),
    ),
  ];
}

/** What the rails and the signal are over them. */
function ratioAnswers(c: Case): readonly Answer[] {
  const node = nodeNoise(c.circuit);
  const rails = swing(c.circuit);
  return [
    answer(
      {
        ...about,
        key: "noise.span",
        quantity: "Rail span over thermal noise",
        unit: "dB",
        formula: "20 log₁₀(V_s / √(kT/C))",
      },
      decibels(rails / node),
    ),
    answer(
      {
        ...about,
        key: "noise.signal",
        quantity: "Signal of the neurons over noise of a reading",
        unit: "dB",
        formula: "20 log₁₀(rms(V_i − V_low) / noise of a reading)",
        assumes: ["signal of the neurons: rms over neurons and samples, where they settle"],
      },
      decibels(
        combine(
          [readingNoiseAnswer(c).found, c.operation?.squares ?? unmeasured],
          (variance, squares) => rails * Math.sqrt(squares / neurons(c.wiring) / variance),
        ),
      ),
    ),
    answer(
      {
        ...about,
        key: "noise.bits",
        quantity: "Bits that thermal noise leaves",
        unit: "",
        formula: "log₂(V_s / (√12 · √(kT/C)))",
        assumes: ["bits that noise leaves: of an ADC whose steps alone would be as noisy"],
      },
      node > 0 ? Math.log2(rails / (node * Math.sqrt(12))) : noNoise,
    ),
  ];
}

function simulated({ noise: { thermal } }: Circuit): string {
  if (thermal === 0) return "the chip is simulated without thermal noise (noise.thermal: 0)";
  if (thermal === 1) return "the chip is simulated with its thermal noise";
  return (
    `the chip is simulated with ${thermal} times the power of its thermal noise ` +
    "(noise.thermal)"
  );
}

function readout({ circuit: { converters } }: Case): string {
  return converters?.readout?.bits === undefined
    ? "readings have no steps: the schematic gives no converters.readout.bits"
    : "LSB: the range of the ADC over 2^bits − 1";
}

const noNoise = { missing: "there is no thermal noise at 0 K" };

function decibels(ratio: Found): Found {
  return ratio === Infinity ? noNoise : combine([ratio], (r) => 20 * Math.log10(r));
}

/** √(kT/C), whatever part of it is simulated. */
function nodeNoise(circuit: Circuit): number {
  return Math.sqrt(thermalVariance({ ...circuit, noise: { ...circuit.noise, thermal: 1 } }));
}

/** What the noise of a node is made of: of a mean Σ|w| and |b| that reach it. */
interface Driven {
  readonly circuit: Circuit;
  /** γ of active synapses. */
  readonly excess: number;
  readonly weights: number;
  readonly bias: number;
}

/** White noise of currents into a node: over kT/C, or in V². */
interface White {
  overNode?(driven: Driven): number;
  variance?(driven: Driven): number;
}

const white = {
  thermal: { overNode: () => 1 },
  excess: { overNode: ({ excess, weights }) => excess * weights },
  shot: {
    variance: ({ circuit, weights, bias }) =>
      (circuit.noise.shot ?? 0) === 0 ? 0 : shotVariance(circuit) * (weights + bias),
  },
  // What has another spectrum, or is of conductances, has no variance of its own here.
  flicker: {},
  telegraph: {},
  read: {},
} satisfies Record<NoiseKind, White>;

function drivenNoise(c: Case): Found {
  const { circuit, wiring, weights } = c;
  const excess = familyOf(circuit).excess(circuit);
  if (excess === undefined)
    return {
      missing: "the schematic gives no noise.excess, the factor γ (2/3 for a long channel)",
    };
  if (!weights) return unmeasured;
  const all = neurons(wiring);
  const driven: Driven = {
    circuit,
    excess,
    weights:
      wiring.blocks.reduce((sum, b, k) => sum + (leadsBack(b) ? 2 : 1) * weights.absolute[k], 0) /
      all,
    bias: weights.biases / all,
  };
  const kinds: readonly White[] = Object.values(white);
  const overNode = kinds.reduce((sum, kind) => sum + (kind.overNode?.(driven) ?? 0), 0);
  const variance = kinds.reduce((sum, kind) => sum + (kind.variance?.(driven) ?? 0), 0);
  return Math.sqrt(square(nodeNoise(circuit)) * overNode + variance);
}

/** Variance of one reading, V², of what is known of it. */
export function readingNoiseAnswer(c: Case): Sum {
  const {
    circuit: { converters, hold },
  } = c;
  const readout = converters?.readout;
  const driven = drivenNoise(c);
  const node = nodeNoise(c.circuit);
  const averaged = averagedVariance(readingWindow(c.circuit), c.circuit.readout?.leak);
  return sumOf("the noise of a reading", [
    { name: "the node", found: averaged * square(node) },
    {
      name: "that of synapses",
      found: combine([driven], (v) => averaged * (square(v) - square(node))),
    },
    ...(hold
      ? [
          {
            name: "sample-and-hold",
            found: (square(node) * c.circuit.neuron.capacitance) / hold.capacitance,
          },
        ]
      : []),
    ...(readout ? [{ name: "readout noise", found: square(readout.noise) }] : []),
    ...(readout?.bits === undefined
      ? []
      : [
          {
            name: "steps of the ADC",
            found: square((readout.high - readout.low) / (2 ** readout.bits - 1)) / 12,
          },
        ]),
  ]);
}
