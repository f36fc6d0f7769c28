import type { Circuit } from "../../circuit/circuit.ts";
import type { ProgrammingList } from "./programming.ts";

/** A format of programming lists: a pure pair. */
interface ProgrammingFormat {
  /** Whether bytes are a file of it that holds a list. */
  holds(bytes: Uint8Array): Promise<boolean>;
  /** The bytes of a list, with what a bench of this circuit sets beside it. */
  write(circuit: Circuit, list: ProgrammingList): Promise<Uint8Array>;
  /** @throws InputError for a damaged or edited file. */
  read(bytes: Uint8Array): Promise<ProgrammingList>;
}

/** Every format of programming lists, by the extension of its files. */
export const programmingFormats = {
  csv: {
    holds: async (bytes) => (await import("./csv.ts")).isProgrammingCsv(bytes),
    write: async (circuit, list) => (await import("./csv.ts")).writeProgrammingCsv(circuit, list),
    read: async (bytes) => (await import("./csv.ts")).readProgrammingCsv(bytes),
  },
  npz: {
    holds: async (bytes) => (await import("./npz.ts")).isProgrammingNpz(bytes),
    write: async (circuit, list) => (await import("./npz.ts")).writeProgrammingNpz(circuit, list),
    read: async (bytes) => (await import("./npz.ts")).readProgrammingNpz(bytes),
  },
} as const satisfies Readonly<Record<string, ProgrammingFormat>>;
