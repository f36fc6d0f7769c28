import { arch, cpus, loadavg, platform } from "node:os";

/** What timings depend on. `loadAverage`: of the last minute, before the benchmark began. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
  readonly loadAverage: number;
}

export function machine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.version,
    platform: `${platform()} ${arch()}`,
    loadAverage: Number(loadavg()[0].toFixed(2)),
  };
}

/** `AMD EPYC, 2 cores, Node v20.20.2, linux x64, load average 0.10`. */
export function machineText(m: Machine): string {
  return (
    `${m.cpu}, ${m.cores} cores, Node ${m.node}, ${m.platform}, load average ` +
    m.loadAverage.toFixed(2)
  );
}

/** What to say when other programs were running; undefined on a quiet machine. */
export function busyText({ loadAverage, cores }: Machine): string | undefined {
  if (loadAverage < 0.25 * cores) return undefined;
  return (
    `note: other programs are running (load average ${loadAverage.toFixed(2)} on ${cores} ` +
    "cores); timings of a busy machine mean little"
  );
}
