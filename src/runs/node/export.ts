import { basename, join } from "node:path";
import type { Dataset } from "../../data/dataset.ts";
import { isFolder } from "../../data/node/folders.ts";
import { modelCard } from "../../exports/card.ts";
import { copyFileName, networkFormats, writeNetwork } from "../../exports/formats.ts";
import type { FormatName } from "../../exports/formats.ts";
import { verify, type Verification } from "../../exports/node/verify.ts";
import type { PortableNetwork } from "../../exports/portable.ts";
import { quantise } from "../../exports/quantise.ts";
import { InputError } from "../../numerics/errors.ts";
import { destinationFor, type Destination } from "../../output/node/destination.ts";
import { analogEqprop, oconnor2019 } from "../../output/cite.ts";
import { portableOf, rawRows } from "./portable.ts";
import { reopen, type Reopened } from "./reopen.ts";
import { RunError } from "./learn.ts";
import { dataName } from "../../experiment/data-asked.ts";

/** What `export` is asked to do. */
export interface ExportRequest {
  /** Run folder. */
  readonly dir: string;
  readonly format: FormatName;
  /** A file or a folder; in the run folder when absent. */
  readonly out?: string;
  /** Replaces files of that name. */
  readonly overwrite?: boolean;
  /** Folder of the data set; where the run had it from when absent. */
  readonly data?: string;
}

/** A file that was read back before it was written. */
export interface Exported {
  /** The file. */
  readonly path: string;
  /** The model card beside it. */
  readonly card: string;
  /** Of the file. */
  readonly format: FormatName;
  /** Size of the file. */
  readonly bytes: number;
  /** What came of reading it back. */
  readonly verification: Verification;
}

/** Inputs that a file is verified with, and that whole numbers are calibrated on. */
const examined = 1000;

/**
 * Writes the digital copy of a run in a format, with a model card beside it, once what was read
 * back of it computes the same on 1000 test inputs.
 * @throws InputError for a run without a copy, and where the file would replace another one;
 *   RunError where the file is not what it should be: nothing is left then.
 */
export async function exportRun({
  dir,
  format,
  out,
  overwrite,
  data,
}: ExportRequest): Promise<Exported> {
  const [file, card] = placesOf(dir, format, out, overwrite);
  const opened = await reopen(dir, data);
  try {
    const { run, plan, split } = opened;
    const float = portableOf(run, plan.circuit, split.test);
    if (!float)
      throw new InputError(
        `${dir}: the rule ${plan.experiment.learning.rule} has no digital copy to take home; ` +
          "--chip exports the chip itself",
      );
    const net = networkFormats[format].quantised ? calibrated(float, split.train) : float;
    const bytes = await writeNetwork(net, format);
    const { test } = split;
    const count = Math.min(examined, test.count);
    const verification = await verify({
      bytes,
      format,
      net,
      float,
      raw: rawRows(test, 0, count),
      count,
      ...(test.targets.kind === "classes" && { labels: test.targets.labels }),
    }).catch((error: unknown) => {
      throw new RunError(
        `${file.path} was not written: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    if (verification.fault !== null)
      throw new RunError(`${file.path} was not written: ${verification.fault}`);
    return written([file, card], opened, { net, format, bytes, verification });
  } finally {
    opened.run.session.close();
  }
}

function calibrated(float: PortableNetwork, train: Dataset): PortableNetwork {
  const count = Math.min(examined, train.count);
  return quantise(float, rawRows(train, 0, count), count);
}

/** How a file was read back, a sentence. */
export function verifiedText({
  reader,
  inputs,
  largestDifference,
  renamedByFloats,
  errorChange,
}: Verification): string {
  const change =
    errorChange === null ? "" : `; the error changes by ${errorChange.toFixed(2)} points`;
  return (
    `read back by ${reader} on ${inputs} test inputs: outputs differ by at most ` +
    largestDifference.toExponential(1) +
    (renamedByFloats === null
      ? ""
      : `, ${renamedByFloats} inputs are named otherwise than in floats`) +
    `${change}.`
  );
}

function written(
  [file, card]: readonly [Destination, Destination],
  { plan, split }: Reopened,
  made: {
    readonly net: PortableNetwork;
    readonly format: FormatName;
    readonly bytes: Uint8Array;
    readonly verification: Verification;
  },
): Exported {
  const { net, format, bytes, verification } = made;
  file.put(bytes);
  card.put(
    modelCard(net, {
      file: basename(file.path),
      format: networkFormats[format].title,
      bytes: bytes.length,
      data: {
        name: dataName(plan.experiment.data),
        // Not the folder of whoever exports it.
        source: split.source.replace(/, from [^]*$/, ""),
        licence: net.metadata["dataLicence"] ?? "unknown",
      },
      verified: verifiedText(verification),
      cites: [oconnor2019, ...split.cites, analogEqprop],
    }),
  );
  return { path: file.path, card: card.path, format, bytes: bytes.length, verification };
}

/**
 * Of the file and of its card; in the run folder they are the run's own.
 * @throws InputError where a file of the user's has the name already.
 */
function placesOf(
  dir: string,
  format: FormatName,
  out: string | undefined,
  overwrite = false,
): readonly [file: Destination, card: Destination] {
  const folder = out === undefined ? dir : isFolder(out) ? out : null;
  const path = folder === null ? out! : join(folder, copyFileName(format));
  const replaces = overwrite || out === undefined;
  return [destinationFor("--out", path, replaces), destinationFor("--out", `${path}.md`, replaces)];
}
