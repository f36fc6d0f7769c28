// The second thread of one training after the other: to start a thread takes longer than to train.
import { parentPort, Worker } from "node:worker_threads";
import { control, controlBlock, serve } from "../../src/training/threads/control.ts";
import { buildNetworks } from "../../src/training/networks.ts";
import type { Experiment } from "../../src/experiment/schema.ts";
import type { Circuit, Spawn } from "../../src/index.ts";
import { widenVectors } from "../../src/node.ts";
import { sharedMemory } from "../../src/numerics/kernels/arena.ts";

interface Task {
  readonly block: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory;
  readonly experiment: Experiment;
  readonly circuit: Circuit;
}

const parts = 2;

if (parentPort) {
  widenVectors();
  parentPort.on("message", ({ block, memory, experiment, circuit }: Task) => {
    const mine = control(block, 1, parts);
    try {
      serve(mine, () => {
        const { chip, learner, take } = buildNetworks(experiment, circuit, {
          team: mine.team,
          memory,
        });
        return {
          learner,
          take,
          accept: (presented) => {
            chip.inputs.accept(presented);
          },
        };
      });
    } catch (error) {
      mine.fail(String(error));
    }
  });
}

export interface Member {
  readonly spawn: Spawn;
  end(): Promise<number>;
}

/** A thread that works in one team after the other; `script` is this file, built. */
export function member(script: string): Member {
  const worker = new Worker(script);
  return {
    spawn: (experiment, circuit) => {
      const block = controlBlock();
      const memory = sharedMemory();
      const mine = control(block, 0, parts);
      return {
        team: mine.team,
        memory,
        start() {
          worker.postMessage({ block, memory, experiment, circuit } satisfies Task);
          mine.team.barrier();
        },
        order: (order) => {
          mine.order(order);
        },
        close() {
          mine.dismiss();
        },
      };
    },
    end: () => worker.terminate(),
  };
}
