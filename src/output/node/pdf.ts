import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * An SVG as PDF of its size, a unit a point: lines stay lines, and letters are DejaVu Sans, held in
 * the file. Equal SVGs make equal bytes.
 */
export async function pdfOf(svg: string, title: string): Promise<Uint8Array> {
  const [{ default: Document }, { default: draw }] = await Promise.all([
    import("pdfkit"),
    import("svg-to-pdfkit"),
  ]);
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
  const doc = new Document({
    size: [width, height],
    margin: 0,
    // No clock: the file says what it shows, and is a function of it.
    info: { Title: title, CreationDate: new Date(0), Producer: "analog-eqprop", Creator: "" },
  });
  for (const name of Object.values(fonts)) doc.registerFont(name, fontBytes(name));
  const parts: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    doc.on("data", (part: Uint8Array) => parts.push(part));
    doc.on("end", resolve);
    doc.on("error", reject);
  });
  draw(doc, svg, 0, 0, {
    assumePt: true,
    fontCallback: (_, bold) => (bold ? fonts.bold : fonts.plain),
  });
  doc.end();
  await ended;
  return new Uint8Array(Buffer.concat(parts));
}

const fonts = { plain: "DejaVuSans", bold: "DejaVuSans-Bold" } as const;

function fontBytes(name: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}
