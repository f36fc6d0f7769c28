import { describe, expect, test } from "vitest";
import {
  aged,
  conductance,
  currentSpread,
  deviceNamed,
  devices,
  driftExponent,
  ends,
  fabricateDevices,
  leaked,
  leakTime,
  programmed,
  programmingSpread,
  quantised,
  seen,
  stateOf,
  thresholdSpread,
  transconductor,
  within,
  writeVerify,
  type DeviceModel,
  type Devices,
} from "../../../src/circuit/devices/index.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { random } from "../../../src/numerics/random.ts";
import type { Vec } from "../../../src/numerics/vec.ts";

const all = Object.values(devices).map((d) => [d.name, d] as const);
const count = 20_000;
const columns = [
  "up",
  "down",
  "low",
  "high",
  "slopeUp",
  "slopeDown",
  "reference",
  "gain",
  "rest",
  "drift",
  "lifetime",
] as const satisfies readonly (keyof Devices)[];

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const sigma = (values: ArrayLike<number>) => {
  const m = mean(values);
  return Math.sqrt(mean(Array.from(values, (v) => (v - m) ** 2)));
};
/** Of 1 + σξ: mean and standard deviation within 4 of their own standard errors. */
function isNormal(values: ArrayLike<number>, centre: number, spread: number): void {
  const n = values.length;
  expect(Math.abs(mean(values) - centre)).toBeLessThanOrEqual((4 * spread) / Math.sqrt(n));
  expect(Math.abs(sigma(values) - spread)).toBeLessThanOrEqual((4 * spread) / Math.sqrt(2 * n));
}
/**
 * Of |1 + σξ|: folding leaves the second moment 1 + σ²; its variance is at most that of the square
 * unfolded, 4σ² + 2σ⁴.
 */
function isFolded(values: readonly number[], spread: number): void {
  expect(Math.abs(mean(values.map((v) => v * v)) - 1 - spread ** 2)).toBeLessThanOrEqual(
    4 * Math.sqrt((4 * spread ** 2 + 2 * spread ** 4) / values.length) + 1e-12,
  );
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
}
const free = (d: Devices, values: Vec) => Array.from(values).filter((_, i) => d.stuck[i] === 0);

function still(model: DeviceModel): DeviceModel {
  const { update } = model;
  const bounds = { ...model.bounds, spreadLow: 0, spreadHigh: 0 };
  const common = {
    ...model,
    bounds,
    stuck: 0,
    gainSpread: 0,
    ageing: model.ageing && {
      ...model.ageing,
      leak: model.ageing.leak && { ...model.ageing.leak, spread: 0 },
    },
  };
  if (update.law === "ideal") return common;
  const none = { spread: 0, cycle: 0, upDownSpread: 0, writeNoise: 0 };
  switch (update.law) {
    case "linear":
      return { ...common, update: { ...update, ...none, gammaUpSpread: 0, gammaDownSpread: 0 } };
    case "soft-bounds":
      return { ...common, update: { ...update, ...none, reference: null } };
    case "exponential":
      return {
        ...common,
        update: { ...update, ...none, reset: update.reset && { ...update.reset, spread: 0 } },
      };
    default:
      return { ...common, update: { ...update, ...none } };
  }
}

