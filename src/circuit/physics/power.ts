import { format } from "../../numerics/units.ts";
import { familyOf, unitConductance } from "../families/families.ts";
import { conductance, ends, type DeviceModel } from "../devices/device.ts";
import { deviceOf, spanOf } from "../elements.ts";
import { answer, combine, sumOf, type Answer, type Found, type Sum } from "./answer.ts";
import {
  carrierOf,
  leadsBack,
  swing,
  unmeasured,
  type Case,
  type Load,
  type Sums,
} from "./case.ts";
import type { Carrier } from "../families/family.ts";
import { agarwal2016, mead1989, weste2011 } from "./cites.ts";
import { square } from "../../numerics/power.ts";

/** What differs between the carriers of a weight's current. */
interface CarrierFacts {
  /** Whether bias currents feed the leaks, whose power then is in them. */
  readonly feedsLeaks: boolean;
  /** Whether a synapse is the resistor itself, which both its nodes see. */
  readonly bare: boolean;
}
const carriers = {
  transconductors: { feedsLeaks: true, bare: false },
  resistors: { feedsLeaks: false, bare: true },
  lines: { feedsLeaks: false, bare: false },
} satisfies Record<Carrier, CarrierFacts>;

/** What the circuit burns while it stands still. */
export function powerAnswers(c: Case): readonly Answer[] {
  const { found, leftOut } = staticPower(c);
  const { feedsLeaks } = carriers[carrierOf(c)];
  return [
    synapsePower(c),
    answer(
      {
        key: "power.leak",
        topic: "energy",
        quantity: "Dissipation of the leaks",
        unit: "W",
        formula: "Σ G_L (V_i − V_low)²",
        cites: [weste2011],
        assumes: [
          "dissipation is a mean over the samples, where they settle",
          ...(feedsLeaks
            ? [
                "bias currents of transconductors feed the leaks, so that the static power " +
                  "does not count them again",
              ]
            : []),
        ],
      },
      leakPower(c),
    ),
    answer(
      {
        key: "power.static",
        topic: "energy",
        quantity: "Static power of the array",
        unit: "W",
        ...scaledBy(c),
        formula: feedsLeaks
          ? "synapses + Σ |b_i| G_L V_s V_dd"
          : "synapses + leaks + Σ |b_i| G_L V_s V_dd",
        cites: [weste2011],
        assumes: [
          supplyNote(c),
          "conductances to targets and guesses, and drivers of the inputs, are not counted",
          ...leftOut,
        ],
      },
      found,
    ),
  ];
}

/** Synapses, biases, and leaks where nothing else feeds them. */
export function staticPower(c: Case): Sum {
  const synapses = synapsePower(c);
  if (synapses.value === null) return { found: { missing: synapses.unknown! }, leftOut: [] };
  return sumOf("the static power", [
    { name: "synapses", found: synapses.value },
    { name: "biases", found: biasPower(c) },
    ...(carriers[carrierOf(c)].feedsLeaks ? [] : [{ name: "leaks", found: leakPower(c) }]),
  ]);
}

function biasPower({ circuit, weights, given }: Case): Found {
  return weights
    ? weights.biases * unitConductance(circuit) * swing(circuit) * (given.supply ?? swing(circuit))
    : unmeasured;
}

function leakPower({ circuit, operation }: Case): Found {
  return operation ? circuit.neuron.leak * square(swing(circuit)) * operation.squares : unmeasured;
}

function synapsePower(c: Case): Answer {
  const about = { key: "power.synapses", topic: "energy", unit: "W" } as const;
  const carrier = carrierOf(c);
  switch (carrier) {
    case "transconductors":
      return answer(
        {
          ...about,
          quantity: "Static power of the synapses",
          formula: "V_dd Σ I_b,  I_b = G_m / (g_m/I),  G_m = |w| G_L",
          ...scaledBy(c),
          cites: [mead1989],
          assumes: [
            supplyNote(c),
            gmNote(c),
            "a transconductor each way",
            ...(c.weights ? [`Σ|w| of ${c.weights.source}`] : []),
            "mirrors, buffers and bias generators are not counted",
          ],
        },
        transconductors(c),
      );
    case "resistors":
      return answer(
        {
          ...about,
          quantity: "Dissipation of the synapses",
          formula: "Σ G_ij (V_i − V_j)²",
          cites: [agarwal2016],
          assumes: [
            conductanceNote(c),
            "dissipation is a mean over the samples, where they settle",
            ...(c.circuit.neuron.clamp === "ideal" ? [] : ["what diodes dissipate is not counted"]),
          ],
        },
        resistors(c, ({ across }) => [across]),
      );
    case "lines":
      return answer(
        {
          ...about,
          quantity: "Dissipation of the synapses",
          formula: "Σ (G_ij + G_ref,ij) (V − V_low)², V of every driving end",
          cites: [agarwal2016],
          assumes: [
            conductanceNote(c),
            "currents are summed at the low rail",
            "dissipation is a mean over the samples, where they settle",
          ],
        },
        resistors(c, ({ from, to }, back) => (back ? [from, to] : [from])),
      );
    default:
      return carrier satisfies never;
  }
}

