import { expect, test } from "vitest";
import { nextSign, signsOf } from "../../src/experiment/signs.ts";
import { random } from "../../src/numerics/random.ts";

test("a sign is drawn where one of two occurs at a time, and nowhere else", () => {
  const draws = random(1, "beta");
  const same = random(1, "beta");
  const drawn = Array.from({ length: 200 }, () => nextSign(signsOf({ sign: "random" }), draws));
  expect(drawn).toEqual(Array.from({ length: 200 }, () => (same.uniform() < 0.5 ? -1 : 1)));
  const before = draws.state();
  expect(nextSign(signsOf({ sign: "positive" }), draws)).toBe(1);
  expect(nextSign(signsOf({ sign: "negative" }), draws)).toBe(-1);
  expect(nextSign(signsOf({ sign: "centred" }), draws)).toBe(1);
  expect(draws.state()).toEqual(before);
});
