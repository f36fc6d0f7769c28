import { htmlDocument } from "./report/document.ts";
import { slot, type Section } from "./report/figure.ts";
import { plain, significant, withPrefix } from "./report/format.ts";
import { escapeHtml } from "./report/html.ts";
import { citations, code, tile } from "./report/page.ts";
import type { SettleData } from "./settle/data.ts";
import { scope } from "./settle/scope.ts";
import { work } from "./settle/work.ts";
import { headline, notes, outcomeText, tableOf } from "./settle/wording.ts";

/**
 * A look at one settling as one HTML file that opens from disk: traces of units, energy, residual
 * and step sizes, several solvers over one another, and what is certain about the equilibrium. All
 * of `data` appears as text.
 */
export function renderSettlePage(data: SettleData, command: string, plotlySource: string): string {
  return htmlDocument(
    {
      title: `Settling of ${data.target}`,
      header: header(data),
      style,
      sections: [
        ...scopes(data),
        ...workSection(data),
        table(data),
        {
          html:
            "<section><h2>Make it again</h2><p>This command gives the same numbers on the same " +
            `platform.</p>${code(command)}</section>${citations(data.bibtex)}`,
        },
      ],
    },
    plotlySource,
  );
}

const tones = {
  settled: "completed",
  "end-time": "interrupted",
  "max-steps": "interrupted",
  saddle: "diverged",
  "limit-cycle": "diverged",
  "non-finite": "diverged",
} as const;

function header(data: SettleData): string {
  const { solvers, target, tauSeconds } = data;
  const [
    {
      samples: [x],
    },
  ] = solvers;
  const one = solvers.length === 1;
  const badges = solvers
    .map(
      (s) =>
        `<span class="badge ` +
        `${tones[s.samples[0].outcome]}">${escapeHtml(one ? outcomeText(s.samples.slice(0, 1)) : `${s.solver}: ${outcomeText(s.samples.slice(0, 1))}`)}</span>`,
    )
    .join("");
  const tiles = !one
    ? ""
    : `<div class="tiles">${[
        tile(significant(x.residual), "natural residual"),
        ...(x.tau === null
          ? []
          : [
              tile(
                `${significant(x.tau, 3)} τ`,
                `= ${withPrefix(x.tau * tauSeconds, "s")} of settling`,
              ),
            ]),
        tile(plain(x.steps), x.rejected > 0 ? `steps, and ${plain(x.rejected)} rejected` : "steps"),
        tile(plain(x.evaluations), "evaluations of F"),
        ...(x.energy === null ? [] : [tile(significant(x.energy, 5), "energy")]),
        ...(x.distance === null
          ? []
          : [tile(significant(x.distance), "from the one equilibrium, at most")]),
      ].join("")}</div>`;
  return `<header><div class="over">${badges}</div><h1>${escapeHtml(one ? `${target} ${x.outcome === "settled" ? "settles by" : "under"} ${solvers[0].solver}` : `${target}, ${solvers.length} ways to settle`)}</h1>
<p class="lead">${escapeHtml(headline(data))}</p>${tiles}</header>`;
}

function scopes(data: SettleData): readonly Section[] {
  const first = data.solvers[0].samples[0];
  const both = new Set(data.traces.map((t) => t.kind)).size > 1;
  return (["flow", "minimiser"] as const).flatMap((kind): Section[] => {
    const found = scope(data, kind);
    if (!found) return [];
    const title = kind === "flow" ? "Against time" : "Against iterations";
    const cut =
      data.traces.some((t) => t.kind === kind && t.outcome !== "settled") &&
      data.traces.some((t) => t.kind === kind && t.outcome === "settled");
    const about =
      kind === "flow"
        ? "A flow follows the circuit, so its time is the circuit’s."
        : "A minimiser knows only the equilibrium: its iterations are not a time.";
    return [
      {
        html: `<section><h2>${both || kind === "minimiser" ? title : `Image ${first.image}, a ${first.label}`}</h2><p class="note">${about}${data.traces.some((t) => t.kind === kind && t.outcome === "limit-cycle") ? " Of limit cycles the first steps are shown." : ""}${cut ? " The figure ends where the last run settled; others go on beyond it." : ""}</p>
<div class="plot" style="height:${found.height}px" id="${found.figure.id}" role="img" aria-label="${escapeHtml(found.figure.label)}"></div></section>`,
        figures: [found.figure],
      },
    ];
  });
}

function workSection(data: SettleData): readonly Section[] {
  const figure = work(data);
  return figure
    ? [
        {
          html: `<section><h2>What it costs</h2>${slot(figure, "wide")}</section>`,
          figures: [figure],
        },
      ]
    : [];
}

function table(data: SettleData): Section {
  const { head, rows } = tableOf(data);
  const body = rows
    .map(
      ([first, ...rest]) =>
        `<tr><th scope="row">${escapeHtml(first)}</th>${rest.map((c) => `<td>${escapeHtml(c)}</td>`).join("")}</tr>`,
    )
    .join("");
  return {
    html: `<section><h2>How it ended</h2><div class="scroll"><table class="results"><thead><tr>${head.map((h) => `<th scope="col">${escapeHtml(h)}</th>`).join("")}</tr></thead><tbody>${body}</tbody></table></div>
<ul class="notes">${notes(data)
      .map((n) => `<li>${escapeHtml(n)}</li>`)
      .join("")}</ul></section>`,
  };
}

const style = `
.scroll { overflow-x: auto; } .results th { width: auto; } .results th, .results td { white-space: nowrap; }
.notes { margin: 24px 0 0; padding-left: 20px; max-width: 76ch; } .notes li { margin: 0 0 8px; }
.over { flex-wrap: wrap; } h1 { font-size: 38px; }
`;
