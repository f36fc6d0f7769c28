import { describe, expect, test } from "vitest";
import { unitConductance } from "../../../../src/circuit/families/families.ts";
import { leaked, programmingSpread } from "../../../../src/circuit/devices/ageing.ts";
import { fabricateDevices } from "../../../../src/circuit/devices/fabricate.ts";
import { shape } from "../../../../src/circuit/devices/pulse.ts";
import { pulseSize } from "../../../../src/circuit/devices/pulse-size.ts";
import { devices } from "../../../../src/circuit/devices/registry.ts";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain, graph } from "../../../../src/energy/graph.ts";
import { random } from "../../../../src/numerics/random.ts";
import type { Tensor } from "../../../../src/numerics/vec.ts";
import { tangled } from "../../../support/graphs.ts";
import { lessons } from "../../../support/lessons.ts";
import { crossbarOf } from "../../../support/resistors.ts";

const pairs =
  "input: { gain: 3, complementary: true }\ndiodes: { hidden: rectifying, output: none " +
  "}\nmismatch: { synapse: 10 % }";
const kinds = [
  ["registers that program ECRAM", "device: ecram, bits: 8"],
  ["registers that program ReRAM with an error", "device: reram-soft-bounds"],
  ["ECRAM pulsed in place", "device: ecram, memory: devices"],
  [
    "ReRAM pulsed in place, with write noise, some of it stuck",
    "device: reram-array-om, memory: devices",
  ],
  ["ReRAM of an exponential law", "device: reram-exponential, memory: devices"],
  ["ReRAM with accumulators", "device: reram-array-om, memory: devices, accumulate: true"],
  ["capacitors that leak", "device: capacitor, memory: devices"],
  ["ReRAM under write-verify", "device: reram-cmo, memory: devices"],
] as const;

describe.each(["f32", "f64"] as const)(
  "in %s, in crossbars with skip, lateral and masked blocks",
  (precision) => {
    test.each(kinds)(
      "%s learn the same bits by one member and by two or three",
      async (_, synapse) => {
        const circuit = await crossbarOf(synapse, pairs);
        const taught = { circuit, precision, move: "sweep", rate: 3 } as const;
        const alone = lessons(taught);
        for (const { data } of alone.tensors) expect(data.every(Number.isFinite)).toBe(true);
        expect(lessons({ ...taught, parts: 2 })).toEqual(alone);
        expect(lessons({ ...taught, parts: 3 })).toEqual(alone);
        expect(alone.tensors).not.toEqual(lessons({ ...taught, last: 0 }).tensors);
      },
    );

    test.each(kinds)(
      "%s, held and restored go on to the bits of a chip that never stopped",
      async (_, synapse) => {
        const taught = {
          circuit: await crossbarOf(synapse, pairs),
          precision,
          move: "sweep",
          rate: 3,
        } as const;
        const { held } = lessons({ ...taught, last: 4 });
        const whole = lessons(taught);
        const { tensors, held: after } = lessons({ ...taught, first: 4, from: held });
        expect(tensors).toEqual(whole.tensors);
        expect(after).toEqual(whole.held);
      },
    );

    test.each(kinds)(
      "%s never conduct less than nothing, and nothing where no synapse is",
      async (_, synapse) => {
        const chip = fabricate(await crossbarOf(synapse, pairs), tangled, {
          batch: 1,
          precision,
          die: 3,
        });
        for (const way of [1, -1]) {
          for (let t = 0; t < 20; t++) ask(chip, way * t);
          chip.age(1000);
          for (const { forward, mask } of conducted(chip))
            forward.forEach((w, i) => {
              expect(w).toBeGreaterThanOrEqual(0);
              if (mask?.[i] === 0) expect(w).toBe(0);
            });
        }
      },
    );
  },
);

