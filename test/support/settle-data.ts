import type {
  SettleData,
  SettledBy,
  SettledSample,
  SolverTrace,
} from "../../src/output/settle/data.ts";
import { advice } from "../../src/solver/outcome.ts";

const points = 41;
const end = 10;

/** What one sample became, settled unless told otherwise. */
export function settledSample(more: Partial<SettledSample> = {}): SettledSample {
  return {
    image: 0,
    label: 3,
    named: 3,
    outcome: "settled",
    advice: advice["settled"],
    residual: 8e-7,
    steps: 20,
    rejected: 0,
    evaluations: 20,
    tau: 10,
    energy: -1.5,
    distance: 2e-6,
    period: null,
    smallest: 0.8,
    free: 30,
    slowest: { tau: 1.25, settling: 17.3 },
    ...more,
  };
}

/** A look at a 784-5-10 circuit by solvers of these names; `newton-cg` is a minimiser. */
export function settleData(solvers: readonly string[], more: Partial<SettleData> = {}): SettleData {
  const kindOf = (solver: string) =>
    solver === "newton-cg" ? ("minimiser" as const) : ("flow" as const);
  const shown = [
    { layer: 1, units: [0, 2, 4], of: 5 },
    { layer: 2, units: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], of: 10 },
  ];
  const at = Array.from({ length: points }, (_, k) => (k * end) / (points - 1));
  const trace = (solver: string): SolverTrace => ({
    solver,
    kind: kindOf(solver),
    outcome: "settled",
    at,
    evaluations: at.map((_, k) => k + 1),
    states: shown.map(({ units }) =>
      units.map((u) => at.map((t) => (1 - Math.exp(-t)) * (0.1 + u / 10))),
    ),
    energy: at.map((t) => -1.5 + Math.exp(-2 * t)),
    residual: at.map((t) => 10 ** (-t / 1.6)),
    steps:
      kindOf(solver) === "flow"
        ? { at: at.slice(0, -1), length: at.slice(1).map(() => end / (points - 1)) }
        : { at: [], length: [] },
  });
  const row = (solver: string): SettledBy => ({
    solver,
    kind: kindOf(solver),
    order: 1,
    step: kindOf(solver) === "flow" ? 0.5 : null,
    rails: "projection",
    outcome: "settled",
    samples: [settledSample({ tau: kindOf(solver) === "flow" ? 10 : null })],
  });
  return {
    target: "ideal",
    circuit: "ideal",
    die: 1,
    seed: 1,
    precision: "f64",
    layers: [784, 5, 10],
    classes: 10,
    weights: "Xavier weights of seed 1",
    images: "digits-test",
    sample: "image",
    targets: { kind: "classes", names: Array.from({ length: 10 }, (_, k) => String(k)) },
    lambda: 1,
    beta: 0,
    from: "zero",
    time: null,
    tolerance: 1e-6,
    tauSeconds: 1e-8,
    noisy: false,
    solvers: solvers.map(row),
    certificate: {
      convex: true,
      linear: true,
      smallest: 0.5,
      largest: 3.5,
      margin: 0.49,
      lipschitz: 3.6,
      iterations: 30,
    },
    curvature: 2,
    basins: null,
    shown,
    traces: solvers.map(trace),
    ...more,
  };
}
