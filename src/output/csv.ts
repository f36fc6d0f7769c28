/**
 * A value as a field of CSV (RFC 4180). What is not finite is an empty field, and text that a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
export function csvField(value: string | number): string {
  if (typeof value === "number" && !Number.isFinite(value)) return "";
  const written = String(value);
  const isFormula = /^[=+\-@\t\r\n]/.test(written) && Number.isNaN(Number(written));
  const text = isFormula ? `'${written}` : written;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
