// Prints, by the built package, what needs threads: trainings on two of them, and the studies.
import { widenVectors } from "../../src/node.ts";
import { member } from "./member.ts";
import { measurements, studied, type Studied } from "./studies.ts";
import { trainedByTeam, type Trained } from "./trained.ts";

/** What it prints, as JSON. */
export interface Printed {
  readonly trainings: Readonly<Record<string, Trained>>;
  readonly studies: Readonly<Record<string, Studied>>;
}

widenVectors();
const { spawn, end } = member(process.argv[2]);
const trainings = await trainedByTeam(spawn);
await end();
const studies: Record<string, Studied> = {};
for (const measure of measurements) studies[measure] = await studied(measure);
process.stdout.write(JSON.stringify({ trainings, studies } satisfies Printed));
