/**
 * What the process of the WASM build does: `-- chip.cir chip.raw` runs a netlist and writes a raw
 * file as ngspice's own; without arguments it ends well if the build is there. A netlist that
 * cannot be read leaves the plot of constants, or nothing at all.
 */
export const wasmScript = `
import { readFileSync, writeFileSync } from "node:fs";
const { Simulation } = await import("eecircuit-engine");
const [cir, raw] = process.argv.slice(1).filter((a) => a !== "--");
if (!cir) process.exit(0);
const simulation = new Simulation();
await simulation.start();
simulation.setNetList(readFileSync(cir, "utf8"));
const result = await simulation.runSim();
if (!/^Plotname: (Transient|Operating)/m.test(result.header)) process.exit(1);
const { data, numPoints: points } = result, names = result.variableNames;
const values = new Float64Array(points * data.length);
data.forEach(({ values: column }, v) => { for (let p = 0; p < points; p++) values[p * data.length + v] = column[p]; });
const header = result.header.split(/^Variables:/m)[0].trimEnd();
const variables = names.map((name, v) => "\\t" + v + "\\t" + name + "\\t" + data[v].type).join("\\n");
writeFileSync(raw, Buffer.concat([Buffer.from(header + "\\nVariables:\\n" + variables + "\\nBinary:\\n"), Buffer.from(values.buffer)]));
process.exit(0);
`;
