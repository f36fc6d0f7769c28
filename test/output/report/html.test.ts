import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeHtml, inlineScript, scriptJson } from "../../../src/output/report/html.ts";

describe("text in a page", () => {
  test("never opens a tag, a character reference or a quote of its own", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "a", ";") }),
        (text) => {
          const html = escapeHtml(text);
          expect(html).not.toMatch(/[<>"']|&(?!#\d+;)/);
          expect(
            html.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
          ).toBe(text);
        },
      ),
    );
  });

  test("as JSON in a script reads back the same and never ends the script", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("", "</script>", "<!--"), (value, text) => {
        const json = scriptJson([value, text]);
        expect(json).not.toContain("<");
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify([value, text])));
      }),
    );
  });

  test("that is JavaScript keeps its meaning but neither ends the script nor opens a comment", () => {
    const source = `["</script>", "</SCRIPT >", "<!--", /<!--/.source, "a<b"].join()`;
    const safe = inlineScript(source);
    expect(safe).not.toMatch(/<\/script|<!--/i);
    // oxlint-disable-next-line typescript/no-implied-eval
    const value = (code: string) => (new Function(`return ${code}`) as () => unknown)();
    expect(String(value(safe)).replace("<\\!--", "<!--")).toBe(value(source));
  });
});
