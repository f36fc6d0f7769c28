/** Text as HTML, safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Data for `<script type="application/json">`; NaN and infinities become null. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

/**
 * JavaScript for an inline `<script>`: it must neither end the element nor open an HTML comment.
 * Both can only stand in strings, regular expressions and comments, where the backslash is
 * harmless.
 */
export function inlineScript(source: string): string {
  return source.replace(/<(?=\/script)/gi, "<\\").replace(/<(?=!--)/g, "<\\");
}

/** A word in the colour of the chip or of the copy. */
export function tinted(who: "chip" | "copy", text: string): string {
  return `<span class="${who}">${escapeHtml(text)}</span>`;
}
