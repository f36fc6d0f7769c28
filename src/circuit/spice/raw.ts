/**
 * What a run of ngspice left: for each saved quantity its values, `time` among them after a
 * transient.
 */
export interface RawResult {
  readonly title: string;
  readonly plot: string;
  /** `ngspice-45.2, Build …`, where it says so. */
  readonly command: string | null;
  readonly points: number;
  /** By name in small letters, as ngspice has them: `v(s1_0)`. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

const longestHeader = 1 << 24;
const headerEnd = /\n(Binary|Values):\r?\n/;

/**
 * Reads ngspice's raw file, binary or ASCII, of real numbers; of several plots the first.
 * @throws Error that says what is missing.
 */
export function readRaw(bytes: Uint8Array): RawResult {
  // What follows the header may be anything.
  const head = latin(bytes.subarray(0, longestHeader));
  const end = headerEnd.exec(head);
  if (!end) throw new Error("no raw file of ngspice: it has neither Binary: nor Values:");
  const header = head.slice(0, end.index);
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, "m").exec(header)?.[1];
  const count = Number(field("No\\. Variables"));
  const points = Number(field("No\\. Points"));
  const flags = field("Flags") ?? "";
  if (!(count >= 1) || !(points >= 0))
    throw new Error("no raw file of ngspice: the numbers of variables and points are missing");
  if (/complex/.test(flags))
    throw new Error(
      `the plot "${field("Plotname") ?? ""}" is complex, expected an operating point or a ` +
        "transient",
    );
  const names = header
    .slice(header.search(/^Variables:/m))
    .split("\n")
    .slice(1, count + 1)
    .map((line) => line.trim().split(/\s+/)[1]);
  const begin = end.index + end[0].length;
  const columns = names.map(() => new Float64Array(points));
  if (end[1] === "Binary") {
    if (bytes.length < begin + 8 * count * points)
      throw new Error(
        `the raw file ends early: ${bytes.length - begin} bytes of ${8 * count * points}`,
      );
    const view = new DataView(bytes.buffer, bytes.byteOffset + begin);
    for (let p = 0; p < points; p++)
      for (let v = 0; v < count; v++) columns[v][p] = view.getFloat64(8 * (p * count + v), true);
  } else {
    // Each point: its number, then a value a variable.
    const words = latin(bytes.subarray(begin))
      .split(/\s+/)
      .filter((w) => w !== "");
    if (words.length < points * (count + 1))
      throw new Error(`the raw file ends early: ${words.length} values of ${points * (count + 1)}`);
    for (let p = 0; p < points; p++)
      for (let v = 0; v < count; v++) columns[v][p] = Number(words[p * (count + 1) + v + 1]);
  }
  return {
    title: field("Title") ?? "",
    plot: field("Plotname") ?? "",
    command: field("Command") ?? null,
    points,
    values: new Map(names.map((n, v) => [n.toLowerCase(), columns[v]])),
  };
}

function latin(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
