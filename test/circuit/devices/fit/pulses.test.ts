import { describe, expect, test } from "vitest";
import { readMeasurements } from "../../../../src/circuit/devices/csv.ts";
import { fitPulses, type PulseFit } from "../../../../src/circuit/devices/fit/pulses.ts";
import {
  conductance,
  deviceFrom,
  devices,
  deviceYaml,
  fabricateDevices,
  pulse,
  type DeviceModel,
  type UpdateLaw,
} from "../../../../src/circuit/devices/index.ts";
import { InputError } from "../../../../src/numerics/errors.ts";
import { random } from "../../../../src/numerics/random.ts";

type Law = Exclude<UpdateLaw, { law: "ideal" }>;
const calm = {
  spread: 0,
  spreadLaw: "normal",
  cycle: 0,
  cycleOf: "step",
  upDown: 0,
  upDownSpread: 0,
  writeNoise: 0,
} as const;
const made = (update: Law): DeviceModel => ({
  ...devices.ecram,
  range: [2e-6, 12e-6],
  bounds: { low: -1, high: 1, spreadLow: 0, spreadHigh: 0 },
  update,
});

/** Pulses up from x₀ and down again, as a table; readings have noise of `sigma` siemens. */
function measured(
  model: DeviceModel,
  { x0 = -0.8, up = 200, down = 200, sigma = 0, every = 1, sweeps = 1, way = true, seed = 1 } = {},
): string {
  const d = fabricateDevices(model, 1, random(seed));
  const rng = random(seed, "noise");
  const lines = [`pulse,conductance (uS)${way ? ",direction" : ""}`];
  let x = x0;
  let n = 0;
  for (let s = 0; s < sweeps; s++)
    for (const [count, sign] of [
      [up, 1],
      [down, -1],
    ] as const)
      for (let k = 1; k <= count; k++) {
        x = pulse(d, 0, x, sign, rng);
        n++;
        if (k % every !== 0) continue;
        const measured = conductance(model, x) + sigma * rng.normal();
        const direction = way ? `,${sign > 0 ? "up" : "down"}` : "";
        lines.push(`${n},${(measured * 1e6).toFixed(9)}${direction}`);
      }
  return lines.join("\n");
}
const fit = async (text: string): Promise<PulseFit> =>
  fitPulses(await readMeasurements(text, "data.csv"), "mine");
const parameter = (f: PulseFit, law: string, name: string) =>
  f.candidates.find((c) => c.law === law)!.parameters.find((p) => p.name === name)!;

/**
 * Step at y = 0 in siemens and slope in y of Δx = step(1 − slope x), where y = −1 … 1 is the range
 * that was fitted.
 */
function inFrame(
  {
    device: {
      range: [low, high],
    },
  }: PulseFit,
  step: number,
  slope: number,
): { step: number; slope: number } {
  const alpha = ((low + high) / 2 - 7e-6) / 5e-6;
  const beta = (high - low) / 10e-6;
  return { step: step * (1 - slope * alpha) * 5e-6, slope: (slope * beta) / (1 - slope * alpha) };
}