describe.each(all)("%s", (_, model) => {
  const drawn = fabricateDevices(model, count, random(7, "die", 1));

  test("has bounds as published, in mean and spread", () => {
    if (!Number.isFinite(model.bounds.low)) {
      expect(drawn.low.every((b) => b === -Infinity)).toBe(true);
      return;
    }
    isFolded(
      free(drawn, drawn.high).map((v) => v / model.bounds.high),
      model.bounds.spreadHigh,
    );
    if (model.bounds.low === 0) expect(drawn.low.every((b) => b === 0)).toBe(true);
    else
      isFolded(
        free(drawn, drawn.low).map((v) => v / model.bounds.low),
        model.bounds.spreadLow,
      );
  });

  test("has steps as published: their mean, spread and law, and their two directions", () => {
    const { update } = model;
    if (update.law === "ideal") {
      expect([drawn.up[0], drawn.down[0]]).toEqual([1, 1]);
      return;
    }
    const up = free(drawn, drawn.up).map((v) => v / update.step);
    const down = free(drawn, drawn.down).map((v) => v / update.step);
    if (update.spreadLaw === "lognormal") {
      const r = update.upDownSpread / Math.exp(-3 * update.spread);
      expect(Math.abs(mean(up.map(Math.log)))).toBeLessThan(
        (4 * update.spread) / Math.sqrt(count / 2) + r ** 2,
      );
      expect(Math.abs(sigma(up.map(Math.log)) - update.spread)).toBeLessThan(
        (4 * update.spread) / Math.sqrt(count) + r ** 2,
      );
    } else {
      const bias = [Math.min(0, update.upDown), -Math.max(0, update.upDown)];
      const spread = Math.hypot(update.spread, update.upDownSpread);
      for (const [k, side] of [up, down].entries()) {
        expect(Math.abs(mean(side) - 1 - bias[k])).toBeLessThan(
          (4 * spread) / Math.sqrt(side.length) + 1e-3 * spread,
        );
        expect(
          Math.abs(mean(side.map((v) => v * v)) - (1 + bias[k]) ** 2 - spread ** 2),
        ).toBeLessThan(4 * Math.sqrt((4 * spread ** 2 + 2 * spread ** 4) / side.length));
      }
    }
    // The gain of a device is common to both directions; the rest is their difference, 2r.
    const difference = up.map((u, i) => u - down[i] - Math.abs(update.upDown));
    if (update.spreadLaw === "normal")
      expect(Math.abs(sigma(difference) - 2 * update.upDownSpread)).toBeLessThan(
        (8 * update.upDownSpread) / Math.sqrt(2 * up.length) + 1e-12,
      );
  });

  test("has as many stuck devices as published, which never move", () => {
    const stuck = mean(drawn.stuck);
    expect(Math.abs(stuck - model.stuck)).toBeLessThanOrEqual(
      4 * Math.sqrt((model.stuck * (1 - model.stuck)) / count),
    );
    for (let i = 0; i < count; i++)
      if (drawn.stuck[i] !== 0) {
        expect(drawn.low[i]).toBe(drawn.high[i]);
        expect(Math.abs(drawn.low[i])).toBeLessThanOrEqual(model.stuckWithin);
        expect(within(drawn, i, 5)).toBe(drawn.low[i]);
      }
  });

  test("has gains, lifetimes and rests with the spreads it names", () => {
    isNormal(drawn.gain, 1, model.gainSpread);
    isNormal(drawn.lifetime, 1, model.ageing?.leak?.spread ?? 0);
    const reset = model.update.law === "exponential" ? model.update.reset : null;
    isNormal(drawn.rest, reset?.mean ?? 0, reset?.spread ?? 0);
    isNormal(drawn.drift, 0, 1);
  });

  test("with every spread at zero is the nominal device, exactly", () => {
    const nominal = still(model);
    const exact = fabricateDevices(nominal, 50, random(7, "die", 1));
    const { update } = nominal;
    const only = (v: Vec, value: number) =>
      expect(Array.from(v)).toEqual(new Array(50).fill(value));
    only(exact.low, model.bounds.low);
    only(exact.high, model.bounds.high);
    only(exact.gain, 1);
    only(exact.lifetime, 1);
    only(exact.reference, 0);
    if (update.law !== "ideal") {
      only(exact.up, update.step * (1 + Math.min(0, update.upDown)));
      only(exact.down, update.step * (1 - Math.max(0, update.upDown)));
    }
    expect(exact.stuck.some((s) => s !== 0)).toBe(false);
    expect(seen(nominal, 0.3, random(1))).toBe(0.3);
  });

  test("is the same whatever else is drawn, and keeps its first devices when there are more", () => {
    const rng = random(7, "die", 1);
    for (let k = 0; k < 100; k++) rng.normal();
    const again = fabricateDevices(model, 100, rng);
    for (const name of columns)
      expect(Array.from(again[name])).toEqual(Array.from(drawn[name].subarray(0, 100)));
    const other = fabricateDevices(
      { ...model, gainSpread: 0.5, stuck: 0.5 },
      100,
      random(7, "die", 1),
    );
    for (const name of ["reference", "rest", "drift", "lifetime"] as const)
      expect(other[name].every((v, i) => v === again[name][i] || other.stuck[i] !== 0)).toBe(true);
  });

  test("maps x to siemens and back, and its range to its ends", () => {
    const [low, high] = ends(model);
    expect([conductance(model, low), conductance(model, high)]).toEqual([
      expect.closeTo(model.range[0], 15),
      expect.closeTo(model.range[1], 15),
    ]);
    for (const x of [low, -0.4, 0, 0.7, high])
      expect(stateOf(model, conductance(model, x))).toBeCloseTo(x, 12);
    expect(model.range[0]).toBeLessThan(model.range[1]);
  });

  test("names its sources, and what is not from them", () => {
    expect(model.cites.length + model.approximate.length).toBeGreaterThan(0);
    for (const cite of model.cites) expect(cite).toMatch(/^@\w+\{\w+,[\s\S]*year\s+= \{\d{4}\}/);
  });
});

describe("matching of transistors", () => {
  test(
    "is that of Pelgrom's law: 3.9 mV on 1 µm² at 130 nm, 3.9 % of current at g_m/I = 10/V, " +
      "about 11.6 % at 30/V",
    () => {
      const matching = { aVT: 3.9e-9, aBeta: 0 };
      expect(thresholdSpread(matching, 1e-12)).toBeCloseTo(3.9e-3, 12);
      expect(thresholdSpread(matching, 4e-12)).toBeCloseTo(1.95e-3, 12);
      expect(currentSpread(matching, 1e-12, 10)).toBeCloseTo(0.039, 10);
      expect(Math.abs(currentSpread(matching, 1e-12, 30) - 0.116)).toBeLessThan(0.0015);
      expect(currentSpread({ aVT: 3.9e-9, aBeta: 1e-8 }, 1e-12, 10)).toBeCloseTo(
        Math.hypot(0.039, 0.01),
        12,
      );
    },
  );

  test("is exactly none without A_VT and A_β, and falls with the root of the area", () => {
    const options = {
      name: "mine",
      title: "",
      description: "",
      cites: [],
      approximate: "",
      gmOverI: 10,
      current: [1e-7, 1e-5] as const,
      temperature: 0,
    };
    expect(transconductor({ ...options, matching: { aVT: 0, aBeta: 0 } }).gainSpread).toBe(0);
    const [small, large] = [1e-12, 100e-12].map(
      (area) =>
        transconductor({ ...options, area, matching: { aVT: 3.9e-9, aBeta: 1e-8 } }).gainSpread,
    );
    expect(small / large).toBeCloseTo(10, 10);
  });

  test("below threshold gives 27 nS at 1 nA and 2.7 µS at 100 nA", () => {
    const [low, high] = devices["cmos-subthreshold"].range;
    expect(low * 1e9).toBeCloseTo(27, 0);
    expect(high * 1e6).toBeCloseTo(2.7, 1);
  });
});

describe("write-verify", () => {
  test.each([
    ["pcm", 0, 0.26348],
    ["pcm", 12.5, 0.26348 + 1.965 / 2 - 1.1731 / 4],
    ["pcm", 25, 1.05538],
    ["pcmHermesPair", 20.7, 1.093],
    ["pcmHermes", 10.35, 1.007],
    ["pcmJoshi", 10, -0.179 + 0.759 + 0.286],
    ["reramWan", 40, 1.103],
    ["reramCmo", 50, 0.0112185391 + 0.01129027418 * 50],
    ["reramMilo", 100, 3.872],
  ] as const)("of %s leaves σ as printed at %s µS", (name, g, expected) => {
    expect(
      programmingSpread({ ...devices.pcm, programming: writeVerify[name] }, g * 1e-6) * 1e6,
    ).toBeCloseTo(expected, 9);
  });

  test(
    "leaves normal errors of that σ, never a negative conductance, and nothing where there is " +
      "no error",
    () => {
      const rng = random(3);
      const g = 12.5e-6;
      const spread = programmingSpread(devices.pcm, g);
      isNormal(
        Array.from({ length: count }, () => programmed(devices.pcm, g, rng) * 1e6),
        g * 1e6,
        spread * 1e6,
      );
      expect(Math.min(...Array.from({ length: 1000 }, () => programmed(devices.pcm, 0, rng)))).toBe(
        0,
      );
      expect(programmed(devices.ecram, g, rng)).toBe(g);
    },
  );

  test("write noise is new each time, in steps", () => {
    const rng = random(4);
    const om = devices["reram-array-om"];
    isNormal(
      Array.from({ length: count }, () => seen(om, 0.2, rng)),
      0.2,
      1.4113 * 0.0949,
    );
  });
});

describe("ageing", () => {
  const { pcm } = devices;
  const fab = (model: DeviceModel, n = count) => fabricateDevices(model, n, random(11));
  const quiet = { ...pcm, ageing: { ...pcm.ageing!, flicker: null } };

  test.each([
    [1, 0.049, 0.008],
    [0.1, 0.0155 * Math.log(10) + 0.0244, 0.0125 * Math.log(10) - 0.0059],
    [0.01, 0.0155 * Math.log(100) + 0.0244, 0.045],
    [1e-4, 0.1, 0.045],
  ])(
    "drift exponents at %s of the full conductance have mean %s and spread %s",
    (part, mu, spread) => {
      expect(driftExponent(pcm, part * 25e-6, 0)).toBeCloseTo(mu, 12);
      expect(driftExponent(pcm, part * 25e-6, 1) - mu).toBeCloseTo(spread, 12);
    },
  );

  test("drift is g (t/t₀)^−ν with t₀ = 20 s", () => {
    const d = fab(quiet, 10);
    const g = 10e-6;
    for (const seconds of [20, 3600, 3.15e7])
      for (let i = 0; i < 10; i++)
        expect(aged(d, i, g, seconds, 300, random(0)) / g).toBeCloseTo(
          ((20 + seconds) / 20) ** -driftExponent(pcm, g, d.drift[i]),
          12,
        );
  });

  test("1/f noise that piled up in an hour has the σ of its formula", () => {
    const g = 10e-6;
    const d = fab({ ...pcm, ageing: { ...pcm.ageing!, drift: null } }, 1);
    const rng = random(5);
    const spread = 0.0088 * 0.4 ** -0.65 * Math.sqrt(Math.log((3620 + 250e-9) / 500e-9));
    isNormal(
      Array.from({ length: count }, () => aged(d, 0, g, 3600, 300, rng) / g),
      1,
      spread,
    );
  });

  test("relaxation of a metal-oxide ReRAM shifts and widens with the logarithm of time", () => {
    const d = fab(devices["reram-cmo"], 1);
    const rng = random(6);
    const log = Math.log(3600);
    isNormal(
      Array.from({ length: count }, () => aged(d, 0, 50e-6, 3600, 300, rng) * 1e6),
      50 - 0.08900206 * log,
      0.04201137 * log + 0.41183342,
    );
  });

  test("a capacitor loses 1/L a minibatch and e^−t/τ in time, twice as fast 10 K hotter", () => {
    const d = fab(
      {
        ...devices.capacitor,
        ageing: {
          ...devices.capacitor.ageing!,
          leak: { minibatches: 1e6, spread: 0, seconds: 1000 },
        },
      },
      1,
    );
    const middle = conductance(d.model, 0);
    const g = conductance(d.model, 0.8);
    expect(leaked(d, 0, 0.8)).toBe(0.8 * (1 - 1e-6));
    expect((aged(d, 0, g, 500, 300, random(0)) - middle) / (g - middle)).toBeCloseTo(
      Math.exp(-0.5),
      10,
    );
    expect((aged(d, 0, g, 500, 310, random(0)) - middle) / (g - middle)).toBeCloseTo(
      Math.exp(-1),
      10,
    );
    expect(leakTime(devices.pcm, 350)).toBe(Infinity);
    expect(leaked(fab(devices.ecram, 1), 0, 0.8)).toBe(0.8);
  });

  test("a transconductor below threshold falls as 1/T", () => {
    expect(aged(fab(devices["cmos-subthreshold"], 1), 0, 1e-6, 0, 330, random(0))).toBeCloseTo(
      1e-6 / 1.1,
      15,
    );
  });

  test.each(all)("leaves %s exactly as it was at age zero and 300 K", (_, model) => {
    expect(aged(fab(model, 1), 0, 3.3e-6, 0, 300, random(0))).toBe(3.3e-6);
  });
});

describe("levels", () => {
  test("are evenly spaced between the bounds; a continuous device keeps x", () => {
    const model = {
      ...devices.ecram,
      states: 5,
      bounds: { ...devices.ecram.bounds, low: -1, high: 1 },
    };
    expect([-3, -1, -0.3, 0.2, 0.26, 0.9, 7].map((x) => quantised(x, model))).toEqual([
      -1, -1, -0.5, 0, 0.5, 1, 1,
    ]);
    expect(quantised(0.123, devices.ecram)).toBe(0.123);
  });
});

describe("the list of devices", () => {
  test("has every device under its name, and suggests one for a slip", () => {
    for (const [name, model] of Object.entries(devices)) expect(deviceNamed(name)).toBe(model);
    expect(() => deviceNamed("ecramm")).toThrow(InputError);
    expect(() => deviceNamed("ecramm")).toThrow(
      /did you mean "ecram"\? known devices: ideal, cmos-180nm/,
    );
    expect(() => deviceNamed("constructor")).toThrow(InputError);
  });
});
