import type { ReportData } from "./report-data.ts";
import { agreementSection } from "./report/agreement.ts";
import { htmlDocument } from "./report/document.ts";
import { filtersSection } from "./report/filters.ts";
import { columnsSection } from "./report/columns.ts";
import { learningSection } from "./report/learning.ts";
import { mistakesSection } from "./report/mistakes.ts";
import { headerHtml, settingsSection } from "./report/page.ts";
import { physicsSection } from "./report/physics.ts";
import { settlingSection } from "./report/settling.ts";
import { valuesSection } from "./report/values.ts";

/**
 * The report of a run as one HTML file that opens from disk. `plotlySource` is the text of
 * plotly.js-dist-min, which goes into the page; all of `data` appears as text and never as markup.
 */
export function renderReport(data: ReportData, plotlySource: string): string {
  const sections = [
    settlingSection,
    learningSection,
    agreementSection,
    mistakesSection,
    valuesSection,
    filtersSection,
    columnsSection,
    physicsSection,
    settingsSection,
  ].map((section) => section(data));
  return htmlDocument({ title: data.name, header: headerHtml(data), sections }, plotlySource);
}
