import type { TransconductorCircuit } from "../../../circuit/circuit.ts";
import { deviceOf, spanOf } from "../../../circuit/elements.ts";
import { conductance, paired } from "../../../circuit/devices/device.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { DieParts, Own } from "../../parts.ts";
import type { Fluctuating, Route, Routes } from "../contract.ts";
import { weightOf } from "../memory/law.ts";
import { fluctuationKey, readingNoise, type ReadingNoise } from "../read-noise.ts";
import { fillTerminals, telegraph, type SwitchStates, type Telegraph } from "../telegraph.ts";

type TransconductorParts = DieParts<TransconductorCircuit>;

/**
 * The directions of a block that fluctuate as one, what is conducted in them, and which of the
 * synapses are switched.
 */
interface Bundle {
  readonly key: number;
  readonly rows: number;
  readonly cols: number;
  readonly states: SwitchStates | null;
  readonly lines: readonly Line[];
}
interface Line {
  readonly plain: Route;
  readonly way: number;
  readonly width: number;
  readonly held: number;
  readonly real: Route;
}

/**
 * Conductances that fluctuate about what the synapses were programmed to:
 *
 *   reading    G (1 + σ η), η normal, new at every presentation (`noise.read`; only where a
 *              device holds the weight; of a device against a fixed reference the device alone,
 *              of a pair each of the two);
 *   telegraph  G or G (1 − δ), exchanged at a rate r each way while inputs are presented
 *              (`noise.telegraph`).
 *
 * They belong to the chip, and so are shared by all samples of a minibatch, and by the two
 * directions of a synapse that is reciprocal. All is a function of seed, moment and step. Each
 * member of a team has them for itself, as each is somewhere else in time. Null where nothing
 * fluctuates.
 */
export function fluctuation(
  die: TransconductorParts,
  own: Own,
  programmed: Routes,
): Fluctuating | null {
  const { memory, circuit, inputs: x } = die;
  const sigma = deviceOf(circuit.synapse) === undefined ? 0 : (circuit.noise.read ?? 0);
  const switching = telegraph(memory, circuit, x);
  if (sigma === 0 && !switching) return null;
  const bundles = bundlesOf(die, programmed, sigma > 0, switching);
  const read = sigma > 0 ? readings(die, programmed, sigma) : null;
  const lines = bundles.flatMap((b) => b.lines);
  const dense = switching ? memory.reals(x.capacity * x.width) : null;
  const programs = memory.ints(1);
  let seen = { moment: NaN, programs: -1 };
  const begin = () => {
    const { moment } = x.presented;
    const same = seen.moment === moment && seen.programs === programs.array[0];
    if (read && !same) for (const b of bundles) read(b);
    seen = { moment, programs: programs.array[0] };
    if (!switching) return;
    for (const b of bundles) dim(die, b, switching.keep);
    fillTerminals(x, dense!.ptr, [1], memory);
  };
  return {
    feeds: lines.filter((l) => l.plain.source === 0).map((l) => l.real),
    // In the order of the plain ones: sums are formed in that order.
    routes: programmed.routes.map((r) => lines.find((l) => l.plain === r)!.real),
    memoryless: false,
    begin,
    adjusted() {
      seen = { moment: NaN, programs: -1 };
    },
    programmed() {
      programs.array[0]++;
    },
    step(dt) {
      switching?.step(dt);
    },
    ...(switching && {
      before(tick: number, follow: boolean) {
        for (const b of bundles) flip(die, own, b, { tick, follow, dense: dense!, switching });
        own.fresh &&= follow;
      },
    }),
  };
}

