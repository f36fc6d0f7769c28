import type { Outcome } from "../solver/outcome.ts";
import { takesTime, type SolverKind } from "../solver/solver.ts";
import type { RunOutcome } from "./metrics.ts";
import { htmlDocument } from "./report/document.ts";
import { slot, tallSlot, type Section } from "./report/figure.ts";
import { plain, significant, withPrefix } from "./report/format.ts";
import { escapeHtml } from "./report/html.ts";
import { citations, code, notesList, resultsStyle, resultsTable, tile } from "./report/page.ts";
import { targetText, type SettleData } from "./settle/data.ts";
import { scope } from "./settle/scope.ts";
import { work } from "./settle/work.ts";
import { capital, settleHeadline, notes, outcomeText, settleTable } from "./settle/wording.ts";

/** What the page was made by, and what it stands on. */
interface SettleOrigin {
  readonly command: string;
  readonly bibtex: readonly string[];
}

/**
 * A look at one settling as one HTML file that opens from disk: traces of units, energy, residual
 * and step sizes, several solvers over one another, and what is certain about the equilibrium. All
 * of `data` appears as text.
 */
export function renderSettlePage(
  data: SettleData,
  { command, bibtex }: SettleOrigin,
  plotlySource: string,
): string {
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
            `platform.</p>${code(command)}</section>${citations(bibtex)}`,
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
} satisfies Record<Outcome, RunOutcome>;

function header(data: SettleData): string {
  const { solvers, target, tauSeconds } = data;
  const [
    {
      samples: [x],
    },
  ] = solvers;
  const one = solvers.length === 1;
  const badges = solvers
    .map((s) => {
      const outcome = outcomeText(s.samples.slice(0, 1));
      const text = escapeHtml(one ? outcome : `${s.solver}: ${outcome}`);
      return `<span class="badge ${tones[s.samples[0].outcome]}">${text}</span>`;
    })
    .join("");
  const title = one
    ? `${target} ${x.outcome === "settled" ? "settles by" : "under"} ${solvers[0].solver}`
    : `${target}, ${solvers.length} ways to settle`;
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
  return `<header><div class="over">${badges}</div><h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(settleHeadline(data))}</p>${tiles}</header>`;
}

function scopes(data: SettleData): readonly Section[] {
  const first = data.solvers[0].samples[0];
  const both = new Set(data.traces.map((t) => t.kind)).size > 1;
  return scopeKinds.flatMap((kind): Section[] => {
    const found = scope(data, kind);
    if (!found) return [];
    const { title, about } = scopeTexts[kind];
    const alone = takesTime[kind] && !both;
    const isA = first.label === null ? "" : `, ${escapeHtml(targetText(data, first.label))}`;
    const ended = data.traces.filter((t) => t.kind === kind).map((t) => t.outcome);
    const notes = [
      about,
      ...(ended.includes("limit-cycle") ? ["Of limit cycles the first steps are shown."] : []),
      ...(ended.includes("settled") && ended.some((outcome) => outcome !== "settled")
        ? ["The figure ends where the last run settled; others go on beyond it."]
        : []),
    ];
    return [
      {
        html: `<section><h2>${alone ? `${capital(data.sample)} ${first.image}${isA}` : title}</h2>\
<p class="note">${notes.join(" ")}</p>
${tallSlot(found.figure, found.height)}</section>`,
        figures: [found.figure],
      },
    ];
  });
}

const scopeTexts = {
  flow: {
    title: "Against time",
    about: "A flow follows the circuit, so its time is the circuit’s.",
  },
  minimiser: {
    title: "Against iterations",
    about: "A minimiser knows only the equilibrium: its iterations are not a time.",
  },
} satisfies Record<SolverKind, { title: string; about: string }>;

const scopeKinds = Object.keys(scopeTexts) as SolverKind[];

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
  const { head, rows } = settleTable(data);
  return {
    html: `<section><h2>How it ended</h2>${resultsTable(head, rows)}
${notesList(notes(data))}</section>`,
  };
}

// Values such as 1.3 × 10⁻⁷ are wider than those of other pages.
const style = `${resultsStyle}.tiles { display: flex; flex-wrap: wrap; } \
.tile { flex: 1 1 auto; min-width: 150px; }
.over { flex-wrap: wrap; } h1 { font-size: 38px; }\n`;
