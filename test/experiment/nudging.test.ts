import { expect, test } from "vitest";
import { nextSign, nudged, nudgesAway } from "../../src/experiment/nudging.ts";
import type { SchemeSetting } from "../../src/experiment/scheme-schema.ts";
import { random } from "../../src/numerics/random.ts";

test("a sign is drawn where one of two occurs at a time, and nowhere else", () => {
  const draws = random(1, "beta");
  const same = random(1, "beta");
  const drawn = Array.from({ length: 200 }, () =>
    nextSign(nudged({ scheme: "one-sided", sign: "random" }), draws),
  );
  expect(drawn).toEqual(Array.from({ length: 200 }, () => (same.uniform() < 0.5 ? -1 : 1)));
  const before = draws.state();
  expect(nextSign(nudged({ scheme: "one-sided", sign: "positive" }), draws)).toBe(1);
  expect(nextSign(nudged({ scheme: "one-sided", sign: "negative" }), draws)).toBe(-1);
  expect(nextSign(nudged({ scheme: "centred", sign: "random" }), draws)).toBe(1);
  expect(draws.state()).toEqual(before);
});

test("a nudge is negative at some time unless it is one-sided and positive", () => {
  const away = (scheme: SchemeSetting, sign: "random" | "positive" | "negative") =>
    nudgesAway({ scheme, sign });
  expect(away("one-sided", "positive")).toBe(false);
  expect(away("one-sided", "random")).toBe(true);
  for (const scheme of ["centred", "points", "lock-in"] as const)
    expect(away(scheme, "positive")).toBe(true);
});
