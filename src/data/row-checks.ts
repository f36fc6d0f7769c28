import { InputError } from "../numerics/errors.ts";
import type { NumberInput, Rows } from "./contents.ts";
import { readersOf, rawOf, type Preparation } from "./prepare.ts";

/**
 * The rows that lack nothing, ascending.
 * @param missing `drop`: rows that lack something are left out; else they are refused.
 * @throws InputError that names the first row and column that lack something.
 */
export function completeRows(rows: Rows, missing: "drop" | undefined): Uint32Array {
  const lacks = new Uint8Array(rows.count);
  const refuse = (row: number, name: string, expected: string) => {
    if (missing === undefined)
      throw new InputError(
        `${rows.place(row)}: column ${JSON.stringify(name)} is missing, expected ${expected}; ` +
          `fill it in, leave the column out with drop: [${JSON.stringify(name)}], or such rows ` +
          "with missing: drop",
      );
    lacks[row] = 1;
  };
  const wanted = rows.wanted.kind === "names" ? [rows.wanted.column] : rows.wanted.columns;
  for (const column of [...rows.inputs, ...wanted])
    if (column.kind === "names")
      column.codes.forEach((code, row) => {
        if (code < 0) refuse(row, column.name, "a name");
      });
    else if (column.values instanceof Float32Array || column.values instanceof Float64Array)
      eachNonFinite(column, rows.count, (row) => {
        refuse(row, column.name, "a number");
      });
  const complete = Uint32Array.from(lacks.keys()).filter((row) => lacks[row] === 0);
  if (complete.length === 0)
    throw new InputError(
      rows.count === 0
        ? `${rows.source}: there are no rows in it, expected at least two`
        : `${rows.source}: every row lacks something; leave the emptiest columns out with drop`,
    );
  return complete;
}

function eachNonFinite(
  { values, offset, stride }: NumberInput,
  count: number,
  see: (row: number) => void,
): void {
  for (let row = 0; row < count; row++)
    if (!Number.isFinite(values[row * stride + offset])) see(row);
}

/** What lies beyond the rails in a part, where its scaling clips it: a sentence, or none. */
export function clipNotes(
  preparation: Preparation,
  rows: Rows,
  chosen: Uint32Array,
  part: string,
): readonly string[] {
  const { scaling } = preparation;
  const columns = new Set<string>();
  let count = 0;
  let worst = { beyond: 1e-6, text: "" };
  readersOf(preparation, rows).forEach((input, i) => {
    if (input.kind === "hot") return;
    for (const row of chosen) {
      const raw = rawOf(input, row);
      const x = (raw - scaling.offset[i]) * scaling.factor[i];
      const beyond = Math.max(-x, x - 1);
      if (!(beyond > 1e-6)) continue;
      count++;
      columns.add(input.name);
      if (beyond <= worst.beyond) continue;
      const [low, high] = [0, 1].map((rail) =>
        Number((rail / scaling.factor[i] + scaling.offset[i]).toPrecision(4)),
      );
      const what = `${rows.place(row)}, column ${JSON.stringify(input.name)}`;
      worst = { beyond, text: `${what} is ${raw}, the rails are at ${low} and ${high}` };
    }
  });
  return count === 0
    ? []
    : [
        `${count} value(s) of ${columns.size} column(s) of the ${part} part lie beyond the ` +
          `rails and are clipped: ${worst.text}; scale: minmax or ranges of your own move them`,
      ];
}
