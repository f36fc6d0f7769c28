import { refuseSingular } from "./singular.ts";
import type { Analysis, DiodeModel, Element, Netlist, Source } from "./netlist.ts";

/** Columns after which a card goes on in the next line. */
const width = 2000;

/**
 * The netlist as text that stock ngspice runs as it is. Numbers are plain and of full precision:
 * SPICE's suffixes have traps (M is milli).
 * @throws InputError for a node that hangs in the air, a loop of voltage sources or an element
 *   named twice.
 */
export function writeNetlist(netlist: Netlist): string {
  refuseSingular(netlist);
  const { title, notes, elements, diodes = [], temperature, options, analysis, save } = netlist;
  const celsius = number(Number((temperature - 273.15).toFixed(9)));
  const lines = [
    titleLine(title),
    ...notes.map((n) => `* ${oneLine(n)}`),
    "*",
    ...elements.map(card),
    ...diodes.map(model),
    // A diode's law is at the temperature that it is given for.
    `.options ${Object.entries({ ...options })
      .map(([key, value]) => `${key}=${number(value)}`)
      .join(" ")} temp=${celsius} tnom=${celsius}`,
    ...(save.length > 0 ? [folded(`.save ${save.map((n) => `v(${n})`).join(" ")}`)] : []),
    command(analysis),
    ".end",
  ];
  return `${lines.join("\n")}\n`;
}

function card(e: Element): string {
  if (e.kind === "comment") return `* ${oneLine(e.text)}`;
  const head = `${e.kind}${e.name} ${e.nodes[0]} ${e.nodes[1]}`;
  switch (e.kind) {
    case "R":
      return `${head} ${number(e.value)}`;
    case "C": {
      const initial = e.initial === undefined ? "" : ` IC=${number(e.initial)}`;
      return `${head} ${number(e.value)}${initial}`;
    }
    case "V":
    case "I":
      return folded(`${head} ${source(e.source)}`);
    case "G":
    case "E":
      return `${head} ${e.control[0]} ${e.control[1]} ${number(e.gain)}`;
    case "F":
      return `${head} V${e.sense} ${number(e.gain)}`;
    case "B":
      return folded(`${head} I = ${e.current}`);
    case "D":
      return `${head} ${e.model}`;
    default:
      return e satisfies never;
  }
}

function source(s: Source): string {
  if ("dc" in s) return `DC ${number(s.dc)}`;
  if ("points" in s)
    return `PWL(${s.points.map(([t, v]) => `${number(t)} ${number(v)}`).join(" ")})`;
  // It stays there: without a width a pulse is as wide as the transient is long. One of a second
  // would lose edges before 100 ns: to ngspice times apart by 1e-7 of the width are the same.
  if ("edge" in s) return `PULSE(${[s.from, s.to, s.at, s.edge, s.edge].map(number).join(" ")})`;
  return s satisfies never;
}

function model({ name, saturation, ideality }: DiodeModel): string {
  return `.model ${name} D(IS=${number(saturation)} N=${number(ideality)})`;
}

function command(analysis: Analysis): string {
  switch (analysis.kind) {
    case "op":
      return ".op";
    // UIC: without it a transient starts from the operating point, where the circuit has settled
    // already.
    case "tran": {
      const { step, end } = analysis;
      return `.tran ${number(step)} ${number(end)} 0 ${number(step)} UIC`;
    }
    default:
      return analysis satisfies never;
  }
}

/** Shortest decimal that reads back as the same number. */
export function number(x: number): string {
  if (!Number.isFinite(x)) throw new Error(`a netlist has no number ${x}`);
  return x.toString();
}

/**
 * The first line is the title, but ngspice obeys one that says `.include`, and passes over an empty
 * one.
 */
function titleLine(title: string): string {
  const line = oneLine(title);
  return /^[a-z0-9]/i.test(line) ? line : `* ${line}`;
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Long cards go on after a `+`. */
function folded(text: string): string {
  if (text.length <= width) return text;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n+ ");
}
