import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { ReadOptions, Table, TableColumn } from "../../../src/data/table.ts";
import { findColumn, placeOfRow } from "../../../src/data/table.ts";
import { readTable } from "../../../src/data/text/read.ts";
import { InputError } from "../../../src/numerics/errors.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** In pieces of a few bytes, so that every row is cut somewhere. */
function* pieces(text: Uint8Array, size: number) {
  for (let i = 0; i < text.length; i += size) yield text.subarray(i, i + size);
}

const read = (text: string, options: ReadOptions = {}, size = 7) =>
  readTable(pieces(bytes(text), size), "t.csv", options);

/** A column as plain values; null where one is missing. */
const plain = (column: TableColumn): readonly (string | number | null)[] =>
  column.kind === "names"
    ? Array.from(column.codes, (code) => (code < 0 ? null : column.names[code]))
    : Array.from(column.values, (x) => (Number.isNaN(x) ? null : x));

const contents = (table: Table) =>
  Object.fromEntries(table.columns.map((column) => [column.name, plain(column)]));

describe("a table is read from a text", () => {
  test.each([
    ["commas", "a,b,c\n1,2.5,x\n-3,4e-2,y\n"],
    ["semicolons", "a;b;c\n1;2.5;x\n-3;4e-2;y\n"],
    ["tabs and CRLF", "a\tb\tc\r\n1\t2.5\tx\r\n-3\t4e-2\ty\r\n"],
    ["bars and CR alone", "a|b|c\r1|2.5|x\r-3|4e-2|y"],
    ["any number of spaces", "  a  b c\n 1 \t 2.5 x  \n-3    4e-2 y\n"],
    ["quotes", '"a","b","c"\n"1","2.5","x"\n"-3","4e-2","y"\n'],
    ["blank lines", "\n\na,b,c\n\n1,2.5,x\n  \n-3,4e-2,y\n\n"],
    ["spaces around fields", 'a, b, c\n1 , 2.5, "x" \n-3,4e-2 ,y\n'],
    ["a mark of UTF-8", "\ufeffa,b,c\n1,2.5,x\n-3,4e-2,y\n"],
  ])("with %s", async (_, text) => {
    const table = await read(text);
    expect(contents(table)).toEqual({ a: [1, -3], b: [2.5, 0.04], c: ["x", "y"] });
  });

  it("with decimal commas where it is told, as numbers", async () => {
    const table = await read("a;b\n1,5;x\n-,25e1;y\n3;x\n", { decimal: "," });
    expect(contents(table)).toEqual({ a: [1.5, -2.5, 3], b: ["x", "y", "x"] });
    const named = await read("a;b\n1,5;x\n2,5;y\n", { names: ["a"] });
    expect(contents(named).a).toEqual(["1,5", "2,5"]);
  });

  it("whose quoted fields hold separators, line ends and quotes", async () => {
    const table = await read('name,n\n"a, b",1\n"two\r\nlines",2\n"a ""word""",3\nplain "x",4\n');
    expect(plain(table.columns[0])).toEqual(["a, b", "two\r\nlines", 'a "word"', 'plain "x"']);
    expect([0, 1, 2, 3].map((row) => table.line(row))).toEqual([2, 3, 5, 6]);
    expect(placeOfRow(table, 3)).toBe("t.csv:6");
  });

  it("with names of columns or without, whichever the first row is", async () => {
    expect(Object.keys(contents(await read("1,2,a\n3,4,b\n")))).toEqual([
      "column 1",
      "column 2",
      "column 3",
    ]);
    const counted = "0,1,label\n5,6,7\n8,9,1\n";
    expect(Object.keys(contents(await read(counted)))).toEqual(["0", "1", "label"]);
    expect(Object.keys(contents(await read("size,kind\nbig,a\nsmall,b\n")))).toEqual([
      "size",
      "kind",
    ]);
    expect((await read("a,b\nc,d\na,e\n")).rows).toBe(3);
    expect((await read("size,kind\nbig,a\nsmall,b\n", { header: false })).rows).toBe(3);
    expect((await read("2001,2002\n5,6\n", { header: true })).rows).toBe(1);
  });

  it("in which nothing, NA, NaN, ? and inf are missing", async () => {
    const table = await read("a,b\n1,x\n,y\nNA,\nnan,?\ninf,null\n-Infinity,z\n7,none\n");
    expect(contents(table)).toEqual({
      a: [1, null, null, null, null, null, 7],
      b: ["x", "y", null, null, null, "z", "none"],
    });
    const [a] = table.columns;
    expect(a.kind === "numbers" && [...a.missing]).toEqual([1, 2, 3, 4, 5]);
  });

  it("into columns as narrow as their numbers permit exactly", async () => {
    const rows = [
      [0, 0, 0, -1, 0, 0.5, 0.1, 1e10],
      [255, 256, 65536, 127, -129, 3, 2, 1],
    ];
    const text = rows.map((row) => row.join()).join("\n");
    const { columns } = await read(text);
    expect(columns.map((c) => (c.kind === "numbers" ? c.values.constructor.name : ""))).toEqual([
      "Uint8Array",
      "Uint16Array",
      "Uint32Array",
      "Int8Array",
      "Int16Array",
      "Float32Array",
      "Float64Array",
      "Float32Array",
    ]);
    expect(columns.map(plain)).toEqual(rows[0].map((x, i) => [x, rows[1][i]]));
  });

  it("whose names are in an order of their own", async () => {
    const { columns } = await read("k,n\nb,10\na,9\nb,x\n", { names: ["n"] });
    expect(columns.map((c) => c.kind === "names" && c.names)).toEqual([
      ["a", "b"],
      ["9", "10", "x"],
    ]);
  });

  it("without the columns that are dropped, by name or place", async () => {
    const table = await read("a,b,c,d\n1,x,2,3\n", { drop: ["b", -1, 1] });
    expect(contents(table)).toEqual({ a: [null], b: [null], c: [2], d: [null] });
  });

  it("to the same columns, however the bytes are cut, and whatever numbers are", async () => {
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    );
    const word = fc.stringMatching(/^x[a-z ,"\n;é]{0,8}[a-z]$/);
    const rows = fc.array(fc.tuple(number, word, number), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (list, size) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = list.map(([x, name, y]) => `${x ?? ""},${quote(name)},${y ?? "NA"}`);
        const table = await read(`x,name,y\n${lines.join("\n")}`, { delimiter: "," }, size);
        const positive = (x: number | null) => (x === 0 ? 0 : x);
        expect(contents(table)).toEqual({
          x: list.map(([x]) => positive(x)),
          name: list.map(([, name]) => name),
          y: list.map(([, , y]) => positive(y)),
        });
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("of more rows than are laid out at a time", async () => {
    const text = Array.from({ length: 2500 }, (_, i) => `${i},n${i % 3}`).join("\n");
    const { rows, columns, line } = await read(`${text}\n70000,n0`, {}, 1000);
    expect(rows).toBe(2501);
    expect(plain(columns[0]).slice(-2)).toEqual([2499, 70000]);
    expect(plain(columns[1]).slice(0, 4)).toEqual(["n0", "n1", "n2", "n0"]);
    expect(line(2500)).toBe(2501);
  });
});

describe("a text that is no table is refused, with its place", () => {
  test.each<[string, string, ReadOptions, string]>([
    [
      "a ragged row",
      "a,b\n1,2\n3,4,5\n",
      {},
      "t.csv:3:1: 3 fields, expected 2 as in the first row",
    ],
    [
      "text among numbers",
      "len,w\n1,2\n3,oops\n5,6\n7,8\n",
      {},
      't.csv:3:3: column "w": found "oops", expected a number as in the rows around it',
    ],
    ["a decimal comma", "a;b\n1.5;2\n1,5;3\n2.5;4\n", {}, 't.csv:3:1: column "a": found "1,5"'],
    [
      "one column of one name",
      "a,b,a\n1,2,3\n",
      {},
      't.csv:1:5: column 3 is named "a", as column 1',
    ],
    [
      "decimal commas",
      "a;b\n1,5;x\n2,5;y\n1,5;x\n",
      {},
      't.csv: column "a" has entries such as "1,5"',
    ],
    ["a point among decimal commas", "a;b\n1,5;2\n2.5;3\n1,5;2\n", { decimal: "," }, "t.csv:3:1"],
    ["an open quote", 'a,b\n1,"x\n2,y\n', { delimiter: "," }, "t.csv:2:3: a quote opens a field"],
    [
      "text behind a quote",
      'a,b\n1,"é" x\n',
      { delimiter: "," },
      "t.csv:2:7: found text behind a closing quote",
    ],
    ["bytes of no text", "a,b\n1,\0\n", {}, "t.csv:2:3: found a byte 0"],
    ["nothing", "", {}, "t.csv: the file is empty"],
    ["only blank lines", "\n \n\n", {}, "t.csv: the file is empty"],
    [
      "only a header",
      "a,b\n",
      { header: true },
      "t.csv: a line of column names and no row below it",
    ],
    [
      "a column to drop",
      "area,b\n1,2\n",
      { drop: ["arae"] },
      'did you mean "area"? Columns: area, b',
    ],
    [
      "a place beyond the columns",
      "a,b\n1,2\n",
      { drop: [3] },
      "t.csv: drop: there is no column 3 among 2; count from 1, or from the end with -1",
    ],
    ["a million columns", `${"1,".repeat(1e6)}1`, {}, "more than 100000 columns"],
    ["a row without end", "a".repeat(5e6), {}, "a row of more than 4 MiB"],
  ])("%s", async (_, text, options, message) => {
    const end: unknown = await read(text, options, 65536).catch((e: unknown) => e);
    expect(end).toBeInstanceOf(InputError);
    expect((end as InputError).message).toContain(message);
  });

  it("in another encoding than UTF-8", async () => {
    const latin = Uint8Array.of(...bytes("a,b\n1,caf"), 0xe9, 10);
    await expect(readTable([latin], "t.csv")).rejects.toThrow(
      "t.csv:2:3: found bytes that are not",
    );
    await expect(readTable([Uint8Array.of(0xff, 0xfe, 97, 0)], "t.csv")).rejects.toThrow("UTF-16");
  });

  it("however it is damaged: a table or an InputError, and no other end", async () => {
    const good = bytes('a,b,c\n1,"x, y",2\n3,"z",4\n5,w,6\n');
    let accepted = 0;
    let refused = 0;
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let text = [...good];
        for (const [at, byte, cut] of changes) {
          if (cut) text = text.toSpliced(at, 1 + (byte % 8));
          else text[at] = byte;
        }
        try {
          const table = await readTable(pieces(Uint8Array.from(text), 5), "t.csv");
          for (const c of table.columns)
            expect(c.kind === "names" ? c.codes : c.values).toHaveLength(table.rows);
          accepted++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          refused++;
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
  });

  it("names a dozen columns and counts the others", () => {
    const many = Array.from({ length: 20 }, (_, i) => `c${i}`);
    expect(() => findColumn(many, "c2o", "data.target")).toThrow(
      'data.target: there is no column "c2o"; did you mean "c2"? ' +
        "Columns: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 8 more",
    );
  });
});
