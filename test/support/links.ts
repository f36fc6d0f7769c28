/** The relative targets of the links and pictures of a Markdown page; code is let be. */
export function relativeLinks(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(<?([^)>\s]+)>?[^)]*\)|\b(?:src|href)="([^"]+)"/g)]
    .flatMap((m) => m.slice(1, 3))
    .filter(Boolean)
    .filter((target) => !/^[a-z]+:/i.test(target));
}
