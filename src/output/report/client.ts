import { darkColours } from "./theme.ts";

/** The script of the page: draws the figures and the pictures, and makes the buttons copy. */
export const clientScript = `
"use strict";
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const config = { responsive: true, displaylogo: false, showSendToCloud: false, \
plotlyServerURL: "", modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
const figures = read("figures");
const inDark = ${JSON.stringify(darkColours)};
const night = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");
/** A colour that a dark page would swallow, half way to white. */
const lifted = (colour) => {
  const parts = /^#(..)(..)(..)$/.exec(colour)?.slice(1).map((hex) => parseInt(hex, 16));
  return !parts || 0.21 * parts[0] + 0.72 * parts[1] + 0.07 * parts[2] > 75 ? colour
    : "#" + parts.map((p) => Math.round(p + 0.5 * (255 - p)).toString(16)).join("");
};
const tinted = (part, key) => typeof part === "string"
    ? inDark[part] ?? (key === "color" ? lifted(part) : part)
  : Array.isArray(part) ? part.map((p) => tinted(p))
  : part !== null && typeof part === "object"
    ? Object.fromEntries(Object.entries(part).map(([k, value]) => [k, tinted(value, k)]))
  : part;
/** Breaks a title of so many pixels' room between words: Plotly cuts what is longer. */
const broken = (title, room) => {
  const most = Math.max(8, Math.floor(room / (0.54 * (title.font?.size ?? 13))));
  const seen = (text) => text.replace(/<[^>]*>/g, "").replace(/&[^;]*;/g, " ").length;
  const lines = [""];
  // Spaces within tags are none.
  for (const word of title.text.split(/ (?![^<]*>)/)) {
    const last = lines.length - 1;
    if (lines[last] !== "" && seen(lines[last]) + seen(word) >= most) lines.push(word);
    else lines[last] += (lines[last] === "" ? "" : " ") + word;
  }
  title.text = lines.join("<br>");
  return lines.length - 1;
};
const fitted = (figure) => {
  const { layout } = figure;
  const { clientWidth, clientHeight } = document.getElementById(figure.id);
  const margin = layout.margin ?? {};
  const inner = {
    x: clientWidth - (margin.l ?? 0) - (margin.r ?? 0),
    y: clientHeight - (margin.t ?? 0) - (margin.b ?? 0),
  };
  if (layout.title?.text) {
    const more = broken(layout.title, clientWidth - (margin.l ?? 0));
    layout.margin = { ...margin, t: (margin.t ?? 100) + 18 * more };
    layout.title.y -= (14 * more) / clientHeight;
  }
  for (const note of layout.annotations ?? []) \
if (note.xref === "paper" && note.x === 0 && note.xanchor === "left") broken(note, inner.x);
  for (const [key, axis] of Object.entries(layout)) if (/^[xy]axis/.test(key) && axis.title?.text) {
    const [from, to] = axis.domain ?? [0, 1];
    broken(axis.title, (to - from) * inner[key[0]]);
  }
  return figure;
};
const draw = () => {
  const dressed = night.matches && !paper.matches ? tinted : (part) => part;
  // What Plotly draws it also writes into: every drawing has a copy of its own.
  const fresh = structuredClone(figures).map(fitted);
  return Promise.all(fresh.map(({ id, data, layout }) => \
Plotly.react(id, dressed(data), dressed(layout), config)));
};
draw().then(() => { document.body.dataset.drawn = "true"; });
night.addEventListener("change", draw);

const sets = read("pictures");
for (const canvas of document.querySelectorAll("canvas[data-set]")) {
  const { width, height, palette, images } = sets[canvas.dataset.set];
  const indices = atob(images[Number(canvas.dataset.index)]);
  const picture = new ImageData(width, height);
  for (let i = 0; i < indices.length; i++) \
picture.data.set([...palette[indices.charCodeAt(i)], 255], 4 * i);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

const resize = () => { for (const f of figures) Plotly.Plots.resize(f.id); };
paper.addEventListener("change", () => draw().then(resize));
let waiting = 0;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 200); });

for (const button of document.querySelectorAll(".code button")) \
button.addEventListener("click", async () => {
  const code = button.previousElementSibling;
  try { await navigator.clipboard.writeText(code.textContent); } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});
`;
