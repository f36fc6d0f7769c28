/** The option of every command that writes a file which a user names. */
export const overwrite = ["--overwrite", "replace a file that is there already"] as const;
