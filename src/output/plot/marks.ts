/** A rectangle on the paper. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A place on the paper, to a tenth of a pixel. */
export function at(v: number): number {
  return Number(v.toFixed(1));
}

export function escapeXml(text: string): string {
  // XML 1.0 has no place for other control characters, nor for halves of pairs.
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ")
    .replace(/[\p{Cs}\ufffe\uffff]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** About how wide a text is, for a proportional font. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const c of text) em += /[ilj.,:;|'!()]/.test(c) ? 0.3 : /[A-Zmwε%]/.test(c) ? 0.74 : 0.56;
  return em * size;
}

/** A mark around a point: every series has a shape besides its colour. */
export function mark(shape: number, x: number, y: number, color: string): string {
  const r = 4;
  const style = `fill="${color}" stroke="#fff" stroke-width="1"`;
  switch (shape % 5) {
    case 0:
      return `<circle cx="${at(x)}" cy="${at(y)}" r="${r}" ${style}/>`;
    case 1:
      return `<rect x="${at(x - 3.6)}" y="${at(y - 3.6)}" width="7.2" height="7.2" ${style}/>`;
    case 2:
      return (
        `<path d="M${at(x)} ${at(y - 5)}L${at(x + 4.7)} ${at(y + 3.6)}H${at(x - 4.7)}Z" ` +
        `${style}/>`
      );
    case 3:
      return (
        `<path d="M${at(x)} ${at(y - 5.2)}L${at(x + 5.2)} ${at(y)}L${at(x)} ` +
        `${at(y + 5.2)}L${at(x - 5.2)} ${at(y)}Z" ${style}/>`
      );
    default:
      return (
        `<path d="M${at(x)} ${at(y + 5)}L${at(x + 4.7)} ${at(y - 3.6)}H${at(x - 4.7)}Z" ` +
        `${style}/>`
      );
  }
}

const dashes = ["", "6 4", "2 3", "8 3 2 3"] as const;

/** The attribute of a line that is dashed in the given one of four ways; none where it is solid. */
export function dashArray(dash: number): string {
  const pattern = dashes[dash % dashes.length];
  return pattern === "" ? "" : ` stroke-dasharray="${pattern}"`;
}