describe("a fit to pulses", () => {
  test.each([1, 2, 3])(
    "finds a linear device, within 4 standard errors (data %s)",
    async (seed) => {
      const f = await fit(
        measured(
          made({
            ...calm,
            law: "linear",
            step: 0.008,
            gammaUp: 0.4,
            gammaDown: 0.6,
            gammaUpSpread: 0,
            gammaDownSpread: 0,
          }),
          { sigma: 10e-9, seed },
        ),
      );
      expect(f.law).toBe("linear");
      for (const [side, gamma] of [
        ["up", 0.4],
        ["down", -0.6],
      ] as const) {
        const truth = inFrame(f, 0.008, gamma);
        const step = parameter(f, "linear", `step ${side}, mid-range`);
        const g = parameter(f, "linear", `γ ${side}`);
        expect(Math.abs(step.value - truth.step)).toBeLessThan(4 * step.error);
        expect(Math.abs(g.value - Math.abs(truth.slope))).toBeLessThan(4 * g.error);
        expect(step.error / step.value).toBeLessThan(0.02);
      }
      const { rms } = f.candidates.find((c) => c.law === "linear")!;
      // 400 readings: the root mean square is known to 1/√800.
      expect(Math.abs(rms / 10e-9 - 1)).toBeLessThan(4 / Math.sqrt(800) + 0.01);
      expect(parameter(f, "linear", "noise of a reading").value * 1e9).toBeCloseTo(10, -0.5);
    },
  );

  test("finds a constant device and does not make more of it", async () => {
    const f = await fit(
      measured(made({ ...calm, law: "constant", step: 0.008, upDown: 0.2 }), { sigma: 10e-9 }),
    );
    expect(f.law).toBe("constant");
    const [up, down] = ["up", "down"].map((side) =>
      parameter(f, "constant", `step ${side}, mid-range`),
    );
    expect(Math.abs(up.value - 0.008 * 5e-6)).toBeLessThan(4 * up.error);
    expect(Math.abs(down.value - 0.8 * 0.008 * 5e-6)).toBeLessThan(4 * down.error);
    const { update } = f.device;
    expect(update.law === "constant" && update.upDown).toBeCloseTo(0.2, 2);
  });

  test("finds soft bounds where the pulses come to an end, and where the bounds are", async () => {
    const f = await fit(
      measured(made({ ...calm, law: "soft-bounds", step: 0.04, reference: null }), {
        sigma: 10e-9,
        x0: -0.999,
      }),
    );
    expect(f.law).toBe("soft-bounds");
    for (const [name, truth] of [
      ["low bound", 2e-6],
      ["high bound", 12e-6],
    ] as const) {
      const found = parameter(f, "soft-bounds", name);
      expect(Math.abs(found.value - truth)).toBeLessThan(4 * found.error);
    }
    const { update } = f.device;
    expect(update.law === "soft-bounds" && update.step).toBeCloseTo(0.04, 3);
  });

  test("finds an exponential device without noise to many digits, and its curve with noise", async () => {
    const law = {
      ...calm,
      law: "exponential",
      step: 0.006,
      up: { A: 0.2, gamma: 1.5 },
      down: { A: 0.1, gamma: 2 },
      a: 1,
      b: 0,
      cycleOffset: 0,
      cycleSlope: 0,
      reset: null,
    } as const;
    const text = (sigma: number) => measured(made(law), { sigma, up: 400, down: 400 });
    const exact = await fit(text(0));
    expect(exact.law).toBe("exponential");
    expect(exact.candidates.find((c) => c.law === "exponential")!.rmsRelative).toBeLessThan(1e-7);
    const noisy = await fit(text(5e-9));
    const worst = Math.max(
      ...noisy.curve.map((c, i) => Math.abs(c.fitted - exact.curve[i].measured)),
    );
    expect(worst).toBeLessThan(5e-9);
  });

  test("tells the noise of a pulse from that of a reading", async () => {
    const f = await fit(
      measured(made({ ...calm, law: "constant", step: 0.004, cycle: 0.5 }), {
        sigma: 2e-9,
        up: 400,
        down: 400,
        x0: -0.9,
      }),
    );
    // The variance of a pulse's noise, from 800 of them: 1/√400 of itself, once more for the
    // readings'.
    expect(
      Math.abs(parameter(f, f.law, "noise of a pulse").value / (0.5 * 0.004 * 5e-6) - 1),
    ).toBeLessThan(4 / Math.sqrt(400));
    const { update } = f.device;
    expect(update.law !== "ideal" && Math.abs(update.cycle - 0.5)).toBeLessThan(0.15);
  });

  test("does not take the wandering of noisy pulses for a curve, and its errors hold there too", async () => {
    const law = {
      ...calm,
      law: "linear",
      step: 0.02,
      cycle: 0.3,
      gammaUp: 0.6,
      gammaDown: 0.8,
      gammaUpSpread: 0,
      gammaDownSpread: 0,
    } as const;
    const fits = await Promise.all(
      Array.from({ length: 12 }, (_, seed) =>
        fit(measured(made(law), { sigma: 25e-9, seed: seed + 1 })),
      ),
    );
    // Two parameters more pay by chance where χ² of two degrees is above 6: in 5 % of the data, 12
    // of them within 4 sigma.
    expect(fits.filter((f) => f.law !== "linear").length).toBeLessThanOrEqual(
      12 * 0.05 + 4 * Math.sqrt(12 * 0.05 * 0.95),
    );
    for (const f of fits)
      for (const [side, gamma] of [
        ["up", 0.6],
        ["down", -0.8],
      ] as const) {
        const truth = inFrame(f, 0.02, gamma);
        const step = parameter(f, "linear", `step ${side}, mid-range`);
        expect(Math.abs(step.value - truth.step)).toBeLessThan(4 * step.error);
      }
  });

  test(
    "reads directions off the curve where none are given, over one peak or several sweeps, and " +
      "says so",
    async () => {
      const model = made({
        ...calm,
        law: "linear",
        step: 0.008,
        gammaUp: 0.4,
        gammaDown: 0.6,
        gammaUpSpread: 0,
        gammaDownSpread: 0,
      });
      const given = await fit(measured(model));
      const guessed = await fit(measured(model, { way: false }));
      expect(guessed.notes.join()).toMatch(
        /directions are read from the curve: up from row 1, down from row 200/,
      );
      expect(guessed.law).toBe(given.law);
      expect(parameter(guessed, "linear", "γ up").value).toBeCloseTo(
        parameter(given, "linear", "γ up").value,
        4,
      );
      const many = await fit(measured(model, { sweeps: 3 }));
      expect(parameter(many, "linear", "γ down").value).toBeCloseTo(
        -inFrame(many, 0.008, -0.6).slope,
        6,
      );
    },
  );

  test("counts the pulses between rows", async () => {
    const model = made({
      ...calm,
      law: "linear",
      step: 0.004,
      gammaUp: 0.4,
      gammaDown: 0.6,
      gammaUpSpread: 0,
      gammaDownSpread: 0,
    });
    const f = await fit(measured(model, { every: 10, up: 400, down: 400 }));
    expect(parameter(f, "linear", "step up, mid-range").value).toBeCloseTo(
      inFrame(f, 0.004, 0.4).step,
      12,
    );
  });

  test("mirrors the direction that was not measured, and says so", async () => {
    const f = await fit(
      measured(
        made({
          ...calm,
          law: "linear",
          step: 0.008,
          gammaUp: 0.4,
          gammaDown: 0.6,
          gammaUpSpread: 0,
          gammaDownSpread: 0,
        }),
        { down: 0, sigma: 1e-9 },
      ),
    );
    expect(f.notes).toContain(
      "no pulses down were measured: they are taken as the mirror image of the others",
    );
    expect(parameter(f, "linear", "γ down").value).toBe(parameter(f, "linear", "γ up").value);
  });

  test("gives a device that walks the measured curve, also after a trip through YAML", async () => {
    for (const law of ["linear", "soft-bounds"] as const) {
      const source = made(
        law === "linear"
          ? {
              ...calm,
              law,
              step: 0.008,
              upDown: -0.3,
              gammaUp: 0.4,
              gammaDown: 0.6,
              gammaUpSpread: 0,
              gammaDownSpread: 0,
            }
          : { ...calm, law, step: 0.04, upDown: -0.3, reference: null },
      );
      const f = await fit(measured(source, { up: 300, x0: -0.99 }));
      const device = await deviceFrom(await deviceYaml(f.device, ["fitted"]), "mine.yaml");
      expect(device).toEqual(f.device);
      const own = fabricateDevices(
        { ...device, update: { ...(device.update as Law), cycle: 0, writeNoise: 0 } },
        1,
        random(1),
      );
      const [low, high] = device.range;
      let x = (2 * (f.curve[0].fitted - low)) / (high - low) - 1;
      for (let k = 1; k < 300; k++) x = pulse(own, 0, x, 1, random(2));
      expect(Math.abs(conductance(device, x) - f.curve[299].measured)).toBeLessThan(2e-9);
    }
  });
});