/** V_dd G_L / (g_m/I) Σ|w|, twice where a block leads back. */
function transconductors({ circuit, wiring, weights, given }: Case): Found {
  if (!weights) return unmeasured;
  const directed = wiring.blocks.reduce(
    (sum, b, k) => sum + (leadsBack(b) ? 2 : 1) * weights.absolute[k],
    0,
  );
  return (
    ((given.supply ?? swing(circuit)) * directed * circuit.neuron.leak) /
    gmOverI({ circuit, given })
  );
}

/**
 * Where the schematic saturates, I = G_m V_l tanh(ΔV/V_l) says I_b = G_m V_l; linear over the rails
 * takes I_b = G_m V_s.
 */
function gmOverI({ circuit, given }: Pick<Case, "circuit" | "given">): number {
  return given.gmOverI ?? 1 / (familyOf(circuit).saturation(circuit) ?? swing(circuit));
}

/** What static currents of transconductors are inverse to, where nobody gave it. */
export function scaledBy(c: Case): Pick<Answer, "restsOn"> {
  return carriers[carrierOf(c)].feedsLeaks && c.given.gmOverI === undefined
    ? { restsOn: `g_m/I = ${gmText(c)}` }
    : {};
}

const gmText = (c: Case) => `${Number(gmOverI(c).toPrecision(3))}/V`;

function gmNote(c: Case): string {
  const value = gmText(c);
  if (c.given.gmOverI !== undefined) return `g_m/I = ${value}, as given`;
  return familyOf(c.circuit).saturation(c.circuit) !== undefined
    ? `g_m/I = ${value}: neuron.saturation, I_b = G_m V_l`
    : `g_m/I = ${value}: linear from rail to rail in class A, I_b = G_m V_s`;
}

function supplyNote({ circuit, given }: Case): string {
  return given.supply === undefined
    ? `V_dd = ${format(swing(circuit), "V")}, the rail span: a lower bound, as no supply is given`
    : `V_dd = ${format(given.supply, "V")}, as given`;
}

/**
 * What a synapse conducts is affine in its weight, G = a + b|w| + c w, so that Σ G q follows from
 * three sums.
 */
function resistors(c: Case, drops: (load: Load, back: boolean) => readonly Sums[]): Found {
  const { operation, wiring, circuit } = c;
  const { bare } = carriers[carrierOf(c)];
  const law = conductanceLaw(c);
  if (!operation) return unmeasured;
  return combine(
    [law.a, law.b, law.c],
    (a, b, signed) =>
      wiring.blocks.reduce((sum, block, k) => {
        const dissipated = drops(operation.blocks[k], leadsBack(block)).reduce(
          (p, q) => p + a * q.plain + b * q.absolute + signed * q.signed,
          0,
        );
        // A lateral block lists both ends of each resistor.
        return sum + (block.from === block.to && bare ? dissipated / 2 : dissipated);
      }, 0) * square(swing(circuit)),
  );
}

interface ConductanceLaw {
  readonly a: Found;
  readonly b: Found;
  readonly c: Found;
}

/**
 * The resistor of a crossbar is its weight; else w = span·x: of a device and a fixed one of x = 0,
 * or of two one-sided devices of which one rests.
 */
function conductanceLaw(c: Case): ConductanceLaw {
  const device = deviceOf(c.circuit.synapse);
  if (device === undefined || carriers[carrierOf(c)].bare)
    return { a: 0, b: unitConductance(c.circuit), c: 0 };
  const rest = conductance(device, 0);
  const slope = perWeight(device, spanOf(c.circuit.synapse) ?? 1);
  return device.sign === "differential"
    ? { a: 2 * rest, b: slope, c: 0 }
    : { a: 2 * rest, b: 0, c: slope };
}

/** Siemens that a device adds for each unit of weight. */
function perWeight(device: DeviceModel, span: number): number {
  const [low, high] = ends(device);
  const [least, most] = device.range;
  return (most - least) / (high - low) / span;
}

function conductanceNote(c: Case): string {
  if (carriers[carrierOf(c)].bare) return "G = w G₁";
  const device = deviceOf(c.circuit.synapse);
  if (device === undefined) return "one of a pair conducts |w| G_L, the other nothing";
  return device.sign === "differential"
    ? `${device.name}: one of a pair carries |w|, the other rests at x = 0`
    : `${device.name}: each beside a reference of its own at x = 0`;
}

/**
 * k in w G_L = k (G − G of w = 0): the current gain between device and neuron that the schematic
 * implies; null without a device, and of resistors, which hang on the nodes themselves.
 */
export function deviceGain(c: Case): number | null {
  const { synapse, neuron } = c.circuit;
  const device = deviceOf(synapse);
  const span = spanOf(synapse);
  if (device === undefined || span === undefined || carriers[carrierOf(c)].bare) return null;
  return neuron.leak / perWeight(device, span);
}
