import { ends } from "../devices/device.ts";
import { registerStep } from "../devices/scale.ts";
import {
  accumulates,
  bitsOf,
  coarsestBits,
  dacBitsOf,
  deviceOf,
  roundsByChance,
  spanOf,
  type WeightStore,
} from "../elements.ts";
import { noiseGain, type Scheme } from "../nudging.ts";
import { familyOf } from "../families/families.ts";
import type { SynapseRule } from "../families/family.ts";
import { answer, combine, isMissing, type Answer, type Found } from "./answer.ts";
import { swing, unmeasured, type BlockSignal, type Case } from "./case.ts";
import { laborieux2021, scellier2017, scellier2018 } from "./cites.ts";
import { readingNoiseAnswer } from "./noise.ts";
import { power, square } from "../../numerics/power.ts";

/** What is said of a scheme beside its β. */
const ofScheme = {
  "one-sided": "",
  centred: ", both signs",
  points: ", at several points from +β to −β",
  "lock-in": ", as β cos ωt",
} satisfies Record<Scheme["kind"], string>;

/** What divides the noise of one reading: β, 2β of both signs, and β over its gain of others. */
function dividing(contrast: Case["contrast"]): string {
  if (!contrast) return "β";
  const times = Math.SQRT2 / noiseGain(contrast.nudging);
  return Math.abs(times - 1) < 1e-9 ? "β" : `${Number(times.toPrecision(3))}β`;
}

/** What learning forms, and what the noise of both readings is multiplied by. */
const formulas = {
  products: { signal: "⟨s⁺_i s⁺_j − s⁻_i s⁻_j⟩ / β", read: "s_i² + s_j²" },
  drops: { signal: "⟨(s⁺_i − s⁺_j)² − (s⁻_i − s⁻_j)²⟩ / 2β", read: "2 (s_i − s_j)²" },
} satisfies Record<SynapseRule, { readonly signal: string; readonly read: string }>;

/** Whether the difference of two settled states can be read and programmed. */
export function learningAnswers(c: Case): readonly Answer[] {
  const { contrast } = c;
  const family = familyOf(c.circuit);
  const { signal: signalFormula, read } = formulas[family.rule];
  const amplified = family.amplification(c.circuit) !== 1;
  const noise = gradientNoise(c, readingNoiseAnswer(c).found);
  const signal = gradientSignal(c);
  const about = { topic: "learning", unit: "", cites: [scellier2017] } as const;
  const batch = contrast
    ? `learning from minibatches of ${contrast.batch} with |β| = ` +
      `${contrast.beta}${ofScheme[contrast.nudging.scheme]}`
    : "minibatches as trained";
  return [
    answer(
      {
        ...about,
        key: "learning.signal",
        quantity: "Learning signal, rms over synapses",
        formula: signalFormula,
        assumes: [
          batch,
          "the learning signal is that of test samples, with the chip's noise switched off",
        ],
      },
      signal,
    ),
    answer(
      {
        ...about,
        key: "learning.noise",
        quantity: "Its noise, rms over synapses",
        formula:
          `σ √(2 ⟨${amplified ? "(c_i² + c_j²)(s_i − s_j)²" : read}⟩ ` +
          `/ B) / ${dividing(contrast)}`,
        assumes: [
          "σ: noise of one reading over the rail span, independent from reading to reading",
          "inputs are known exactly",
          ...(amplified
            ? [
                "c: the state that one rail span at a node is, an amplifier's gain to the " +
                  "power of the layers above it",
              ]
            : []),
          ...readingNoiseAnswer(c).leftOut,
        ],
      },
      noise,
    ),
    answer(
      {
        ...about,
        unit: "dB",
        key: "learning.snr",
        quantity: "Learning signal over its noise",
        formula: "20 log₁₀(signal / noise)",
      },
      combine([signal, noise], (s, n) => 20 * Math.log10(s / n)),
    ),
    answer(
      {
        ...about,
        key: "learning.beta.least",
        quantity: "β at which noise is as strong as the signal",
        formula: "β · noise / signal",
        assumes: ["the learning signal does not depend on β"],
      },
      combine([signal, noise, contrast?.beta ?? unmeasured], (s, n, beta) => (beta * n) / s),
    ),
    optimum(c, noise),
    symmetry(c),
    ...steps(c),
  ];
}

