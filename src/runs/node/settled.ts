import type { Session } from "../../training/session.ts";

/** Where a chip settles, output by output of each row, and how surely: its natural residuals. */
interface Settled {
  /** [rows × classes], as states; of pairs their differences. */
  readonly outputs: Float64Array;
  readonly residuals: readonly number[];
}

/** Settles the chip of a session from its copy's guess. @param x [rows × n_0], from 0 to 1. */
export function settledOutputs(session: Session, x: Float64Array, rows: number): Settled {
  const { chip, settler } = session.trained();
  chip.inputs.showReals(x, rows);
  // Nobody knows what they are; a free phase does not ask.
  chip.inputs.label(new Uint16Array(rows));
  settler.settle();
  const { layout: at, size, outputs: said } = chip;
  const first = at.offset.at(-1)!;
  const names = said.classes;
  const { array } = settler.settled!;
  const outputs = Float64Array.from({ length: rows * names }, (_, k) => {
    const o = Math.floor(k / names) * size + first + (k % names);
    return said.differential ? array[o] - array[o + names] : array[o];
  });
  return { outputs, residuals: Array.from(chip.residuals.array.subarray(0, rows)) };
}
