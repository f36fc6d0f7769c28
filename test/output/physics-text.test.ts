import { expect, test } from "vitest";
import { answersText } from "../../src/output/physics-text.ts";
import { sampleReport } from "../support/report-data.ts";

const { physics } = sampleReport();
const text = answersText(physics);

test("physical answers stand in rows of quantity, value and formula, a topic each", () => {
  expect(text).toMatch(/^Time\n {2}Time constant of a neuron +1 µs {2}τ = C \/ G_L$/m);
  expect(text).toMatch(/^ {2}Settling, free phase +10 µs {2}n τ$/m);
  for (const a of physics.filter((p) => p.value !== null))
    expect(text).toContain(`\n  ${a.quantity} `);
});

test("what is assumed is said once, and what is unknown with its reason", () => {
  for (const note of new Set(physics.filter((a) => a.value !== null).flatMap((a) => a.assumes)))
    expect(text.split(`  ${note}\n`), note).toHaveLength(2);
  for (const a of physics.filter((p) => p.value === null))
    expect(text.slice(text.indexOf("Unknown"))).toMatch(
      new RegExp(`^ {2}.*${a.quantity}.*\\n {4}${a.unknown!.replace(/[()|/]/g, "\\$&")}$`, "m"),
    );
});
