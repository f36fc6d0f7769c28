import {
  citeKey,
  topicNames,
  topics,
  valueText,
  type Answer,
} from "../../circuit/physics/index.ts";
import type { ReportData } from "../report-data.ts";
import type { Section } from "./figure.ts";
import { escapeHtml } from "./html.ts";
import { tile } from "./page.ts";

/** The answers that head the section, and what they are called there. */
const headlines: readonly (readonly [key: string, label: string])[] = [
  ["time.free", "to settle, free phase"],
  ["energy.inference", "an inference"],
  ["energy.sample", "a training sample"],
  ["learning.snr", "learning signal over its noise"],
  ["learning.beta.optimum", "β of the least error"],
];

/** The chip as a piece of hardware; nothing where nothing was answered. */
export function physicsSection({ physics, hindrances }: ReportData): Section {
  if (physics.length === 0) return { html: "" };
  const tiles = headlines.flatMap(([key, label]) =>
    physics
      .filter((a) => a.key === key && a.value !== null)
      .map((a) => tile(valueText(a), `${label}${escapeHtml(basisOf(a))}`)),
  );
  const notes = footnotes(physics);
  const tables = topics.flatMap((topic) => {
    const answers = physics.filter((a) => a.topic === topic);
    return answers.length === 0
      ? []
      : [`<div><h3>${topicNames[topic]}</h3>${rowsOf(answers, notes)}</div>`];
  });
  return {
    html: `<section><h2>The chip, physically</h2>
<p>What the schematic’s values and the measured settling say of the circuit as hardware. \
The numbers in brackets lead to what is assumed, below the tables; \
what is not known is not guessed.</p>
<div class="tiles">${tiles.join("")}</div>
<div class="columns">${tables.join("")}</div>
${against(hindrances)}<h3 class="later">What these numbers assume</h3>\
<ol class="assumed">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ol>
${sources(physics)}</section>`,
  };
}

/** What works against learning, where anything was found. */
function against(hindrances: readonly string[]): string {
  return hindrances.length === 0
    ? ""
    : `<h3 class="later">What works against learning</h3>` +
        `${hindrances.map((h) => `<p>${escapeHtml(h)}</p>`).join("")}\n`;
}

/** Every assumption once, in the order they come up. */
function footnotes(physics: readonly Answer[]): readonly string[] {
  return [...new Set(physics.flatMap((a) => a.assumes))];
}

/** What is known in rows, and behind a fold what is not, and why. */
function rowsOf(answers: readonly Answer[], notes: readonly string[]): string {
  const rows = (of: readonly Answer[]) =>
    `<table class="physics">${of.map((a) => row(a, notes)).join("")}</table>`;
  const known = answers.filter((a) => a.value !== null);
  const unknown = answers.filter((a) => a.value === null);
  return [
    ...(known.length > 0 ? [rows(known)] : []),
    ...(unknown.length > 0
      ? [`<details><summary>${unknown.length} not known</summary>${rows(unknown)}</details>`]
      : []),
  ].join("");
}

/** The assumption that a number's size rests on, to stand beside it. */
const basisOf = ({ restsOn }: Answer) => (restsOn === undefined ? "" : `, at ${restsOn}`);

function row(answer: Answer, notes: readonly string[]): string {
  const { quantity, formula, assumes, unknown } = answer;
  const marks = assumes
    .map((a) => notes.indexOf(a) + 1)
    .sort((a, b) => a - b)
    .join(", ");
  const about = unknown === undefined ? formula : `${formula}: ${unknown}`;
  const basis =
    answer.restsOn === undefined ? "" : `<small>at ${escapeHtml(answer.restsOn)}</small>`;
  const links =
    marks === "" ? "" : ` <span class="marks" aria-label="assumes ${marks}">[${marks}]</span>`;
  return (
    `<tr><th scope="row">${escapeHtml(quantity)}<small>${escapeHtml(about)}${links}</small></th>` +
    `<td>${escapeHtml(valueText(answer))}${basis}</td></tr>`
  );
}

function sources(physics: readonly Answer[]): string {
  const keys = [...new Set(physics.flatMap((a) => a.cites))].map(citeKey).sort();
  return keys.length === 0
    ? ""
    : `<p class="note">After ${keys.map(escapeHtml).join(", ")}: see the list below.</p>`;
}
