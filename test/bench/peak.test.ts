import { expect, test } from "vitest";
import { peakModule } from "../../bench/peak.ts";

test("the peak kernel does what it counts: one turn takes each chain four links on", () => {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(peakModule())).exports as {
    run: (turns: number, c: number, d: number) => number;
  };
  // x_k = 1 + k, then x ← x/2 + 1 four times leaves 2 + (x − 2)/16; every number here is exact in
  // f32.
  const expected = Array.from({ length: 12 }, (_, k) => 2 + (1 + k - 2) / 16).reduce(
    (a, b) => a + b,
  );
  expect(run(1, 0.5, 1)).toBe(expected);
});
