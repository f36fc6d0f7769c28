import { version } from "../../version.generated.ts";
import { clientScript } from "./client.ts";
import type { Section } from "./figure.ts";
import { escapeHtml, inlineScript, scriptJson } from "./html.ts";
import { styleSheet } from "./theme.ts";

/** What stands on a page, as HTML, and what its script draws into it. */
interface Content {
  readonly title: string;
  readonly header: string;
  readonly sections: readonly Section[];
  /** Rules besides those of all reports. */
  readonly style?: string;
}

/** Nothing may be loaded from anywhere: what the page needs is in the page. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: " +
  "blob:; base-uri 'none'; form-action 'none'";

/** What the head of every page of ours says, up to the version. */
export const pageMark = '<meta name="generator" content="analog-eqprop ';

/**
 * One HTML file that opens from disk, with `plotlySource`, the text of plotly.js-dist-min, in it.
 */
export function htmlDocument(
  { title, header, sections, style = "" }: Content,
  plotlySource: string,
): string {
  const pictures: Record<string, unknown> = {};
  for (const section of sections) Object.assign(pictures, section.pictures);
  const figures = sections.flatMap((s) => s.figures ?? []);
  const { html, contents } = withContents(sections.map((s) => s.html).join("\n"));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${pageMark}${version}">
<title>${escapeHtml(title)}</title>
<style>${styleSheet}${style}</style>
</head>
<body>
${header}
${contents}<main>
${html}
</main>
<footer>Made by analog-eqprop ${version}. \
This file is complete in itself and loads nothing.</footer>
<script type="application/json" id="figures">${scriptJson(figures)}</script>
<script type="application/json" id="pictures">${scriptJson(pictures)}</script>
<script>${inlineScript(plotlySource)}</script>
<script>${inlineScript(clientScript)}</script>
</body>
</html>
`;
}

/** The sections with a name each, and a list of them where there are enough to look for one. */
function withContents(sections: string): { readonly html: string; readonly contents: string } {
  const titles: string[] = [];
  const html = sections.replace(/<section><h2>(.*?)<\/h2>/gs, (all, title: string) => {
    titles.push(title);
    return all.replace("<section>", `<section id="section-${titles.length}">`);
  });
  const links = titles.map((title, i) => `<li><a href="#section-${i + 1}">${title}</a></li>`);
  const contents = `<nav aria-label="Contents"><ol>${links.join("")}</ol></nav>\n`;
  return { html, contents: titles.length < 3 ? "" : contents };
}
