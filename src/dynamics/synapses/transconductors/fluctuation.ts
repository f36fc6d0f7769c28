import type { Circuit } from "../../../circuit/circuit.ts";
import { conductance, paired } from "../../../circuit/devices/device.ts";
import { deviceNamed } from "../../../circuit/devices/registry.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { Inputs } from "../../inputs.ts";
import type { Layout } from "../../layout.ts";
import { weightOf } from "../memory/law.ts";
import { fluctuationKey, readingNoise, type ReadingNoise } from "../read-noise.ts";
import type { Route, Synapses } from "./synapses.ts";
import { fillTerminals, telegraph, type States } from "../telegraph.ts";

/** What moves while inputs are presented: telegraph noise. */
export interface Switching {
  /** Readies steps of `dt`, in τ. */
  step(dt: number): void;
  /**
   * Switches what switches at the beginning of a step, and adds what that changes to the sums of
   * the samples in focus: to `still`, and to `drive` unless it is null.
   */
  move(tick: number, still: Slot<Vec>, drive: Slot<Vec> | null): void;
}

/** Synapses whose conductance is not what it was programmed to. */
export interface Fluctuation extends Pick<Synapses, "feeds" | "routes"> {
  /** Before inputs are presented: a new reading, and the stationary law of what switches. */
  begin(): void;
  /**
   * Says that this member's team changed weights (every member says so), or that one member
   * programmed them for all.
   */
  adjusted(): void;
  programmed(): void;
  readonly switching: Switching | null;
}

/**
 * The directions of a block that fluctuate as one, what is conducted in them, and which of the
 * synapses are switched.
 */
