import { describe, expect, test } from "vitest";
import {
  devices,
  fabricateDevices,
  pulse,
  pulseResponse,
  within,
  type DeviceModel,
  type UpdateLaw,
} from "../../../src/circuit/devices/index.ts";
import { random } from "../../../src/numerics/random.ts";

/** The device without any spread or noise. */
function quiet(model: DeviceModel): DeviceModel {
  const { update } = model;
  const bounds = { ...model.bounds, spreadLow: 0, spreadHigh: 0 };
  if (update.law === "ideal") return { ...model, bounds };
  const calm = { ...update, spread: 0, cycle: 0, upDownSpread: 0, writeNoise: 0 };
  const changed: UpdateLaw =
    calm.law === "linear"
      ? { ...calm, gammaUpSpread: 0, gammaDownSpread: 0 }
      : calm.law === "soft-bounds"
        ? { ...calm, reference: null }
        : calm;
  return { ...model, bounds, stuck: 0, update: changed };
}
const run = (model: DeviceModel, x: number, n: number) =>
  pulse(fabricateDevices(quiet(model), 1, random(1)), 0, x, n, random(2));

/**
 * x after n pulses up, from the closed form of the recursion: x_n = x* + (x₀ − x*)(1 −
 * step·slope)^n.
 */
function affine(x: number, n: number, step: number, slope: number): number {
  return slope === 0 ? x + n * step : 1 / slope + (x - 1 / slope) * (1 - step * slope) ** n;
}

