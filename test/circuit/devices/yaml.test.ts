import { describe, expect, test } from "vitest";
import {
  describeDevice,
  deviceFrom,
  devices,
  deviceYaml,
} from "../../../src/circuit/devices/index.ts";
import { InputError } from "../../../src/numerics/errors.ts";

const text = (changes: string) =>
  `name: mine\nrange: [1 uS, 40 uS]\nbounds: {low: -1, high: 1}\n${changes}\n`;
const linear = "update: {law: linear, step: 0.01, gammaUp: 0.2, gammaDown: 0.3}";

describe("a device as YAML", () => {
  test.each(Object.values(devices).map((d) => [d.name, d] as const))(
    "%s is read back as it was written",
    async (_, model) => {
      expect(await deviceFrom(await deviceYaml(model, ["a comment"]), "x.yaml")).toEqual(model);
    },
  );

  test("says only what is not zero, with units where there are any", async () => {
    const mine = await deviceFrom(
      text(
        `${linear}\nprogramming: {polynomial: [0.3 uS, -2 nS], gmax: 25 uS}\nageing: {drift: ` +
          "{t0: 20 s, gmax: 25 uS, mean: {a: 0, b: 0.1, least: 0, most: 1}, spread: {a: 0, b: " +
          "0, least: 0, most: 0}}}",
      ),
      "mine.yaml",
    );
    expect(mine).toMatchObject({
      title: "mine",
      range: [1e-6, 40e-6],
      stuck: 0,
      gainSpread: 0,
      sign: "reference",
      programming: { polynomial: [0.3e-6, -2e-9], gmax: 25e-6 },
    });
    expect(mine.update).toMatchObject({ spread: 0, cycle: 0, writeNoise: 0 });
    expect(mine.ageing?.drift?.t0).toBe(20);
    expect(
      (await deviceFrom("name: free\nrange: [0, 100 kOhm]\nupdate: {law: ideal}", "x")).range[1],
    ).toBeCloseTo(1e-5, 20);
  });

  test.each([
    [
      "an unknown key",
      text(`${linear}\nstuk: 1`),
      /^mine\.yaml:5:1: unknown key "stuk"; did you mean "stuck"\?/,
    ],
    [
      "an unknown law",
      text("update: {law: liner, step: 1}"),
      /^mine\.yaml:4:15: update\.law: .*liner/,
    ],
    [
      "a voltage for a conductance",
      text(linear).replace("1 uS", "1 mV"),
      /^mine\.yaml:2:9: range\.0: "1 mV" is a voltage, expected a conductance/,
    ],
    [
      "a range upside down",
      text(linear).replace("1 uS", "50 uS"),
      /^mine\.yaml:2:8: range: found 50 uS and 40 uS, expected the lower conductance first/,
    ],
    [
      "a negative conductance",
      text(linear).replace("1 uS", "-1 uS"),
      /range\.0: found -1 uS, expected zero or more/,
    ],
    [
      "a law without bounds",
      text(linear).replace("bounds: {low: -1, high: 1}\n", ""),
      /update\.law: a device with the law linear has bounds; add for example/,
    ],
    [
      "a soft bound at zero",
      text("update: {law: soft-bounds, step: 0.1}").replace("-1", "0"),
      /^mine\.yaml:3:15: bounds\.low: found 0, expected less than zero: the law soft-bounds divides by it/,
    ],
    [
      "levels without bounds",
      "name: x\nrange: [0, 1]\nstates: 4\nupdate: {law: ideal}",
      /states: a device with levels has bounds/,
    ],
    [
      "a probability above one",
      text(`${linear}\nstuck: 1.5`),
      /stuck: found 1\.5, expected a number ≥ 0 and ≤ 1/,
    ],
    [
      "no full conductance",
      text(`${linear}\nprogramming: {polynomial: [1 uS], gmax: 0 S}`),
      /programming\.gmax: found 0 S, expected more than zero/,
    ],
    ["nothing", "", /empty/],
  ])("is refused with its place: %s", async (_, yaml, message) => {
    await expect(deviceFrom(yaml, "mine.yaml")).rejects.toThrow(InputError);
    await expect(deviceFrom(yaml, "mine.yaml")).rejects.toThrow(message);
  });
});

describe("a device in words", () => {
  test("names every imperfection that is not zero, and no other", () => {
    const names = (name: string) => describeDevice(devices[name]).map((r) => r.name);
    expect(names("ideal")).toEqual(["range", "sign", "states", "update"]);
    expect(names("cmos-130nm")).toEqual([
      "range",
      "sign",
      "bounds",
      "gain",
      "states",
      "update",
      "temperature",
    ]);
    expect(names("pcm")).toEqual(
      expect.arrayContaining([
        "write-verify",
        "drift",
        "1/f noise",
        "read noise",
        "further noise of a pulse",
        "reset",
      ]),
    );
    expect(names("reram-array-om")).toEqual(
      expect.arrayContaining(["stuck", "reference", "write noise"]),
    );
    expect(describeDevice(devices["cmos-130nm"]).find((r) => r.name === "gain")?.value).toBe(
      "4.026 %",
    );
    expect(describeDevice(devices.pcm).find((r) => r.name === "write-verify")?.value).toBe(
      "0.2635 + 1.965u − 1.173u² µS, u = g/25 µS",
    );
  });
});
