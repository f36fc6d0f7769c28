import { describe, expect, it } from "vitest";
import { pngOf } from "../../../src/output/node/png.ts";

const svg = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40" width="60" height="40" ` +
  `font-family="Helvetica, sans-serif"><rect width="60" height="40" ` +
  `fill="#fff"/>${inside}</svg>`;
const word = (text: string) => svg(`<text x="4" y="24">${text}</text>`);

describe("a PNG of an SVG", () => {
  it("has its signature, and twice the pixels of the drawing's units", async () => {
    const png = await pngOf(svg(""));
    const view = new DataView(png.buffer, png.byteOffset);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([120, 80]);
    expect(new DataView((await pngOf(svg(""), 1)).buffer).getUint32(16)).toBe(60);
  });

  it("has letters, those of our symbols too, and equal bytes for equal drawings", async () => {
    // A letter that the font lacks would be a box, and every such letter the same box.
    const pictures = await Promise.all(
      ["", "ε", "λ", "sᶠ", "s⁻", "T⁺", "10⁻⁴"].map((t) => pngOf(word(t))),
    );
    expect(new Set(pictures.map((p) => p.join())).size).toBe(7);
    expect(await pngOf(word("λ"))).toEqual(pictures[2]);
  });
});