describe("a pulse", () => {
  test.each(["ideal-10k", "gokmen-vlasov"])(
    "of %s moves x by its step, up to the bound",
    (name) => {
      const { step } = devices[name].update as { step: number };
      expect(run(devices[name], 0, 10)).toBeCloseTo(10 * step, 12);
      expect(run(devices[name], 0, -10)).toBeCloseTo(-10 * step, 12);
      expect(run(devices[name], 0.9999, 20)).toBe(1);
    },
  );

  test.each(["ecram", "ecram-metal-oxide", "capacitor"])(
    "of %s shrinks linearly: n of them are a geometric series",
    (name) => {
      const model = devices[name];
      const { update, bounds } = model;
      if (update.law !== "linear") throw new Error("expected the linear law");
      for (const n of [1, 7, 100]) {
        expect(run(model, -0.3, n)).toBeCloseTo(
          affine(-0.3, n, update.step, update.gammaUp / bounds.high),
          12,
        );
        expect(run(model, 0.4, -n)).toBeCloseTo(
          affine(0.4, n, -update.step, update.gammaDown / bounds.low),
          12,
        );
      }
    },
  );

  test.each(["reram-soft-bounds", "reram-array-om", "reram-array-hfo2"])(
    "of %s never quite reaches the bound",
    (name) => {
      const model = devices[name];
      const { step } = model.update as { step: number };
      for (const n of [1, 5, 40]) {
        expect(run(model, -0.2, n)).toBeCloseTo(affine(-0.2, n, step, 1 / model.bounds.high), 12);
        expect(run(model, 0.3, -n)).toBeCloseTo(affine(0.3, n, -step, 1 / model.bounds.low), 12);
      }
    },
  );

  test.each(["reram-exponential", "pcm"])("of %s follows 1 − A e^±γz", (name) => {
    const model = devices[name];
    const {
      update,
      bounds: { low, high },
    } = model;
    if (update.law !== "exponential") throw new Error("expected the exponential law");
    const z = (x: number) => (2 * update.a * x) / (high - low) + update.b;
    const x = 0.35;
    expect(run(model, x, 1) - x).toBeCloseTo(
      update.step *
        (1 + Math.min(0, update.upDown)) *
        (1 - update.up.A * Math.exp(update.up.gamma * z(x))),
      12,
    );
    expect(run(model, x, -1) - x).toBeCloseTo(
      Math.max(
        low - x,
        -update.step *
          (1 - Math.max(0, update.upDown)) *
          (1 - update.down.A * Math.exp(-update.down.gamma * z(x))),
      ),
      12,
    );
  });

  test("of a phase-change memory near reset does 28 steps, at full conductance three", () => {
    expect(run(devices.pcm, 0, 1) / 0.01).toBeCloseTo(28.235, 9);
    expect((run(devices.pcm, 1, 1) - 1) / 0.01).toBeCloseTo(1 + 27.235 * Math.exp(-2.5), 9);
  });

  test("never goes below no change under the exponential law", () => {
    const { update } = devices.pcm;
    if (update.law !== "exponential") throw new Error("expected the exponential law");
    expect(run({ ...devices.pcm, update: { ...update, up: { A: 50, gamma: 1 } } }, 0.1, 5)).toBe(
      0.1,
    );
  });

  test("of the ideal device is any Δx, exactly, also beyond the range", () => {
    expect(run(devices.ideal, 0.25, 1e-7)).toBe(0.25 + 1e-7);
    expect(run(devices.ideal, 0, -7.5)).toBe(-7.5);
    expect(run(devices["cmos-130nm"], 0, -7.5)).toBe(-1);
  });

  test("repeated zero times leaves x alone", () => {
    for (const model of Object.values(devices))
      expect(pulse(fabricateDevices(model, 1, random(1)), 0, 0.123, 0, random(2))).toBe(0.123);
  });

  test("of a stuck device leaves it where it is stuck", () => {
    const d = fabricateDevices({ ...devices["reram-array-om"], stuck: 1 }, 20, random(1));
    for (let i = 0; i < 20; i++) expect(pulse(d, i, 0.5, 3, random(2))).toBe(d.low[i]);
  });

  test.each([
    ["ecram", 0.3, (c: number, change: number) => c * change],
    ["capacitor", 0.3, (c: number, _: number, step: number) => c * step],
    ["reram-array-om", 0.4158, (c: number, _: number, step: number) => c * step],
  ] as const)("of %s has the cycle-to-cycle noise it names", (name, cycle, expected) => {
    const model = devices[name];
    const still = quiet(model);
    const { update } = still;
    const n = 20_000;
    if (update.law === "ideal") throw new Error("expected pulses");
    const d = fabricateDevices({ ...still, update: { ...update, cycle } }, 1, random(1));
    const rng = random(3);
    const x = 0.2;
    const changes = Array.from({ length: n }, () => pulse(d, 0, x, 1, rng) - x);
    const mean = run(model, x, 1) - x;
    const sigma = expected(cycle, mean, update.step);
    const m = changes.reduce((a, b) => a + b, 0) / n;
    const s = Math.sqrt(changes.reduce((a, b) => a + (b - m) ** 2, 0) / n);
    expect(Math.abs(m - mean)).toBeLessThan((4 * sigma) / Math.sqrt(n));
    expect(Math.abs(s - sigma)).toBeLessThan((4 * sigma) / Math.sqrt(2 * n));
  });

  test("of a phase-change memory has noise that grows with x: 0.6 (|Δx| + 0.042 + 0.108 |x|)", () => {
    const still = quiet(devices.pcm);
    const { update } = still;
    const n = 20_000;
    const x = 1;
    if (update.law !== "exponential") throw new Error("expected the exponential law");
    const d = fabricateDevices({ ...still, update: { ...update, cycle: 0.6 } }, 1, random(1));
    const rng = random(3);
    const sigma = 0.6 * (run(devices.pcm, x, 1) - x + 0.042 + 0.108);
    const changes = Array.from({ length: n }, () => pulse(d, 0, x, 1, rng) - x);
    const m = changes.reduce((a, b) => a + b, 0) / n;
    expect(
      Math.abs(Math.sqrt(changes.reduce((a, b) => a + (b - m) ** 2, 0) / n) - sigma),
    ).toBeLessThan((4 * sigma) / Math.sqrt(2 * n));
  });

  test("up and one down undo each other at the symmetry point of the arrays, x = 0", () => {
    const base = devices["reram-array-om"];
    const { update } = base;
    if (update.law !== "soft-bounds") throw new Error("expected soft bounds");
    const d = fabricateDevices(
      { ...base, stuck: 0, update: { ...update, cycle: 0, reference: { spread: 0 } } },
      100,
      random(1),
    );
    for (let i = 0; i < 100; i++) {
      const up = pulse(d, i, 0, 1, random(2));
      const down = pulse(d, i, 0, -1, random(2));
      if (up < within(d, i, Infinity) && down > within(d, i, -Infinity))
        expect(up + down).toBeCloseTo(0, 10);
    }
  });
});

describe("the response to pulses", () => {
  test.each(Object.values(devices).map((m) => [m.name, m] as const))(
    "of %s starts low, goes up and comes down again, with the spread of its devices",
    (_, model) => {
      const { mean, spread, one } = pulseResponse(model, {
        up: 60,
        down: 60,
        devices: 40,
        rng: random(9),
      });
      expect([mean.length, spread.length, one.length]).toEqual([121, 121, 121]);
      expect(mean[60]).toBeGreaterThan(mean[0]);
      expect(mean[120]).toBeLessThan(mean[60]);
      expect(spread.every((s) => Number.isFinite(s))).toBe(true);
      if (model.update.law === "ideal")
        expect([mean[0], mean[60], mean[120]]).toEqual([
          -1,
          expect.closeTo(1, 12),
          expect.closeTo(-1, 12),
        ]);
    },
  );

  test("without spread is the curve of the law", () => {
    const still = quiet(devices.ecram);
    const { mean, spread } = pulseResponse(still, { up: 50, down: 0, devices: 3, rng: random(9) });
    const { bounds } = still;
    expect(mean[50]).toBeCloseTo(affine(bounds.low, 50, 0.002, 0.1153 / bounds.high), 12);
    expect(Math.max(...spread)).toBeLessThan(1e-15);
  });
});