/** Whether what units send is what they receive: without that nothing is minimised. */
function symmetry({ asymmetry, circuit }: Case): Answer {
  const found = asymmetry ?? unmeasured;
  const none = !isMissing(found) && found > 0;
  const saturates = familyOf(circuit).saturation(circuit) !== undefined;
  return answer(
    {
      key: "learning.asymmetry",
      topic: "learning",
      unit: "",
      quantity: "Asymmetry of the weights between neurons",
      formula: "‖W − Wᵀ‖ / ‖W + Wᵀ‖",
      cites: [scellier2018],
      assumes: [
        "W: the weights between neurons as the chip conducts them, gains included, noise left out",
        ...(none
          ? [
              "where the two directions of a synapse differ no energy exists: the chip " +
                "follows a vector field, and what it learns is not the gradient but near it as " +
                "far as the asymmetry is small",
            ]
          : []),
        ...(!none && saturates
          ? ["transconductors that saturate leave no energy either, whatever the weights"]
          : []),
      ],
    },
    found,
  );
}

/** Rms over the synapses of the learning signal D. */
export function gradientSignal({ contrast }: Case): Found {
  return contrast ? rms(contrast.blocks, (b) => b.rms) : unmeasured;
}

/**
 * Rms over the synapses of the noise of D, whose four factors are read once each with so many V² of
 * noise.
 */
export function gradientNoise(c: Case, variance: Found): Found {
  const { contrast } = c;
  if (!contrast) return unmeasured;
  const { beta, nudging, batch, blocks } = contrast;
  return combine(
    [variance],
    (v) =>
      (Math.sqrt(v) / swing(c.circuit) / beta) *
      (noiseGain(nudging) / Math.SQRT2) *
      rms(blocks, (b) => Math.sqrt((2 * b.squares) / batch)),
  );
}

function rms(blocks: readonly BlockSignal[], of: (block: BlockSignal) => number): number {
  const all = blocks.reduce((n, b) => n + b.synapses, 0);
  return Math.sqrt(blocks.reduce((sum, b) => sum + b.synapses * square(of(b)), 0) / all);
}

/**
 * Where (c β^p)² + (n/β)² is least, p the order of the scheme; c by the change of the signal when β
 * is halved, and when half of it is. Where units meet rails the two differ.
 */
function optimum({ contrast }: Case, noise: Found): Answer {
  const order = contrast?.nudging.order ?? 1;
  const at = (beta: number, of: "halving" | "halvingAgain") =>
    !contrast
      ? unmeasured
      : combine([noise], (std) => {
          const n = std * contrast.beta;
          const halving = rms(contrast.blocks, (b) => b[of]);
          const c = halving / ((1 - power(2, -order)) * power(beta, order));
          return power(square(n) / (order * square(c)), 1 / (2 * order + 2));
        });
  const beta = contrast?.beta ?? NaN;
  const ends = [at(beta, "halving"), at(beta / 2, "halvingAgain")] as const;
  const least = combine(ends, Math.min);
  const most = combine(ends, Math.max);
  const range = isMissing(least) || isMissing(most) ? null : ([least, most] as const);
  const disagree = range !== null && range[1] > 2 * range[0];
  return {
    ...answer(
      {
        key: "learning.beta.optimum",
        topic: "learning",
        quantity: "β of the least error of the learning signal",
        unit: "",
        cites: [scellier2017, laborieux2021],
        formula:
          order === 1
            ? "√(n / c),  error² = (c β)² + (n/β)²"
            : `(n² / ${order}c²)^(1/${2 * order + 2}),  error² = (c β^${order})² + (n/β)²`,
        assumes: [
          "c from what halving β changes in the signal, at the β of the run and at half of it, " +
            `n from its noise; so ∝ (σ²/B)^(1/${2 * order + 2})`,
          disagree
            ? "the two β that it was measured at do not agree: units meet a rail on the way, and " +
              "the best β moves with the β of the run; try some of the range, as a grid of " +
              "learning.beta"
            : "the learning signal is smooth in β, as far as the two β tell",
          ...(order > 1
            ? []
            : [
                "the best β is that of one minibatch: a random sign of β averages the bias over " +
                  "many to a smaller one",
              ]),
          ...(range !== null && range[1] > 1
            ? ["beyond β = 1 the outputs are at the target, and more does not help"]
            : []),
        ],
      },
      combine(ends, (one, other) => Math.sqrt(one * other)),
    ),
    ...(range !== null && range.every(Number.isFinite) && { range }),
  };
}

