import type { RunOutcome } from "../metrics.ts";
import { htmlDocument } from "../report/document.ts";
import { tallSlot } from "../report/figure.ts";
import { significant } from "../report/format.ts";
import { escapeHtml } from "../report/html.ts";
import { code, notesList, resultsStyle, resultsTable, tile } from "../report/page.ts";
import { agrees, speedRatios, type ParityData } from "./data.ts";
import { overlay } from "./overlay.ts";
import { parityHeadline, ofSpice, parityTable, timeLines, verdictText } from "./wording.ts";

/**
 * Three back ends, one die, one report: a page that opens from disk. All of `data` appears as text.
 */
export function renderParityPage(data: ParityData, command: string, plotlySource: string): string {
  const { figure, height } = overlay(data);
  const { head, rows } = parityTable(data);
  const dots = data.seconds.spice === null ? "" : ", dots some of ngspice’s own points in time";
  return htmlDocument(
    {
      title: `${data.target} in SPICE`,
      header: header(data),
      style,
      sections: [
        {
          html: `<section><h2>One die, three back ends</h2>\
<p class="note">Lines are ours${dots}. Where the nudge comes on there is a dashed line.</p>
${tallSlot(figure, height)}</section>`,
          figures: [figure],
        },
        {
          html: `<section><h2>How far apart</h2>${resultsTable(head, rows)}
${notesList([...timeLines(data), ...data.notes])}</section>`,
        },
        {
          html:
            "<section><h2>Make it again</h2><p>This command gives the same numbers on the same " +
            `platform, except the times.</p>${code(command)}</section>`,
        },
      ],
    },
    plotlySource,
  );
}

function header(data: ParityData): string {
  const { target, spice, rows } = data;
  const ratio = speedRatios(data);
  const worst = (what: string, label: string) => {
    const compared = rows.filter((r) => r.what.includes(what) && ofSpice(r));
    return compared.length === 0
      ? []
      : [tile(`${significant(1e3 * Math.max(...compared.map((r) => r.max)))} mV`, label)];
  };
  const tone = agrees(data) ? "completed" : spice.failure !== null ? "interrupted" : "diverged";
  const advice =
    tone === "completed" ? "" : `<p class="advice ${tone}">${escapeHtml(verdictText(data))}</p>`;
  const tiles =
    spice.failure !== null
      ? []
      : [
          ...worst("equilibrium", "equilibria apart, at most"),
          ...worst("waveform", "waveforms apart, at most"),
          ...(ratio.minimiser === null
            ? []
            : [tile(`${significant(ratio.minimiser)} ×`, "as fast to the equilibria as ngspice")]),
          ...(ratio.ode === null
            ? []
            : [tile(`${significant(ratio.ode)} ×`, "as fast along the waveforms")]),
        ];
  return `<header><div class="over"><span class="badge ${tone}">${badges[tone]}</span></div>\
<h1>${escapeHtml(target)} in SPICE</h1>
<p class="lead">${escapeHtml(parityHeadline(data))}</p>${advice}\
${tiles.length > 0 ? `<div class="tiles">${tiles.join("")}</div>` : ""}</header>`;
}

const badges = {
  completed: "agrees",
  diverged: "differs",
  interrupted: "ngspice did not run",
} satisfies Record<RunOutcome, string>;

const style = `${resultsStyle}h1 { font-size: 38px; } .tile b { font-size: 32px; }\n`;