describe("pulses that cannot be fitted", () => {
  const rows = (body: readonly string[]) => ["pulse,conductance (uS)", ...body].join("\n");
  test.each([
    ["few rows", rows(["1,2", "2,3"]), /^data\.csv: 2 rows, expected at least 8 measured pulses/],
    ["no rows", rows([]), /^data\.csv: 0 rows/],
    [
      "constant conductances",
      rows(Array.from({ length: 9 }, (_, i) => `${i},5`)),
      /^data\.csv: every conductance is 5 uS, expected pulses that change it/,
    ],
    [
      "a negative conductance",
      rows(Array.from({ length: 9 }, (_, i) => `${i},${i - 3}`)),
      /^data\.csv:2:1: conductance: found -3 uS, expected zero or more/,
    ],
    [
      "half pulses",
      rows(Array.from({ length: 9 }, (_, i) => `${i + 0.5},${i}`)),
      /^data\.csv:2:1: pulse: found 0\.5, expected a whole number/,
    ],
    [
      "no run of pulses",
      rows(Array.from({ length: 9 }, (_, i) => `${9 - i},${i}`)),
      /no two rows follow each other/,
    ],
  ])("are refused: %s", async (_, text, message) => {
    await expect(fit(text)).rejects.toThrow(InputError);
    await expect(fit(text)).rejects.toThrow(message);
  });
});
