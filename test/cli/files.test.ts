import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn, main } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at());

describe("the file system is not ours:", () => {
  it.skipIf(!existsSync("/proc/self"))("a folder that cannot be made is an error", async () => {
    for (const command of ["train tiny.yaml --data data", "data fetch mnist"]) {
      const option = command.startsWith("data") ? "--dir" : "--out";
      const { code, stderr } = await run(...command.split(" "), option, "/proc/foo");
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/takes no new folders|permission/) as string,
      });
    }
  });

  it("a result is not put in the place of a link or a device", async () => {
    writeFileSync(at("target"), "keep\n");
    for (const name of ["link.cir", "link.html", "link.yaml"]) symlinkSync("target", at(name));
    writeFileSync(at("pulses.csv"), `pulse,conductance (uS)\n${pulses()}`);
    for (const command of [
      "netlist ideal --out link.cir",
      "settle ideal --layers 784,8,10 --plot link.html",
      "device fit pulses.csv --out link.yaml",
    ]) {
      const { code, stderr } = await run(...command.split(" "));
      expect({ code, link: stderr.includes("it is a symbolic link") }, command).toEqual({
        code: 2,
        link: true,
      });
    }
    expect(readFileSync(at("target"), "utf8")).toBe("keep\n");
    expect(lstatSync(at("link.cir")).isSymbolicLink()).toBe(true);
    try {
      execFileSync("mknod", [at("null"), "c", "1", "3"], { stdio: "ignore" });
    } catch {
      return;
    }
    expect(await run("netlist", "ideal", "--out", "null")).toMatchObject({ code: 2 });
    expect(lstatSync(at("null")).isCharacterDevice()).toBe(true);
  });

  it.skipIf(!existsSync("/dev/full"))("an answer without room is one line and exit code 1", () => {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${main}" netlist ideal > /dev/full`],
      { encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "error: the output cannot be written: its disk is full; send it elsewhere\n",
    });
  });
});

/** Two ways up, as a device with a soft end answers. */
function pulses(): string {
  return Array.from({ length: 60 }, (_, i) => {
    const up = 1 + 9 * (1 - Math.exp(-(i % 30) / 10));
    return `${i},${(i < 30 ? up : 11 - up).toFixed(6)}\n`;
  }).join("");
}
