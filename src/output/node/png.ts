import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as resvgWasm from "@resvg/resvg-wasm";

/**
 * An SVG as PNG, `scale` pixels to its unit, without a browser: drawn by resvg in WASM, letters in
 * DejaVu Sans. Equal SVGs make equal bytes, on every machine.
 */
export async function pngOf(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await (loaded ??= load());
  const drawing = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: {
      fontBuffers: fonts(),
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
    },
  });
  try {
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}

let loaded: Promise<typeof resvgWasm> | undefined;

// Two megabytes of WASM, which only those who want pictures wait for.
async function load() {
  const resvg = await import("@resvg/resvg-wasm");
  await resvg.initWasm(bytesOf("@resvg/resvg-wasm/index_bg.wasm")).catch((error: unknown) => {
    // The package is one for the whole process, and others may have started it.
    if (!/already initialized/i.test(String(error))) throw error;
  });
  return resvg;
}

function fonts(): Uint8Array[] {
  return ["DejaVuSans", "DejaVuSans-Bold"].map((name) =>
    bytesOf(`dejavu-fonts-ttf/ttf/${name}.ttf`),
  );
}

function bytesOf(file: string): Uint8Array {
  return new Uint8Array(readFileSync(createRequire(import.meta.url).resolve(file)));
}
