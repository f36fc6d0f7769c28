/**
 * What the process of the WASM build does: it says that it is ready, and then runs one netlist
 * after another, each told as `[chip.cir, chip.raw]`, writes a raw file as ngspice's own and says
 * so. Each netlist has a simulation of its own, since one that cannot be read would leave the
 * results of the netlist before it. It leaves the plot of constants, or is waited for in vain:
 * while a netlist runs nothing else keeps the process, so that it ends.
 */
export const wasmScript = `
import { on } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
const { Simulation } = await import("eecircuit-engine");
process.once("disconnect", () => process.exit(0));
const asked = on(process, "message");
process.send("ready");
for await (const [[cir, raw]] of asked) {
  process.channel.unref();
  const simulation = new Simulation();
  await simulation.start();
  simulation.setNetList(readFileSync(cir, "utf8"));
  const result = await simulation.runSim();
  if (!/^Plotname: (Transient|Operating)/m.test(result.header)) process.exit(1);
  const { data, numPoints: points } = result, names = result.variableNames;
  const values = new Float64Array(points * data.length);
  data.forEach(({ values: column }, v) => {
    for (let p = 0; p < points; p++) values[p * data.length + v] = column[p];
  });
  const header = result.header.split(/^Variables:/m)[0].trimEnd();
  const rows = names.map((name, v) => "\\t" + v + "\\t" + name + "\\t" + data[v].type);
  const head = header + "\\nVariables:\\n" + rows.join("\\n") + "\\nBinary:\\n";
  writeFileSync(raw, Buffer.concat([Buffer.from(head), Buffer.from(values.buffer)]));
  if (points === 0) process.exit(0);
  process.channel.ref();
  process.send("done");
}
`;
