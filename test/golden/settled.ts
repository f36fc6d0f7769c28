// Settles one minibatch by every solver, on chips of every kind that solvers tell apart.
import { createSession, parseCircuit, settle } from "../../src/index.ts";
import { solverOf } from "../../src/experiment/catalogue.ts";
import type { SolverSetting } from "../../src/experiment/solver-schema.ts";
import { experimentSchema } from "../../src/schema.ts";
import { cases } from "./cases.ts";
import { choices } from "./schema-walk.ts";
import { hash, images, numbersOf } from "./trained.ts";
import { imagesIn } from "../support/images.ts";

/** Trainings whose fabricated chips are settled, untrained. */
const chips = [
  "learning initialized",
  "learning skips",
  "learning asymmetric",
  "mismatch synapse",
  "mismatch rail",
  "transconductors saturation",
  "transconductors clamps, diode",
  "transconductors clamps, linear",
  "noise flicker",
  "resistors by block descent",
  "resistors skips",
  "resistors clamps, diode",
] as const;

/** Those in single precision too. */
const coarse = ["learning initialized", "resistors by block descent"];

type Solvers = Readonly<Record<string, SolverSetting>>;

/** Every solver as a file names it. */
const named = Object.fromEntries(
  choices("experiment", "settle.solver").map((name) => [name, name]),
) as Solvers;

/** What of solvers can be set. */
const described: Solvers = {
  "euler, step": { name: "euler", step: 0.1 },
  "heun, step": { name: "heun", step: 0.2 },
  "heun, cap": { name: "heun", cap: "spectral", rtol: 1e-4 },
  "bogacki-shampine, no cap": { name: "bogacki-shampine", cap: "none", rtol: 1e-5, atol: 1e-7 },
  "dormand-prince, cap": { name: "dormand-prince", cap: 0.3, rtol: 1e-8 },
  "energy-descent, first": { name: "energy-descent", first: 0.05 },
  "pseudo-transient, first": { name: "pseudo-transient", first: 0.1 },
  "active-set, tolerances": { name: "active-set", rtol: 1e-4, atol: 1e-4 },
  "odex, tolerances": { name: "odex", rtol: 1e-4, atol: 1e-4 },
  "anderson, memory": { name: "anderson", memory: 2 },
  "hand-over, described": {
    name: "hand-over",
    flow: { name: "heun", step: 0.2 },
    minimiser: "newton-cg",
    at: 0.05,
    within: 10,
  },
};
export const solvers: Solvers = { ...named, ...described };

/** The rows of the table: a solver before a chip in a precision. */
export const settlings = [
  ...rows(Object.keys(named), chips, "f64"),
  ...rows(Object.keys(named), coarse, "f32"),
  ...rows(Object.keys(described), ["learning skips"], "f64"),
];
type Settling = (typeof settlings)[number];

function rows(all: readonly string[], before: readonly string[], precision: "f32" | "f64") {
  return all.flatMap((solver) =>
    before.map((chip) => ({ row: `${solver}: ${chip}, ${precision}`, solver, chip, precision })),
  );
}

/** How the free and the nudged phase of a few images ended; or that the solver refuses the chip. */
export type Settled = { readonly refused: true } | { readonly free: Ended; readonly nudged: Ended };
interface Ended {
  readonly outcome: string;
  /** Means over the images. */
  readonly steps: number;
  readonly rejected: number;
  readonly evaluations: number;
  readonly tau: number;
  /** Of the states. */
  readonly state: string;
  /** Of what is said of each image. */
  readonly samples: string;
}

/** Images that are settled at once. */
const count = 3;

export async function settled({ solver, chip: name, precision }: Settling): Promise<Settled> {
  const { circuit: text, experiment } = cases[name];
  const asked = experimentSchema.parse({ ...experiment, precision });
  const circuit = await parseCircuit(text, `${name}.yaml`);
  const split = images();
  const test = imagesIn(split.test);
  const session = createSession(asked, circuit, split);
  const { chip, copy } = session.trained();
  const by = solverOf(solvers[solver], name.startsWith("resistors") ? 0.02 : 0.5);
  const { beta } = asked.learning;
  const stop = { steps: 60, tolerance: precision === "f32" ? 1e-5 : 1e-9 };
  const shown = Array.from({ length: count }, (_, i) => i);
  chip.inputs.showBytes(test.pixels, shown, test.scale);
  chip.inputs.label(shown.map((i) => test.labels[i]));
  chip.present();
  copy?.forward();
  chip.start(copy?.guess);
  chip.tie({ lambda: 0.1, beta: 0 });
  try {
    by.prepare(chip);
  } catch (error) {
    if (error instanceof Error && error.name === "InputError") return { refused: true };
    throw error;
  }
  const phase = async (): Promise<Ended> => {
    const state = chip.state.array;
    const { outcome, time, stats, samples } = settle(chip, state, by, stop);
    const { steps, rejected, evaluations } = stats;
    const own = state.slice(0, count * chip.size);
    return {
      outcome,
      steps,
      rejected,
      evaluations,
      tau: time.tau,
      state: await hash(own),
      samples: await hash(numbersOf(samples)),
    };
  };
  const free = await phase();
  chip.tie({ lambda: 0.1, beta });
  return { free, nudged: await phase() };
}
