// Trains the cases and hashes what they end with; runs in Node and on any number of threads.
import type { Evaluation } from "../../src/output/metrics.ts";
import {
  createSession,
  digits,
  parseCircuit,
  type Spawn,
  type Session,
  type Split,
  type Tensor,
} from "../../src/index.ts";
import type { Experiment } from "../../src/experiment/schema.ts";
import { probe, type Probe } from "../../src/testbench/probe.ts";
import { experimentSchema } from "../../src/schema.ts";
import { cases, minibatches, type Case } from "./cases.ts";

export const precisions = ["f32", "f64"] as const;
type Precision = (typeof precisions)[number];

/** What a training ends with. Hashes are the first 64 bits of SHA-256, in hexadecimal. */
export interface Trained {
  /** Of every tensor that a checkpoint holds: weights, biases, what devices and images keep. */
  readonly tensors: string;
  /** Of counters, random streams and all that is measured: `evaluate`, `alignment`, `probe`. */
  readonly measured: string;
  /** Percent of the test images that chip and copy name wrong. */
  readonly chip: number | null;
  readonly copy: number | null;
}

let drawn: Split | undefined;

/** One drawing of the built-in digits for all. */
export function images(): Split {
  return (drawn ??= digits(1));
}

/** Trains a case for a few minibatches; the numbers do not depend on `spawn`. */
export async function trained(name: string, precision: Precision, spawn?: Spawn): Promise<Trained> {
  const { circuit: text, experiment, probed = false } = cases[name];
  const session = await learned(text, { ...experiment, precision }, spawn);
  try {
    return await ended(
      session,
      probed ? experimentSchema.parse({ ...experiment, precision }) : null,
    );
  } finally {
    session.close();
  }
}

async function learned(
  text: string,
  experiment: Case["experiment"],
  spawn?: Spawn,
): Promise<Session> {
  const circuit = await parseCircuit(text, "golden.yaml");
  const session = createSession(experimentSchema.parse(experiment), circuit, images(), { spawn });
  for (let k = 0; k < minibatches; k++) session.advance();
  return session;
}

/** Trainings whose chips are measured once more after a day at 350 K. */
export const ageing = [
  "schematic pcm",
  "device pcm, accumulators",
  "device reram-cmo, registers",
  "device reram-cmo, in place",
  "device capacitor, in place",
  "device capacitor, accumulators",
  "resistors in place, leaking",
];

/** What a chip is worth after a day in the heat. */
export async function aged(name: string): Promise<Omit<Trained, "tensors">> {
  const { circuit, experiment } = cases[name];
  const session = await learned(circuit, experiment);
  try {
    session.trained().chip.age(86_400, 350);
    const evaluation = unscored(session.evaluate());
    const { testErrorChip: chip, testErrorCopy: copy } = evaluation;
    return { measured: await hash(numbersOf(evaluation)), chip, copy };
  } finally {
    session.close();
  }
}

/** Without what images have not. */
function ofImages(found: Probe): Omit<Probe, "columns" | "values"> {
  return Object.fromEntries(
    Object.entries(found).filter(([key]) => key !== "columns" && key !== "values"),
  ) as unknown as Omit<Probe, "columns" | "values">;
}

/** Without what repeats the errors. */
function unscored(evaluation: Evaluation): Omit<Evaluation, "scores"> {
  return Object.fromEntries(
    Object.entries(evaluation).filter(([key]) => key !== "scores"),
  ) as unknown as Omit<Evaluation, "scores">;
}

async function ended(session: Session, probed: Experiment | null): Promise<Trained> {
  const { tensors, ...counters } = session.snapshot();
  for (const { name, data } of tensors)
    if (!data.every(Number.isFinite)) throw new Error(`${name} is not finite: it proves nothing`);
  const evaluation = unscored(session.evaluate());
  const alignment = session.alignment(20);
  const measured = {
    counters,
    evaluation,
    alignment,
    ...(probed && { probe: ofImages(probe(session, probed)) }),
  };
  return {
    tensors: await tensorHash(tensors),
    measured: await hash(numbersOf(measured)),
    chip: evaluation.testErrorChip,
    copy: evaluation.testErrorCopy,
  };
}

/** The rows of the table and what they train. */
export const trainings = Object.keys(cases).flatMap((name) =>
  precisions.map((precision) => ({ row: `${name}, ${precision}`, name, precision })),
);

/** Those that two threads train as well: schematics in both precisions, all else in the usual. */
export const onTwoThreads = trainings.filter(
  ({ name, precision }) => precision === "f32" || cases[name].probed,
);

/** The rows of `onTwoThreads`, by a team that `spawn` makes. */
export async function trainedByTeam(spawn: Spawn): Promise<Readonly<Record<string, Trained>>> {
  const found: Record<string, Trained> = {};
  for (const { row, name, precision } of onTwoThreads)
    found[row] = await trained(name, precision, spawn);
  return found;
}

/** A value as JSON without its texts, whose wording may change while numbers stay. */
export function numbersOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "string") return null;
    return ArrayBuffer.isView(part) ? Array.from(part as Float64Array) : part;
  });
}

/** Of names, shapes and values. */
export function tensorHash(tensors: readonly Tensor[]): Promise<string> {
  return hash(...tensors.flatMap(({ name, shape, data }) => [`${name} ${shape.join()}`, data]));
}

/** The first 64 bits of the SHA-256 of texts and bytes, one after the other. */
export async function hash(...parts: readonly (string | ArrayBufferView)[]): Promise<string> {
  const encoder = new TextEncoder();
  const bytes = parts.map((part) =>
    typeof part === "string"
      ? encoder.encode(part)
      : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
  );
  const all = new Uint8Array(bytes.reduce((n, b) => n + b.length, 0));
  let at = 0;
  for (const b of bytes) {
    all.set(b, at);
    at += b.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(digest.subarray(0, 8), (b) => b.toString(16).padStart(2, "0")).join("");
}