function bundlesOf(
  { memory, circuit, seed }: TransconductorParts,
  { feeds, routes }: Routes,
  reads: boolean,
  switching: Telegraph | null,
): readonly Bundle[] {
  const shared = circuit.mismatch.reciprocal;
  const reals = (n: number) => memory.privateReals(n);
  const all = [...feeds, ...routes];
  const line = (plain: Route, way: number): Line => {
    const n = plain.rows * plain.stride;
    const held = reads ? reals(n).ptr : plain.matrix;
    return {
      plain,
      way,
      width: way === 1 ? plain.weights.rows : plain.weights.cols,
      held,
      real: { ...plain, matrix: switching ? reals(n).ptr : held },
    };
  };
  const bundle = (lines: readonly Line[], label: string): Bundle => {
    const { weights } = lines[0].plain;
    const { rows, cols } = weights;
    const key = fluctuationKey(seed, label, weights);
    return { key, rows, cols, states: switching && switching.states(rows * cols, key), lines };
  };
  return all
    .filter((r) => !r.back)
    .flatMap((forward): Bundle[] => {
      const lateral = forward.source === forward.sink;
      const back = all.find((r) => r.back && r.weights === forward.weights);
      const up = line(forward, lateral && shared ? 2 : 0);
      const down = back ? [line(back, 1)] : [];
      if (shared) return [bundle([up, ...down], "synapse")];
      return [bundle([up], "synapse"), ...down.map((l) => bundle([l], "backward synapse"))];
    });
}

/** Gives the lines of a bundle a new reading. */
function readings(
  { memory, at, circuit, inputs: x }: TransconductorParts,
  { feeds, routes }: Routes,
  sigma: number,
): (b: Bundle) => void {
  const { kernels } = memory;
  const all = [...feeds, ...routes];
  const plain = all.filter((r) => !r.back).map((r) => r.weights);
  const { z, draw }: ReadingNoise = readingNoise(memory, at, sigma, plain, x);
  const turned = memory.privateReals(Math.max(...all.map((r) => r.rows * r.stride)));
  const device = deviceOf(circuit.synapse)!;
  const pair = Number(paired(device));
  /** What conducts at a weight of zero, in units of the weight. */
  const rest = weightOf(device, spanOf(circuit.synapse)!, conductance(device, 0));
  return ({ key, rows, cols, lines }) => {
    const [{ plain: leading, way: first }] = lines;
    const { weights } = leading;
    draw(weights, key, first === 2);
    for (const { plain, way, held } of lines) {
      const n = plain.rows * plain.stride;
      if (way === 1) {
        turned.array.fill(0, 0, n);
        kernels.transpose(z.ptr, weights.stride, rows, cols, turned.ptr, plain.stride, 0, rows);
      }
      const noise = way === 1 ? turned.ptr : z.ptr;
      kernels.readDevices(held, plain.matrix, noise, n, rest, pair);
    }
  };
}

/** Draws the states of what switches, and conducts accordingly. */
function dim({ memory: { kernels } }: TransconductorParts, b: Bundle, keep: number): void {
  const { cols, states, lines } = b;
  states!.draw();
  for (const { plain, way, width, held, real } of lines) {
    const { rows, stride } = plain;
    const { bits } = states!;
    kernels.dimSynapses(real.matrix, held, bits, rows, width, stride, cols, way, keep);
  }
}

interface Flip {
  readonly tick: number;
  readonly follow: boolean;
  /** What stands at the terminals, as rows. */
  readonly dense: Slot<Vec>;
  readonly switching: Telegraph;
}

/** Switches what switches, and adds what that changes to the sums of the samples in focus. */
function flip(
  { memory: { kernels, bytes }, at, inputs: x }: TransconductorParts,
  { state, drive, still }: Own,
  { cols, states, lines }: Bundle,
  { tick, follow, dense, switching: { keep } }: Flip,
): void {
  const { size } = at;
  const row = x.first * size * bytes;
  const samples = x.last - x.first;
  states!.flip(tick, (list, many) => {
    for (const { plain, way, held, real } of lines) {
      const { source, sink, rows, stride } = plain;
      const to = row + at.offset[sink] * bytes;
      const fed = source === 0;
      const from = fed
        ? dense.ptr + x.first * x.width * bytes
        : state.ptr + row + at.offset[source] * bytes;
      const moved = follow ? drive.ptr + to : 0;
      const sums = fed ? still.ptr + to : moved;
      kernels.applySwitches(
        list,
        many,
        real.matrix,
        held,
        rows,
        stride,
        cols,
        way,
        keep,
        from,
        fed ? x.width : size,
        sums,
        fed ? moved : 0,
        size,
        // Without a drive that has to follow, only matrices change.
        sums === 0 ? 0 : samples,
      );
    }
  });
}
