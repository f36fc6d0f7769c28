/**
 * The pair of colours that means chip and copy everywhere: copper and blue, told apart by all kinds
 * of colour vision.
 */
export const tint = { chip: "#c8571b", copy: "#2563b8" } as const;

/** Where neither is meant: errors and images. */
export const plum = "#6b2c86";

export const ink = {
  text: "#23272f",
  soft: "#5b6472",
  line: "#c9ced6",
  grid: "#e9ebef",
  page: "#fcfbf8",
} as const;

/** What the colours of figures become on a dark page, by their light ones. */
export const darkColours: Readonly<Record<string, string>> = {
  [tint.chip]: "#ea8a4e",
  [tint.copy]: "#6fa5f0",
  [plum]: "#c58fdd",
  [ink.text]: "#e7e9ed",
  [ink.soft]: "#a7afbb",
  [ink.line]: "#4b525e",
  [ink.grid]: "#2a2f37",
  [ink.page]: "#15171b",
  // Labels at the pointer, the empty ends of the confusion's scales, and a line of study figures.
  "#fff": "#22262d",
  "#f4f4f2": "#1d2025",
  "#dfe2e6": "#343a43",
  "#f6eef8": "#241a2a",
  "#4d4d4d": "#b4b8be",
  "#0072b2": "#4ba3dc",
};

const dark = (colour: string) => darkColours[colour];

export const font =
  '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", ' + "sans-serif";