/**
 * Block by block, the typical change of a weight in one minibatch against the least that can be
 * programmed.
 */
function steps(c: Case): readonly Answer[] {
  const { contrast } = c;
  const step = weightStep(c);
  const small = belowHalf(c.circuit.synapse);
  const about = { topic: "learning", unit: "", cites: [scellier2017] } as const;
  const device = answer(
    {
      ...about,
      cites: [],
      key: "learning.step",
      quantity: `Step of a weight${step.of}`,
      formula: step.formula,
    },
    step.found,
  );
  if (!contrast)
    return [
      device,
      answer(
        {
          ...about,
          key: "learning.change",
          quantity: "Median change of a weight, a minibatch",
          formula: "η |signal|",
        },
        unmeasured,
      ),
    ];
  return [
    device,
    ...contrast.blocks.flatMap((b) => [
      answer(
        {
          ...about,
          key: `learning.change.${b.from}-${b.to}`,
          quantity: `Median change of a weight, block ${b.from}-${b.to}`,
          formula: "η |signal|, of those that change",
          assumes: [`η = ${b.rate} into layer ${b.to}`],
        },
        b.rate * b.percentiles[50],
      ),
      answer(
        {
          ...about,
          key: `learning.lost.${b.from}-${b.to}`,
          quantity: `Changes below half a step, block ${b.from}-${b.to}`,
          formula: "share of the weights that change",
          assumes: [small],
        },
        combine([step.found], (s) => shareBelow(b.percentiles, s / 2 / b.rate)),
      ),
    ]),
  ];
}

/** What becomes of changes below half a step. */
function belowHalf(store: WeightStore): string {
  const what = "changes below half a step ";
  if (accumulates(store)) return `${what}are summed up by accumulators until they make one`;
  if (roundsByChance(store) || store.memory === "devices")
    return `${what}make a whole one now and then, by chance: they count on average`;
  return bitsOf(store) === undefined
    ? `${what}are summed up in a register that is exact, and seen when they make one`
    : `${what}are lost: registers round to the nearest number, and nothing sums them up`;
}

/** Share of the values below `level`, from their percentiles. */
export function shareBelow(percentiles: readonly number[], level: number): number {
  if (percentiles.some(Number.isNaN) || percentiles.length === 0) return NaN;
  const above = percentiles.findIndex((p) => p >= level);
  if (above <= 0) return above === 0 ? 0 : 1;
  const from = percentiles[above - 1];
  const to = percentiles[above];
  return (above - 1 + (level - from) / (to - from)) / (percentiles.length - 1);
}

/** The least change of a weight that can be programmed. */
function weightStep(c: Case): {
  readonly found: Found;
  readonly formula: string;
  readonly of: string;
} {
  const { synapse } = c.circuit;
  const { signed, stateScale } = familyOf(c.circuit);
  if (synapse.memory !== "devices") {
    const bits = coarsestBits(synapse);
    const span = spanOf(synapse);
    const found =
      bits === undefined || span === undefined
        ? { missing: "weights have no steps: neither synapse.bits nor synapse.dac is given" }
        : registerStep(span, bits, signed);
    return {
      found,
      formula: signed ? "span / (2^(bits−1) − 1)" : "span / (2^bits − 1)",
      of:
        dacBitsOf(synapse) === bits && bits !== bitsOf(synapse) ? " of its DAC" : " in a register",
    };
  }
  const device = deviceOf(synapse);
  const formula = "Δx of a pulse, or of a state, as a weight";
  const of = " in a device";
  if (device === undefined) return { found: { missing: "no device is named" }, formula, of };
  const [low, high] = ends(device);
  const { update, states, name } = device;
  const { span: each } = stateScale(c.circuit, device);
  if (states !== null) return { found: (each * (high - low)) / (states - 1), formula, of };
  return {
    found: update.law === "ideal" ? { missing: `${name} takes any change` } : each * update.step,
    formula,
    of,
  };
}
