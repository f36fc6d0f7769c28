import { htmlDocument } from "../report/document.ts";
import { significant } from "../report/format.ts";
import { escapeHtml } from "../report/html.ts";
import { code, tile } from "../report/page.ts";
import { agrees, speedRatios, type ParityData } from "./data.ts";
import { overlay } from "./overlay.ts";
import { headline, ofSpice, parityTable, timeLines, verdictText } from "./wording.ts";

/**
 * Three back ends, one die, one report: a page that opens from disk. All of `data` appears as text.
 */
export function renderParityPage(data: ParityData, command: string, plotlySource: string): string {
  const { figure, height } = overlay(data);
  const { head, rows } = parityTable(data);
  const body = rows
    .map(
      ([first, ...rest]) =>
        `<tr><th scope="row">${escapeHtml(first)}</th>${rest.map((c) => `<td>${escapeHtml(c)}</td>`).join("")}</tr>`,
    )
    .join("");
  return htmlDocument(
    {
      title: `${data.target} in SPICE`,
      header: header(data),
      style,
      sections: [
        {
          html: `<section><h2>One die, three back ends</h2><p class="note">Lines are ours${data.seconds.spice === null ? "" : ", dots some of ngspice’s own points in time"}. Where the nudge comes on there is a dashed line.</p>
<div class="plot" style="height:${height}px" id="${figure.id}" role="img" aria-label="${escapeHtml(figure.label)}"></div></section>`,
          figures: [figure],
        },
        {
          html: `<section><h2>How far apart</h2><div class="scroll"><table class="results"><thead><tr>${head.map((h) => `<th scope="col">${escapeHtml(h)}</th>`).join("")}</tr></thead><tbody>${body}</tbody></table></div>
<ul class="notes">${[...timeLines(data), ...data.notes].map((n) => `<li>${escapeHtml(n)}</li>`).join("")}</ul></section>`,
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
  return `<header><div class="over"><span class="badge ${tone}">${tone === "completed" ? "agrees" : tone === "diverged" ? "differs" : "ngspice did not run"}</span></div><h1>${escapeHtml(target)} in SPICE</h1>
<p class="lead">${escapeHtml(headline(data))}</p>${tone === "completed" ? "" : `<p class="advice ${tone}">${escapeHtml(verdictText(data))}</p>`}${tiles.length > 0 ? `<div class="tiles">${tiles.join("")}</div>` : ""}</header>`;
}

const style = `
.scroll { overflow-x: auto; } .results th { width: auto; } .results th, .results td { white-space: nowrap; }
.notes { margin: 24px 0 0; padding-left: 20px; max-width: 76ch; } .notes li { margin: 0 0 8px; }
h1 { font-size: 38px; } .tile b { font-size: 32px; }
`;
