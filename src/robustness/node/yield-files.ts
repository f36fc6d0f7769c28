import { join } from "node:path";
import { writeFileAtomic } from "../../output/node/files.ts";
import { pdfOf } from "../../output/node/pdf.ts";
import { plotlySource } from "../../output/node/plotly.ts";
import { pngOf } from "../../output/node/png.ts";
import { chartsSvg } from "../../output/plot/svg.ts";
import { renderYieldPage, yieldCharts } from "../yield-page.ts";
import type { YieldResult } from "../yield.ts";
import { dieFiles, diesCsv } from "./kept-dies.ts";

/** Writes everything that is made from measured dies; the result last. */
export async function writeYield(dir: string, result: YieldResult, command: string): Promise<void> {
  const { rows, ...said } = result;
  writeFileAtomic(join(dir, dieFiles.csv), diesCsv(rows));
  const svg = chartsSvg(yieldCharts(result));
  writeFileAtomic(join(dir, `${dieFiles.figure}.svg`), svg);
  writeFileAtomic(join(dir, `${dieFiles.figure}.png`), await pngOf(svg));
  writeFileAtomic(join(dir, `${dieFiles.figure}.pdf`), await pdfOf(svg, `Yield of ${result.run}`));
  writeFileAtomic(join(dir, dieFiles.report), renderYieldPage(result, command, plotlySource()));
  writeFileAtomic(join(dir, dieFiles.result), `${JSON.stringify(said, null, 2)}\n`);
}
