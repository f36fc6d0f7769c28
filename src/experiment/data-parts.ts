/** A file, or two arrays of one or two. */
export type Files =
  | string
  | { readonly file?: string | undefined; readonly inputs: string; readonly target: string };

const sharePattern = /^\s*(\d{1,3}(?:\.\d+)?)\s*%\s*$/;

/** Percent, where a part is a share: `20 %`; else null. */
export function shareOf(part: unknown): number | null {
  const share = typeof part === "string" ? sharePattern.exec(part) : null;
  return share ? Number(share[1]) : null;
}

/** Whether a part is one of files: neither absent, nor so many samples, nor a share. */
export function isFiles(part: number | Files | undefined): part is Files {
  return part !== undefined && typeof part !== "number" && shareOf(part) === null;
}

/** Files of parts, or one that is dealt out; else a named set. */
export function isOfFiles(d: {
  readonly file?: Files | undefined;
  readonly train?: number | Files | undefined;
}): boolean {
  return d.file !== undefined || isFiles(d.train);
}