test(
  "a lateral block wider than the rows that members share learns the same bits by one member " +
    "and by two",
  async () => {
    const wide = graph(
      [5, 70, 3],
      [
        { from: 0, to: 1 },
        { from: 1, to: 1 },
        { from: 1, to: 2 },
      ],
    );
    for (const synapse of ["device: ecram, bits: 8", "device: ecram, memory: devices"]) {
      const taught = {
        circuit: await crossbarOf(synapse, pairs),
        graph: wide,
        precision: "f32",
        move: "sweep",
        rate: 3,
      } as const;
      expect(lessons({ ...taught, parts: 2 })).toEqual(lessons(taught));
    }
  },
);

describe("a crossbar's device", () => {
  test.each([
    ["device: gokmen-vlasov, memory: devices", 1e-6, 10e-6],
    ["device: gokmen-vlasov, conductance: { high: 1 mS }, memory: devices", 0, 1e-3],
  ])(
    "goes from one of its own bounds to the other, its nominal ones at the ends of its own " +
      "range or the schematic's, and never below nothing (%s)",
    async (synapse, low, high) => {
      const circuit = await crossbarOf(synapse);
      expect(circuit.synapse.conductance).toEqual({ low, high });
      expect(unitConductance(circuit)).toBeCloseTo(high / 4, 12);
      const chip = fabricate(circuit, chain([100, 80]), { batch: 1, precision: "f64" });
      const of = fabricateDevices(
        devices["gokmen-vlasov"],
        8000,
        random("die", 1, "device", "0-1"),
      );
      const place = (x: number) => (4 * (low + ((high - low) * (x + 1)) / 2)) / high;
      // At most 31 of some 1200 steps at a time, of which a few are far smaller than the rest.
      const steady = (d: number) => Math.min(of.up[d], of.down[d]) > 0.4 * 0.0016;
      for (const [way, bound] of [
        [1, of.high],
        [-1, of.low],
      ] as const) {
        for (let t = 0; t < 200; t++) ask(chip, 100 * way);
        weights(chip).forEach((w, d) => {
          if (steady(d)) expect(w).toBeCloseTo(Math.max(0, place(bound[d])), 12);
        });
      }
      expect(weights(chip)).toContain(0);
    },
  );

  test("that is ideal is none, to the bit", async () => {
    for (const memory of ["registers", "devices"])
      for (const precision of ["f32", "f64"] as const) {
        const taught = { precision, move: "sweep", rate: 3 } as const;
        const none = lessons({
          ...taught,
          circuit: await crossbarOf("conductance: { low: 1 uS, high: 10 uS }", pairs),
        });
        expect(
          lessons({
            ...taught,
            circuit: await crossbarOf(`device: ideal, memory: ${memory}`, pairs),
          }),
        ).toEqual(none);
      }
  });

  test("is as far from what was written as its write-verify says, in siemens of its own range", async () => {
    const model = devices["reram-cmo"];
    const n = 40_000;
    const [least, most] = model.range;
    for (const own of [true, false])
      for (const part of [0, 0.3, 1]) {
        const circuit = await crossbarOf(
          own ? "device: reram-cmo" : "device: reram-cmo, conductance: { high: 1 mS }",
        );
        const chip = fabricate(circuit, chain([200, 200]), { batch: 1, precision: "f64" });
        const g = own ? least + part * (most - least) : 0.1e-3 + part * 0.9e-3;
        const target = g / unitConductance(circuit);
        chip.program(filled(chip, target));
        // Of another range the error is the same part.
        const sigma = own
          ? programmingSpread(model, g)
          : programmingSpread(model, least + (g / 1e-3) * (most - least)) * (1e-3 / (most - least));
        const errors = conducted(chip)[0].forward.map(
          (w) => ((w - target) * unitConductance(circuit)) / sigma,
        );
        expect(Math.abs(mean(errors))).toBeLessThan(4 / Math.sqrt(n));
        expect(Math.abs(mean(errors.map((e) => e ** 2)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
      }
  });

  test(
    "takes twenty changes of 0.31 of a pulse as 6.2 of them on average where its law is linear, " +
      "either way, and as six of an accumulator",
    async () => {
      // Steps ±30 % from device to device and 1 % between up and down, and each pulse ±30 % again;
      // 8000 devices in the middle of their range.
      const once = 0.3 ** 2 + 0.01 ** 2;
      const n = 8000;
      const counts = 20 * 0.31 * 0.69;
      for (const accumulate of [false, true])
        for (const way of [1, -1]) {
          const circuit = await crossbarOf(
            `device: gokmen-vlasov, memory: devices, accumulate: ${accumulate}`,
          );
          const chip = fabricate(circuit, chain([80, 100]), { batch: 1, precision: "f64" });
          const step = (0.0016 * 4 * 0.9) / 2;
          chip.program(filled(chip, 2.2));
          const was = weights(chip);
          for (let t = 0; t < 20; t++) ask(chip, way * 0.31 * step);
          const held = accumulate
            ? Array.from(chip.held().tensors.find((t) => t.name.endsWith(".held"))!.data)
            : weights(chip);
          const steps = held.map((w, i) => (way * (w - was[i])) / step);
          const pulses = accumulate ? 6 : 6.2;
          const expected =
            pulses ** 2 * once + pulses * 0.3 ** 2 + (accumulate ? 0 : counts * (1 + once));
          expect(Math.abs(mean(steps) - pulses)).toBeLessThan(4 * Math.sqrt(expected / n));
          expect(Math.abs(mean(steps.map((s) => (s - pulses) ** 2)) / expected - 1)).toBeLessThan(
            4 * Math.sqrt(2 / n),
          );
        }
    },
  );

  test("takes a pulse as its law says of its own x, whose zero lies between the ends of the range", async () => {
    // Noise and spreads switched off as far as averages over devices do it: Δx = step·shape(x).
    for (const name of ["ecram", "reram-exponential"] as const) {
      const model = devices[name];
      const {
        update,
        bounds: { low, high },
      } = model;
      const span = 4;
      const n = 40_000;
      if (update.law === "ideal") throw new Error("expected pulses");
      const chip = fabricate(
        await crossbarOf(`device: ${name}, memory: devices`, "", span),
        chain([200, 200]),
        { batch: 1, precision: "f64" },
      );
      const of = fabricateDevices(model, n, random("die", 1, "device", "0-1"));
      const [least, most] = model.range;
      const scale = (span * (most - least)) / (high - low) / most;
      const x = 0.25;
      const target = (span * least) / most + scale * (x - low);
      chip.program(filled(chip, target));
      const was = weights(chip);
      ask(chip, scale * pulseSize(model));
      const moved = weights(chip).map((w, d) => (w - was[d]) / scale);
      const found = mean(moved);
      const law = mean(Array.from({ length: n }, (_, d) => of.up[d] * shape(of, d, x, true)));
      const spread = Math.sqrt(mean(moved.map((m) => (m - found) ** 2)) / n);
      expect(Math.abs(found - law)).toBeLessThan(4 * spread);
      expect(law).toBeGreaterThan(8 * spread);
    }
  });

  test("of a capacitor leaks towards what it conducts at x = 0, and ages as the device does", async () => {
    const chip = fabricate(
      await crossbarOf("device: capacitor, memory: devices"),
      chain([40, 50]),
      { batch: 1, precision: "f64" },
    );
    const of = fabricateDevices(devices.capacitor, 2000, random("die", 1, "device", "0-1"));
    chip.program(filled(chip, 3.4));
    const was = weights(chip);
    const rest = 2.2;
    chip.age(500);
    conducted(chip)[0].forward.forEach((w, d) => {
      expect(w).toBeCloseTo(rest + (was[d] - rest) * Math.exp(-500 / (1000 * of.lifetime[d])), 12);
    });
    // Leaks are seen every 64 programmings, of which the first wrote.
    chip.program(filled(chip, 3.4));
    for (let t = 0; t < 640; t++) ask(chip, 0);
    weights(chip).forEach((w, d) => {
      expect(w).toBeCloseTo(rest + (was[d] - rest) * leaked(of, d, 1) ** 640, 12);
    });
  });

  test("that only goes up is refused by name, with what to do", async () => {
    const circuit = await crossbarOf("device: pcm");
    expect(() => fabricate(circuit, chain([2, 2]))).toThrow(
      "circuit resistors: the device pcm only goes up and needs a second one to subtract, and " +
        "a resistor of a crossbar is one device; choose one that goes both ways, such as ecram, " +
        "or write synapse.kind: differential",
    );
  });

  test("a transconductor, which is no resistor", async () => {
    const circuit = await crossbarOf("device: cmos-130nm");
    expect(() => fabricate(circuit, chain([2, 2]))).toThrow(
      "the device cmos-130nm is a transconductor, which conducts one way, and a crossbar is " +
        "made of resistors; choose a memory such as ecram, or leave device out",
    );
  });

  test(
    "goes as far as it can towards what another learned beyond its range or was still owed, " +
      "where a register refuses",
    async () => {
      const chip = fabricate(
        await crossbarOf("device: gokmen-vlasov, memory: devices"),
        chain([30, 20]),
        { batch: 1 },
      );
      const circuit = await crossbarOf("device: gokmen-vlasov");
      const of = fabricateDevices(devices["gokmen-vlasov"], 600, random("die", 1, "device", "0-1"));
      for (const [g, end] of [
        [4.5, of.high.map((x) => Math.min(1, x))],
        [-0.01, of.low.map((x) => Math.max(-1, x))],
      ] as const) {
        chip.program(filled(chip, g));
        weights(chip).forEach((w, d) => {
          expect(w).toBeCloseTo(2.2 + 1.8 * end[d], 6);
        });
        const register = fabricate(circuit, chain([30, 20]), { batch: 1 });
        expect(() => {
          register.program(filled(register, g));
        }).toThrow(
          /"chip.block.0-1.weight" asks for a conductance of .* units, expected 0\.\d+ to 4,/,
        );
      }
    },
  );
});

test(
  "registers spend no bit on a sign that resistors have not: of two bits there are four " +
    "conductances",
  async () => {
    const chip = fabricate(
      await crossbarOf("bits: 2, conductance: { low: 0 S, high: 400 uS }"),
      chain([40, 20]),
      { batch: 1, precision: "f64" },
    );
    const draw = random("codes");
    chip.program(
      chip.parameters.tensors().map((t) => ({
        ...t,
        data: t.data.map(() => (t.name.endsWith("weight") ? 4 * draw.uniform() : 0)),
      })),
    );
    expect([...new Set(conducted(chip)[0].forward)].sort()).toEqual(
      [0, 4 / 3, 8 / 3, 4].map((g) => expect.closeTo(g, 12) as number),
    );
  },
);

/**
 * Asks all resistors from the inputs, which are at zero, for a change of d, and those between nodes
 * for several.
 */
function ask(chip: Chip, d: number): void {
  const [high, low] = [chip.vector(), chip.vector()];
  const k = chip.graph.sizes.slice(1).map(() => 1);
  const { offset, sizes } = chip.layout;
  chip.inputs.showReals(new Float64Array(sizes[0]), 1);
  for (let l = 1; l < sizes.length; l++)
    (d > 0 ? low : high).array.fill(
      l * Math.sqrt(2 * Math.abs(d)),
      offset[l],
      offset[l] + sizes[l],
    );
  chip.present();
  chip.contrast(high, low, k);
  chip.adjust(high, low, k);
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const filled = (chip: Chip, g: number): Tensor[] =>
  chip.parameters.tensors().map((t) =>
    t.name.endsWith("weight")
      ? {
          ...t,
          data: t.data.map((_, k) =>
            chip.graph.blocks.find((b) => t.name.includes(`${b.from}-${b.to}.`))?.mask?.[k] === 0
              ? 0
              : g,
          ),
        }
      : t,
  );
const weights = (chip: Chip) =>
  chip.parameters
    .tensors()
    .filter((t) => t.name.endsWith("weight"))
    .flatMap((t) => Array.from(t.data));
const conducted = (chip: Chip) =>
  chip.components().blocks.map(({ forward }, k) => ({
    forward: Array.from(forward),
    mask: chip.parameters.weights[k].block.mask,
  }));
