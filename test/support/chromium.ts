import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, test } from "vitest";

const executablePath = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));
const missing =
  "Chromium is not installed (Debian: apt-get install chromium), so the pages are not opened " +
  "in a browser";

/**
 * What a page did that a good page does not: errors it printed or threw, and requests beyond the
 * file itself.
 */
export interface Conduct {
  readonly errors: readonly string[];
  readonly requests: readonly string[];
}

/** The browser of a test file, started when its first page is asked for. */
let browser: Promise<Browser> | undefined;

async function close(): Promise<void> {
  const open = browser;
  browser = undefined;
  await (await open)?.close();
}

function launch(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(missing);
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath, headless: true, args });
}

/** Gives `action` an empty page of headless Chromium, in a context that no other page shares. */
export async function withPage<T>(
  action: (page: Page, conduct: Conduct) => Promise<T>,
): Promise<T> {
  const context = await (await (browser ??= launch())).newContext({
    viewport: { width: 1280, height: 900 },
  });
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
    });
    return await action(page, { errors, requests });
  } finally {
    await context.close();
  }
}

/**
 * A test that needs Chromium: without it, it fails where CI=true and is skipped with the reason
 * elsewhere.
 */
export function browserTest(title: string, body: () => Promise<void>): void {
  // Registered by each file: this module is loaded once for all of a worker's files.
  afterAll(close);
  test(title, async (context) => {
    if (executablePath === undefined && process.env.CI !== "true") {
      console.warn(`skipped: ${missing}`);
      context.skip(missing);
    }
    await body();
  });
}
