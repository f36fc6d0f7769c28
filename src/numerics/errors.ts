/** A place in a text file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The user's input cannot be used. The message says who complains, what is wrong with the value,
 * what was expected and what to do; `place` says where the value was written. The command prints
 * the message without a stack trace and exits with 2.
 */
export class InputError extends Error {
  override readonly name: string = "InputError";
  readonly place: Place | undefined;

  constructor(message: string, place?: Place) {
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
    super(visible(where + message));
    this.place = place;
  }
}

/**
 * A text with what a terminal would obey written out, as `\\u001b`: control characters, and those
 * that break lines or turn the direction of writing around.
 */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Who wrote a value: a place in a file, or a command-line option such as `--set seed=x`. */
export type Author = Place | string;

/** Who wrote the key or the value at a path of plain data. */
export type AuthorOf = (path: readonly PropertyKey[], part: "key" | "value") => Author;

/** An error blamed on a place in the file or on an option. */
export function blame(author: Author, message: string): InputError {
  return typeof author === "string"
    ? new InputError(`${author}: ${message}`)
    : new InputError(message, author);
}
