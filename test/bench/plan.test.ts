import { describe, expect, test } from "vitest";
import { interleave } from "../../bench/plan.ts";

const short = (plan: ReturnType<typeof interleave>) =>
  plan.map((round) => round.map((t) => `${t.who}${t.threads}${t.noise ? "n" : ""}`).join(" "));

describe("the plan of a benchmark", () => {
  test("puts us beside the peer at equal threads and turns every other round around", () => {
    expect(short(interleave(3, [1, 2], { peer: true, noise: false }))).toEqual([
      "ours1 peer1 ours2 peer2",
      "peer2 ours2 peer1 ours1",
      "ours1 peer1 ours2 peer2",
    ]);
  });

  test("has our noisy turns beside the quiet ones, and no peer unless there is one", () => {
    expect(short(interleave(1, [2], { peer: false, noise: true }))).toEqual(["ours2 ours2n"]);
  });
});
