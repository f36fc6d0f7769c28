import type { Circuit } from "../../src/circuit/circuit.ts";
import type { ChipState } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import type { Graph } from "../../src/energy/graph.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import { sharedMemory } from "../../src/numerics/kernels/arena.ts";
import { partOf } from "../../src/numerics/kernels/team.ts";
import type { Precision } from "../../src/numerics/vec.ts";
import { tangled } from "./graphs.ts";
import { labelsFor, sparseInputs } from "./setups.ts";

export interface Lessons {
  readonly circuit: Circuit;
  readonly precision: Precision;
  readonly move?: "relax" | "sweep";
  /** Members of the team. */
  readonly parts?: number;
  readonly graph?: Graph;
  readonly rate?: number;
  /** Length of an Euler step, in τ. */
  readonly step?: number;
  /** Lessons first … last−1; the first ones need no `from`. */
  readonly first?: number;
  readonly last?: number;
  readonly from?: ChipState;
  readonly die?: number;
}

const rows = 45;

/**
 * Lessons of a chip and a copy that learns beside it by the members of a team on one memory, who
 * work one after another: what threads do, without their timing.
 */
export function lessons({
  circuit,
  precision,
  move = "relax",
  parts = 1,
  graph = tangled,
  rate = 0.3,
  step = 0.5,
  first = 0,
  last = 10,
  from,
  die = 1,
}: Lessons) {
  const memory = sharedMemory();
  const k = graph.sizes.slice(1).map(() => rate / rows);
  const members = Array.from({ length: parts }, (_, part) => {
    const team = {
      part,
      parts,
      barrier() {
        /* they take turns */
      },
    };
    const chip = fabricate(circuit, graph, { batch: rows, precision, team, memory, die });
    return { team, chip, copy: digitalCopy(chip), free: chip.vector(), nudged: chip.vector() };
  });
  const [{ chip: head, copy }] = members;
  if (from) head.restore(from);
  for (let t = first; t < last; t++) {
    head.inputs.showReals(sparseInputs(rows, graph.sizes[0], t).flat(), rows, t);
    head.inputs.label(labelsFor(rows, graph, t));
    for (const { team, chip, copy, free, nudged } of members) {
      chip.inputs.accept(head.inputs.presented);
      chip.inputs.focus(...partOf(rows, team));
      chip.present();
      copy.forward();
      chip.start();
      const settle = () => {
        if (move === "sweep") chip.sweep!(chip.state.array, 70, 1e-4);
        else chip.relax!(chip.state.array, step, 70, 1e-4);
      };
      settle();
      chip.read(free, true);
      chip.tie({ lambda: 0, beta: 0.5 });
      settle();
      chip.read(nudged);
      chip.contrast(nudged, free, k);
      copy.compare(free, k);
      chip.inputs.focus(0, rows);
    }
    for (const { chip, copy, free, nudged } of members) {
      chip.adjust(nudged, free, k);
      copy.adjust();
    }
  }
  return {
    held: head.held(),
    tensors: head.parameters.tensors(),
    copy: copy.parameters.tensors(),
    state: head.state.array.slice(),
    taken: head.stepsTaken.array.slice(),
  };
}