interface Bundle {
  readonly key: number;
  readonly rows: number;
  readonly cols: number;
  readonly states: States | null;
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
 *   reading    G (1 + σ η), η normal, new at every presentation (`noise.read`; only where a device holds the weight; of a
 *              device against a fixed reference the device alone, of a pair each of the two);
 *   telegraph  G or G (1 − δ), exchanged at a rate r each way while inputs are presented (`noise.telegraph`).
 *
 * They belong to the chip, and so are shared by all samples of a minibatch, and by the two
 * directions of a synapse that is reciprocal. All is a function of seed, moment and step. Each
 * member of a team has them for itself, as each is somewhere else in time. Null where nothing
 * fluctuates.
 */
export function fluctuation(
  memory: Arena,
  at: Layout,
  circuit: Circuit,
  x: Inputs,
  { feeds, routes }: Pick<Synapses, "feeds" | "routes">,
  state: Slot<Vec>,
  seed: number,
): Fluctuation | null {
  const sigma = circuit.synapse?.device === undefined ? 0 : (circuit.noise.read ?? 0);
  const switching = telegraph(memory, circuit, x);
  if (sigma === 0 && !switching) return null;
  const { kernels, bytes } = memory;
  const { size } = at;
  const keep = switching?.keep ?? 1;
  const shared = circuit.mismatch.reciprocal;
  const reals = (n: number) => memory.privateReals(n);
  const all = [...feeds, ...routes];
  const noise =
    sigma > 0
      ? readingNoise(
          memory,
          at,
          sigma,
          all.filter((r) => !r.back).map((r) => r.weights),
          x,
        )
      : null;
  const turned = reals(sigma > 0 ? Math.max(...all.map((r) => r.rows * r.stride)) : 0);
  const device = sigma > 0 ? deviceNamed(circuit.synapse!.device!) : null;
  const pair = device !== null && paired(device);
  /** What conducts at a weight of zero, in units of the weight. */
  const rest = device ? weightOf(device, circuit.synapse!.span ?? 1, conductance(device, 0)) : 0;
  const dense = switching ? memory.reals(x.capacity * x.width) : null;
  const programs = memory.ints(1);

  const line = (plain: Route, way: number): Line => {
    const n = plain.rows * plain.stride;
    const held = sigma > 0 ? reals(n).ptr : plain.matrix;
    const width = way === 1 ? plain.weights.rows : plain.weights.cols;
    return { plain, way, width, held, real: { ...plain, matrix: switching ? reals(n).ptr : held } };
  };
  const bundle = (lines: readonly Line[], label: string): Bundle => {
    const { rows, cols } = lines[0].plain.weights;
    const key = fluctuationKey(seed, label, lines[0].plain.weights);
    return { key, rows, cols, states: switching && switching.states(rows * cols, key), lines };
  };
  const bundles = all
    .filter((r) => !r.back)
    .flatMap((forward): Bundle[] => {
      const lateral = forward.source === forward.sink;
      const back = all.find((r) => r.back && r.weights === forward.weights);
      const up = line(forward, lateral && shared ? 2 : 0);
      const down = back ? [line(back, 1)] : [];
      return shared
        ? [bundle([up, ...down], "synapse")]
        : [bundle([up], "synapse"), ...down.map((l) => bundle([l], "backward synapse"))];
    });
  const read = (b: Bundle, { z, draw }: ReadingNoise) => {
    const [
      {
        plain: { weights },
        way: first,
      },
    ] = b.lines;
    const { stride } = weights;
    draw(weights, b.key, first === 2);
    for (const { plain, way, held } of b.lines) {
      if (way === 1) {
        turned.array.fill(0, 0, plain.rows * plain.stride);
        kernels.transpose(z.ptr, stride, b.rows, b.cols, turned.ptr, plain.stride, 0, b.rows);
      }
      kernels.readDevices(
        held,
        plain.matrix,
        way === 1 ? turned.ptr : z.ptr,
        plain.rows * plain.stride,
        rest,
        Number(pair),
      );
    }
  };
  let seen = { moment: NaN, programs: -1 };
  return {
    feeds: bundles
      .flatMap((b) => b.lines)
      .filter((l) => l.plain.source === 0)
      .map((l) => l.real),
    // In the order of the plain ones: sums are formed in that order.
    routes: routes.map((r) => bundles.flatMap((b) => b.lines).find((l) => l.plain === r)!.real),
    adjusted() {
      seen = { moment: NaN, programs: -1 };
    },
    programmed() {
      programs.array[0]++;
    },
    begin() {
      const { moment } = x.presented;
      const same = seen.moment === moment && seen.programs === programs.array[0];
      if (noise && !same) for (const b of bundles) read(b, noise);
      seen = { moment, programs: programs.array[0] };
      if (!switching) return;
      for (const { cols, states, lines } of bundles) {
        states!.draw();
        for (const { plain, way, width, held, real } of lines)
          kernels.dimSynapses(
            real.matrix,
            held,
            states!.bits,
            plain.rows,
            width,
            plain.stride,
            cols,
            way,
            keep,
          );
      }
      fillTerminals(x, dense!.ptr, [1], memory);
    },
    switching: switching && {
      step: switching.step,
      move(tick, still, drive) {
        const row = x.first * size * bytes;
        const samples = x.last - x.first;
        for (const { cols, states, lines } of bundles)
          states!.flip(tick, (list, many) => {
            for (const {
              plain: { source, sink, rows: height, stride },
              way,
              held,
              real,
            } of lines) {
              const to = row + at.offset[sink] * bytes;
              const fed = source === 0;
              const [from, fromStride] = fed
                ? [dense!.ptr + x.first * x.width * bytes, x.width]
                : [state.ptr + row + at.offset[source] * bytes, size];
              const [sums, also] = fed
                ? [still.ptr + to, drive ? drive.ptr + to : 0]
                : [drive ? drive.ptr + to : 0, 0];
              // Without a drive that has to follow, only matrices change.
              kernels.applySwitches(
                list,
                many,
                real.matrix,
                held,
                height,
                stride,
                cols,
                way,
                keep,
                from,
                fromStride,
                sums,
                also,
                size,
                sums === 0 ? 0 : samples,
              );
            }
          });
      },
    },
  };
}
