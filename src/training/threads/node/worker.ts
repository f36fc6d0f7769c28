import { workerData } from "node:worker_threads";
import type { Circuit } from "../../../circuit/circuit.ts";
import { widenVectors } from "../../../numerics/kernels/node/widen.ts";
import { control, serve } from "../control.ts";
import { buildNetworks } from "../../networks.ts";
import type { Experiment } from "../../../experiment/schema.ts";

/** What a worker is started with. */
export interface WorkerTask {
  readonly block: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory;
  readonly part: number;
  readonly parts: number;
  readonly experiment: Experiment;
  readonly circuit: Circuit;
}

widenVectors();
const { block, memory, part, parts, experiment, circuit } = workerData as WorkerTask;
const mine = control(block, part, parts);
serve(mine, () => {
  const { chip, learner, take } = buildNetworks(experiment, circuit, { team: mine.team, memory });
  return {
    learner,
    take,
    accept: (presented) => {
      chip.inputs.accept(presented);
    },
  };
});
