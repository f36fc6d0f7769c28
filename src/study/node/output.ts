import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../output/node/files.ts";
import { plotlySource } from "../../output/node/plotly.ts";
import { pdfOf } from "../../output/node/pdf.ts";
import { pngOf } from "../../output/node/png.ts";
import { chartSvg, chartsSvg } from "../../output/plot/svg.ts";
import type { Chart } from "../../output/plot/chart.ts";
import type { StudyData } from "../../output/study-data.ts";
import {
  claimsMarkdown,
  renderStudyFigures,
  renderStudyReport,
  tableMarkdown,
} from "../../output/study-report.ts";
import { settingsOf } from "../../experiment/settings.ts";
import type { Cell } from "../cells.ts";
import { evaluateClaims } from "../claims.ts";
import { csvOf, resultColumns } from "../csv.ts";
import { drawnOf } from "../drawn.ts";
import { failed, type CellResult } from "../measurement.ts";
import type { Study } from "../read.ts";
import { parquetOf } from "../parquet.ts";
import { named } from "../statistics.ts";
import { chartOf, tableOf } from "../summary.ts";
import { studyFiles } from "./folder.ts";

/** Writes everything that is made from the results, and returns what it shows. */
export async function writeOutputs(
  dir: string,
  study: Study,
  cells: Pick<readonly Cell[], "length">,
  results: readonly CellResult[],
  made: Pick<StudyData, "environment" | "command">,
): Promise<StudyData> {
  const data: StudyData = {
    name: study.name,
    description: study.description,
    measure: study.measurement.name,
    quick: study.quick,
    seeds: study.seeds,
    cells: cells.length,
    outcomes: outcomesOf(results),
    missing: cells.length - results.length,
    seconds: results.reduce((sum, r) => sum + r.seconds, 0),
    charts: study.figures.map((figure) => marked(chartOf(study, figure, results), study)),
    table: study.table && tableOf(study, study.table, results),
    claims: await evaluateClaims(study, results),
    failed: results
      .filter((r) => r.outcome === failed)
      .map((r) => ({ id: r.id, where: whereOf(r), message: r.advice ?? "" })),
    settings: settingsOf(
      Object.fromEntries(
        Object.entries(study.resolved).filter(
          ([key]) => !["study", "description", "figures", "table", "claims"].includes(key),
        ),
      ),
    ),
    ...made,
  };
  await writeTables(dir, study, results);
  writeFileAtomic(join(dir, studyFiles.claims), claimsMarkdown(data));
  writeFileAtomic(
    join(dir, studyFiles.drawn),
    results.map((r) => `${JSON.stringify(drawnOf(study, r))}\n`).join(""),
  );
  if (data.table) writeFileAtomic(join(dir, studyFiles.table), tableMarkdown(data.table));
  for (const old of readdirSync(dir).filter(
    (f) => /^figure-\d+\.(svg|pdf)$/.test(f) && Number(f.slice(7, -4)) > data.charts.length,
  ))
    rmSync(join(dir, old));
  for (const [i, chart] of data.charts.entries()) {
    const svg = chartSvg(chart);
    writeFileAtomic(join(dir, `figure-${i + 1}.svg`), svg);
    writeFileAtomic(join(dir, `figure-${i + 1}.pdf`), await pdfOf(svg, chart.title));
  }
  if (data.charts.length > 0) await writePictures(dir, data);
  writeFileAtomic(join(dir, studyFiles.report), renderStudyReport(data, plotlySource()));
  return data;
}

/** Writes the values of all cells for other programs. */
export async function writeTables(
  dir: string,
  study: Study,
  results: readonly CellResult[],
): Promise<void> {
  writeFileAtomic(join(dir, studyFiles.csv), csvOf(study, results));
  const parquet = await parquetOf(resultColumns(study, results));
  writeFileAtomic(join(dir, studyFiles.parquet), parquet);
}

/** Whether a folder has all that would be written. */
export function isWhole(dir: string, { figures, table }: Study): boolean {
  const pages = [
    studyFiles.csv,
    studyFiles.parquet,
    studyFiles.claims,
    studyFiles.drawn,
    studyFiles.report,
  ];
  const pictures = ["svg", "png", "pdf", "html"].map((kind) => `${studyFiles.figure}.${kind}`);
  const each = figures.flatMap((_, i) => [`figure-${i + 1}.svg`, `figure-${i + 1}.pdf`]);
  return [
    ...pages,
    ...(table ? [studyFiles.table] : []),
    ...(figures.length > 0 ? [...pictures, ...each] : []),
  ].every((file) => existsSync(join(dir, file)));
}

async function writePictures(dir: string, data: StudyData): Promise<void> {
  const svg = chartsSvg(data.charts);
  writeFileAtomic(join(dir, `${studyFiles.figure}.svg`), svg);
  writeFileAtomic(join(dir, `${studyFiles.figure}.png`), await pngOf(svg));
  writeFileAtomic(join(dir, `${studyFiles.figure}.pdf`), await pdfOf(svg, data.name));
  writeFileAtomic(join(dir, `${studyFiles.figure}.html`), renderStudyFigures(data, plotlySource()));
}

/** A picture leaves its report, so that it says itself that it is the small one. */
function marked(chart: Chart, { quick }: Study): Chart {
  return quick
    ? {
        ...chart,
        notes: [
          "Quick settings: fewer images, epochs or seeds than the figure asks for",
          ...chart.notes,
        ],
      }
    : chart;
}

/** `lambda = 0.1, euler, seed 2`. */
export function whereOf({ axes, seed }: Pick<CellResult, "axes" | "seed">): string {
  return [...Object.entries(axes).map(([axis, label]) => named(axis, label)), `seed ${seed}`].join(
    ", ",
  );
}

function outcomesOf(results: readonly CellResult[]): StudyData["outcomes"] {
  const counts = new Map<string, number>();
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => Number(a === failed) - Number(b === failed));
}
