// A folder that is gone after its use, with digits as files of MNIST, which no command draws anew.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serializeIdx } from "../../src/data/idx.ts";
import { images } from "./trained.ts";
import { imagesIn } from "../support/images.ts";

/** `at(name)` is a path in the folder, `data` what `--data` is told. */
export interface Folder {
  readonly data: string;
  at(name: string): string;
}

/** How many images there are. */
const counts = { train: 200, t10k: 100 };

export async function inFolder<T>(use: (folder: Folder) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), "analog-eqprop-golden-"));
  try {
    const { train, test } = images();
    for (const [part, all] of [
      ["train", train],
      ["t10k", test],
    ] as const) {
      const count = counts[part];
      const { pixels, labels } = imagesIn(all);
      const write = (kind: string, shape: readonly number[], bytes: Uint8Array) => {
        const idx = serializeIdx({ name: part, shape, data: bytes });
        writeFileSync(join(data, `${part}-${kind}-ubyte`), idx);
      };
      write("images-idx3", [count, ...all.shape], pixels.slice(0, count * 784));
      write("labels-idx1", [count], Uint8Array.from(labels).slice(0, count));
    }
    return await use({ data, at: (name) => join(data, name) });
  } finally {
    rmSync(data, { recursive: true });
  }
}
