import { shotVariance, thermalVariance, type Circuit } from "../circuit.ts";
import { familyOf } from "../families/families.ts";
import { answer, combine, sumOf, type Answer, type Found, type Sum } from "./answer.ts";
import { carrierOf, leadsBack, neurons, swing, unmeasured, type Case } from "./case.ts";
import { johnson1928, nyquist1928, schottky1918 } from "./cites.ts";

/** What moves a voltage when nothing should. */
export function noiseAnswers(c: Case): readonly Answer[] {
  const { circuit } = c;
  const node = nodeNoise(circuit);
  const reading = readingNoise(c);
  const { thermal } = circuit.noise;
  const rails = swing(circuit);
  const about = { topic: "noise", cites: [johnson1928, nyquist1928] } as const;
  const simulated =
    thermal === 0
      ? "the chip is simulated without thermal noise (noise.thermal: 0)"
      : thermal === 1
        ? "the chip is simulated with its thermal noise"
        : `the chip is simulated with ${thermal} times the power of its thermal noise ` +
          "(noise.thermal)";
  return [
    answer(
      {
        ...about,
        key: "noise.node",
        quantity: "Thermal noise of a node by itself, rms",
        unit: "V",
        formula: "√(k T / C)",
        assumes: [simulated, `the chip is at ${circuit.temperature} K`],
      },
      node,
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
          ...(carrierOf(c) === "resistors"
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
        formula: "√(node² + synapses² + kT/C_hold + readout noise² + LSB²/12)",
        assumes: [readout(c), ...reading.leftOut],
      },
      combine([reading.found], Math.sqrt),
    ),
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
        assumes: ["signal of the neurons: rms over neurons and images, where they settle"],
      },
      decibels(
        combine(
          [reading.found, c.operation?.squares ?? unmeasured],
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

function drivenNoise(c: Case): Found {
  const { circuit, wiring, weights } = c;
  const node = nodeNoise(circuit);
  const { shot = 0 } = circuit.noise;
  const excess = familyOf(circuit).excess(circuit);
  if (excess === undefined)
    return {
      missing: "the schematic gives no noise.excess, the factor γ (2/3 for a long channel)",
    };
  if (!weights) return unmeasured;
  const all = neurons(wiring);
  const driving =
    wiring.blocks.reduce((sum, b, k) => sum + (leadsBack(b) ? 2 : 1) * weights.absolute[k], 0) /
    all;
  const ofShot = shot === 0 ? 0 : shotVariance(circuit) * (driving + weights.biases / all);
  return Math.sqrt(node ** 2 * (1 + excess * driving) + ofShot);
}

/** Variance of one reading, V², of what is known of it. */
export function readingNoise(c: Case): Sum {
  const {
    circuit: { converters, hold },
  } = c;
  const readout = converters?.readout;
  const driven = drivenNoise(c);
  const node = nodeNoise(c.circuit);
  return sumOf("the noise of a reading", [
    { name: "the node", found: node ** 2 },
    { name: "that of synapses", found: combine([driven], (v) => v ** 2 - node ** 2) },
    ...(hold
      ? [
          {
            name: "sample-and-hold",
            found: (node ** 2 * c.circuit.neuron.capacitance) / hold.capacitance,
          },
        ]
      : []),
    ...(readout ? [{ name: "readout noise", found: readout.noise ** 2 }] : []),
    ...(readout?.bits === undefined
      ? []
      : [
          {
            name: "steps of the ADC",
            found: ((readout.high - readout.low) / (2 ** readout.bits - 1)) ** 2 / 12,
          },
        ]),
  ]);
}