/** The style sheet of the report. */
export const styleSheet = `
:root { color-scheme: light dark; --chip: ${tint.chip}; --copy: ${tint.copy}; \
--text: ${ink.text}; --soft: ${ink.soft}; --line: ${ink.grid}; --edge: ${ink.line}; \
--page: ${ink.page}; --code: #f3f2ee; --button: #fff; --plum: ${plum}; \
--good: #17693b; --good-back: #e8f5ec; --good-edge: #b5dcc3; \
--bad: #a1211a; --bad-back: #fdecea; --bad-edge: #f3c1bc; \
--fair: #80570a; --fair-back: #fdf4dc; --fair-edge: #ead59a; }
@media screen and (prefers-color-scheme: dark) { :root { --chip: ${dark(tint.chip)}; \
--copy: ${dark(tint.copy)}; --text: ${dark(ink.text)}; --soft: ${dark(ink.soft)}; \
--line: ${dark(ink.grid)}; --edge: ${dark(ink.line)}; --page: ${dark(ink.page)}; \
--code: #1f2329; --button: #2b3038; --plum: ${dark(plum)}; \
--good: #7fd6a4; --good-back: #14291d; --good-edge: #2c5a40; \
--bad: #f09a93; --bad-back: #331917; --bad-edge: #6d322d; \
--fair: #e6c06a; --fair-back: #2e2510; --fair-edge: #64511f; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 17px/1.6 ${font}; \
font-variant-numeric: tabular-nums; }
header, main, footer { max-width: 1160px; margin: 0 auto; padding: 0 40px; }
summary { color: var(--soft); font-size: 15px; cursor: pointer; padding: 6px 0; }
header { padding-top: 64px; }
h1 { font-size: 46px; line-height: 1.12; letter-spacing: -.022em; font-weight: 680; \
margin: 10px 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 29px; line-height: 1.2; letter-spacing: -.015em; font-weight: 650; \
margin: 0 0 10px; }
h3 { font-size: 16px; font-weight: 650; margin: 0 0 10px; }
p { max-width: 70ch; margin: 0 0 14px; }
.chip { color: var(--chip); font-weight: 600; } .copy { color: var(--copy); font-weight: 600; }
.over { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; color: var(--soft); \
font-size: 15px; }
.badge { border-radius: 99px; padding: 2px 12px; font-size: 14px; font-weight: 650; \
border: 1px solid; }
.completed { color: var(--good); background: var(--good-back); border-color: var(--good-edge); }
.diverged { color: var(--bad); background: var(--bad-back); border-color: var(--bad-edge); }
.interrupted { color: var(--fair); background: var(--fair-back); border-color: var(--fair-edge); }
nav { max-width: 1160px; margin: 28px auto 0; padding: 0 40px; }
nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 0; padding: 0; \
font-size: 15px; } nav a { color: var(--copy); text-underline-offset: 3px; }
.lead { font-size: 20px; color: var(--soft); white-space: pre-line; overflow-wrap: anywhere; }
.advice { border-left: 4px solid currentColor; border-radius: 0 8px 8px 0; padding: 12px 18px; \
margin: 20px 0; max-width: 76ch; }
.advice.completed, .advice.diverged, .advice.interrupted { border-width: 0 0 0 4px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); \
gap: 28px 32px; margin: 36px 0 0; padding: 26px 0; border: solid var(--line); border-width: 1px 0; }
.tile b { display: block; font-size: 40px; line-height: 1.15; font-weight: 600; \
letter-spacing: -.025em; white-space: nowrap; }
.tile span { display: block; color: var(--soft); font-size: 14px; line-height: 1.4; }
.tile span span { display: inline; } .tile .chip { color: var(--chip); } \
.tile .copy { color: var(--copy); }
.key { display: flex; flex-wrap: wrap; gap: 6px 28px; color: var(--soft); font-size: 15px; \
margin: 16px 0 0; max-width: none; }
section { padding: 60px 0 0; }
.finding { font-size: 21px; line-height: 1.45; max-width: 62ch; margin: 0 0 10px; }
.finding strong { font-weight: 700; color: var(--copy); }
.plot { width: 100%; min-width: 0; } .large { height: 640px; } .wide { height: 420px; } \
.small { height: 270px; }
.square { aspect-ratio: 1; max-width: 560px; }
.row { display: grid; gap: 28px 36px; grid-template-columns: repeat(auto-fit, minmax(270px, 1fr)); \
align-items: start; }
.row > * { min-width: 0; } .row .square { max-width: 470px; } \
.halves { grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); } \
.halves .square { max-width: 520px; }
.row + h3, .code + .row { margin-top: 32px; } .plot + .row { margin-top: 24px; }
.note { color: var(--soft); font-size: 15px; }
canvas { display: block; width: 100%; height: auto; image-rendering: pixelated; \
border-radius: 4px; }
.filters { display: grid; grid-template-columns: repeat(auto-fill, minmax(76px, 1fr)); gap: 10px; }
.ramp { display: inline-block; width: 160px; height: 10px; border-radius: 5px; vertical-align: 0; \
margin: 0 10px; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(70px, 1fr)); \
gap: 18px 14px; margin: 0; }
.mistakes figure { margin: 0; } \
.mistakes canvas { border: 1px solid var(--line); background: #fff; }
.mistakes figcaption { font-size: 14px; line-height: 1.35; margin-top: 6px; color: var(--soft); \
overflow-wrap: anywhere; }
.mistakes figcaption b { color: var(--text); }
table { border-collapse: collapse; width: 100%; font-size: 15px; line-height: 1.45; }
th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; \
border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.ranking th b { color: var(--text); } \
.ranking i { display: inline-block; height: 11px; border-radius: 2px; background: var(--plum); \
opacity: .75; }
.columns { columns: 2; column-gap: 48px; margin-top: 28px; } \
.columns > div { break-inside: avoid; margin: 0 0 28px; }
.later { margin-top: 8px; } .physics th { color: var(--text); width: auto; } \
.physics td { white-space: nowrap; text-align: right; padding-right: 0; font-size: 15px; }
.physics small { display: block; color: var(--soft); font-size: 13px; font-weight: 400; \
line-height: 1.4; } .physics .marks { white-space: nowrap; }
.assumed { columns: 2; column-gap: 48px; color: var(--soft); font-size: 14px; line-height: 1.45; \
margin: 0 0 14px; padding-left: 26px; } .assumed li { break-inside: avoid; margin: 0 0 4px; }
th { font-weight: 500; color: var(--soft); width: 42%; }
td, pre { \
font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
td { font-size: 14px; }
.code { position: relative; margin: 0 0 16px; }
pre { font-size: 14px; line-height: 1.5; background: var(--code); border-radius: 8px; \
padding: 16px 92px 16px 18px; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.code button { position: absolute; top: 10px; right: 10px; font: 600 13px/1 ${font}; \
color: var(--text); background: var(--button); border: 1px solid var(--edge); border-radius: 6px; \
padding: 8px 12px; cursor: pointer; }
.code button:hover { border-color: var(--soft); } \
.code button:focus-visible { outline: 2px solid var(--copy); outline-offset: 2px; }
footer { color: var(--soft); font-size: 14px; padding-top: 56px; padding-bottom: 72px; }
@media (max-width: 760px) {
  header, main, footer, nav { padding-left: 20px; padding-right: 20px; } \
header { padding-top: 36px; }
  h1 { font-size: 33px; } .large { height: 540px; } .tile b { font-size: 32px; } \
.halves { grid-template-columns: minmax(0, 1fr); }
  .columns, .assumed { columns: 1; }
}
@media print {
  @page { margin: 14mm; }
  body { background: #fff; font-size: 11pt; print-color-adjust: exact; \
-webkit-print-color-adjust: exact; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; } \
header { padding-top: 0; }
  .code button, .modebar, nav { display: none !important; } pre { padding-right: 18px; }
  section { padding-top: 28px; } h2, h3, .finding { break-after: avoid; }
  .plot, figure, canvas, .tiles, .code, tr { break-inside: avoid; } .large { height: 560px; }
}
`;
