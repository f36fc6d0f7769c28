import { InputError } from "../numerics/errors.ts";

/** How weights come from the die that learned them to another one. */
export type Move =
  /** The numbers of the registers, as they are. */
  | { readonly how: "as-is" }
  /** Written by write-verify. */
  | { readonly how: "program" }
  /** Written, and then learned in place for so many epochs. */
  | { readonly how: "relearn"; readonly epochs: number };

/**
 * `as-is`, `program` or `relearn=2`.
 * @throws InputError for anything else.
 */
export function readMove(text: string): Move {
  if (text === "as-is" || text === "program") return { how: text };
  const epochs = /^relearn=(\d{1,4}(?:\.\d+)?)$/.exec(text)?.[1];
  if (epochs !== undefined && Number(epochs) > 0) return { how: "relearn", epochs: Number(epochs) };
  throw new InputError(
    `--move: found ${JSON.stringify(text)}, expected as-is, program, or relearn= and a number of ` +
      "epochs, such as relearn=2",
  );
}

/** As `readMove` reads it. */
export function writtenMove(move: Move): string {
  return move.how === "relearn" ? `relearn=${move.epochs}` : move.how;
}

/** What was done with the weights: a part of a sentence. */
export function moveText(move: Move): string {
  switch (move.how) {
    case "as-is":
      return "with its registers as they are";
    case "program":
      return "written by write-verify";
    case "relearn":
      return `written, then learned in place for ${move.epochs} epochs`;
    default:
      return move satisfies never;
  }
}
