import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The source of the installed Plotly bundle, for `renderReport`. */
export function plotlySource(): string {
  return readFileSync(
    createRequire(import.meta.url).resolve("plotly.js-dist-min/plotly.min.js"),
    "utf8",
  );
}
