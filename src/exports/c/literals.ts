import { shortest } from "../json.ts";

/** A number of single precision as C writes it; what is infinite is the largest there is. */
export function floatLiteral(x: number): string {
  const value = Math.fround(x);
  if (!Number.isFinite(value)) return value > 0 ? "FLT_MAX" : "-FLT_MAX";
  const text = shortest(value);
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** The number of such a literal. */
export function literalValue(text: string): number {
  if (text.endsWith("FLT_MAX")) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text.replace(/f$/, ""));
}

/** An array as C declares it, in lines of a hundred columns. */
export function arrayText(
  type: "float" | "int8_t" | "int32_t",
  name: string,
  sizes: readonly number[],
  values: ArrayLike<number>,
): string {
  const text = type === "float" ? floatLiteral : String;
  const lines: string[] = [];
  let line = " ";
  for (let i = 0; i < values.length; i++) {
    const item = ` ${text(values[i])},`;
    if (line.length + item.length > 99) {
      lines.push(line);
      line = " ";
    }
    line += item;
  }
  lines.push(line);
  return `static const ${type} ${name}[${sizes.join(" * ")}] = {\n${lines.join("\n")}\n};\n`;
}

/** Text as C writes it. */
export function stringLiteral(text: string): string {
  const escaped = Array.from(new TextEncoder().encode(text), (byte) =>
    byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, "0")}`,
  );
  return `"${escaped.join("")}"`;
}
