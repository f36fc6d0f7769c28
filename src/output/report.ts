import { version } from "../version.generated.ts";
import type { ReportData } from "./report-data.ts";
import { agreementSection } from "./report/agreement.ts";
import { clientScript } from "./report/client.ts";
import { filtersSection } from "./report/filters.ts";
import { escapeHtml, inlineScript, scriptJson } from "./report/html.ts";
import { learningSection } from "./report/learning.ts";
import { mistakesSection } from "./report/mistakes.ts";
import { headerHtml, settingsSection } from "./report/page.ts";
import { settlingSection } from "./report/settling.ts";
import { styleSheet } from "./report/theme.ts";

/** Nothing may be loaded from anywhere: what the page needs is in the page. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/**
 * The report of a run as one HTML file that opens from disk. `plotlySource` is the text of
 * plotly.js-dist-min, which goes into the page; all of `data` appears as text and never as markup.
 */
export function renderReport(data: ReportData, plotlySource: string): string {
  const sections = [settlingSection, learningSection, agreementSection, mistakesSection, filtersSection, settingsSection].map((section) => section(data));
  const pictures: Record<string, unknown> = {};
  for (const section of sections) Object.assign(pictures, section.pictures);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="analog-eqprop ${version}">
<title>${escapeHtml(data.name)}</title>
<style>${styleSheet}</style>
</head>
<body>
${headerHtml(data)}
<main>
${sections.map((s) => s.html).join("\n")}
</main>
<footer>Made by analog-eqprop ${version}. This file is complete in itself and loads nothing.</footer>
<script type="application/json" id="figures">${scriptJson(sections.flatMap((s) => s.figures ?? []))}</script>
<script type="application/json" id="pictures">${scriptJson(pictures)}</script>
<script>${inlineScript(plotlySource)}</script>
<script>${inlineScript(clientScript)}</script>
</body>
</html>
`;
}
