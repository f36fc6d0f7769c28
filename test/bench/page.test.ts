import { describe, expect, test } from "vitest";
import { fillSection } from "../../bench/page.ts";
import { InputError } from "../../src/numerics/errors.ts";

const page =
  "# P\n<!-- bench:train -->\nold\n<!-- /bench:train -->\nrest\n<!-- bench:x -->\n<!-- " +
  "/bench:x -->\n";

describe("a section of the page", () => {
  test("is replaced, and nothing else", () => {
    expect(fillSection(page, "train", "\nnew $& text\n\n")).toBe(
      page.replace("old", "new $$& text"),
    );
  });

  test("filled twice is filled once", () => {
    const once = fillSection(page, "x", "| a |");
    expect(fillSection(once, "x", "| a |")).toBe(once);
  });

  test("that is missing or has no end is complained about", () => {
    expect(() => fillSection(page, "memory", "")).toThrow(InputError);
    expect(() => fillSection("<!-- bench:train -->", "train", "")).toThrow(
      /expected a line <!-- bench:train --> and after it a line <!-- \/bench:train -->/,
    );
  });
});
