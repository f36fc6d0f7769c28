import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { InputError } from "../src/numerics/errors.ts";

/**
 * Puts `content` between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`; doing it again changes
 * nothing.
 */
export function fillSection(page: string, name: string, content: string): string {
  const open = `<!-- bench:${name} -->`;
  const close = `<!-- /bench:${name} -->`;
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  if (from < 0 || to < from)
    throw new InputError(
      `the page has no section "${name}", expected a line ${open} and after it a line ` +
        `${close}; add them where the numbers belong`,
    );
  return `${page.slice(0, from)}${open}\n${content.trim()}\n${page.slice(to)}`;
}

/** Complains about a page that could not be filled, before anything is measured. */
export function checkSection(path: string, name: string): void {
  fillSection(readPage(path), name, "");
  refused(
    `--write ${path}`,
    () => {
      accessSync(path, constants.W_OK);
    },
    "name a page that can be written to",
  );
}

/** Fills a section of the page at `path`. */
export function writeSection(path: string, name: string, content: string): void {
  writeFileSync(path, fillSection(readPage(path), name, content));
}

function readPage(path: string): string {
  return refused(
    `--write ${path}`,
    () => readFileSync(path, "utf8"),
    "name a page with bench sections, such as docs/performance.md",
  );
}

/** What the system refuses is bad input: `what` was asked, `advice` helps. */
export function refused<Value>(what: string, attempt: () => Value, advice: string): Value {
  try {
    return attempt();
  } catch (error) {
    throw new InputError(`${what}: ${(error as Error).message}; ${advice}`);
  }
}
