import { Command, Option } from "commander";
import { foreignActivationNames, type ForeignActivation } from "../exports/packed.ts";
import type { SamplePrediction } from "../runs/node/predict.ts";
import { normalisation } from "./normalisation.ts";
import { csvField } from "../output/csv.ts";
import { print, tell } from "./terminal.ts";

interface Options {
  readonly chip?: boolean;
  readonly invert?: boolean;
  readonly centre?: boolean;
  readonly activation?: ForeignActivation;
  readonly normalise?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `predict MODEL FILES…`: names what is in files. */
export function predictCommand(): Command {
  return new Command("predict")
    .description(
      "Names what is in files: by a model of any format, by the copy of a run, or by its chip. " +
        "Inputs are raw, as\nfiles have them; the model scales them. Confidence is how far the " +
        "largest output is above the next one.",
    )
    .argument("<model>", "model file, or run folder")
    .argument("<files...>", "PNG, JPEG, IDX, NPY or CSV")
    .option("--chip", "settle the chip of a run, and say the residual where it stands")
    .option("--invert", "pictures are dark ink on light")
    .option("--centre", "scale and centre pictures as MNIST's digits are")
    .addOption(
      new Option(
        "--activation <rho>",
        "what hidden layers compute, where the file does not say it",
      ).choices(foreignActivationNames),
    )
    .option(
      "--normalise <mean,std>",
      "what inputs from 0 to 1 were normalised by, where the file does not say it",
    )
    .option("--data <dir>", "folder of the data set of a run (default: where it had it from)")
    .option("--json", "print one JSON object a sample")
    .option("--csv", "print one line a sample: source, class, confidence, or the values")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop predict runs/quickstart-1 digit.png --centre --invert
  analog-eqprop predict copy.int8.onnx t10k-images-idx3-ubyte.gz --csv > named.csv
  analog-eqprop predict runs/quickstart-1 digit.png --chip`,
    )
    .action(async (model: string, files: string[], { json, csv, normalise, ...asked }: Options) => {
      const { predict } = await import("../runs/node/predict.ts");
      const show = json ? print : csv ? csvPrinter() : (p: SamplePrediction) => print(lineOf(p));
      const begin = performance.now();
      const progress = showCount(process.stderr, begin);
      const count = await predict(
        {
          model,
          files,
          ...asked,
          ...(normalise !== undefined && { normalise: normalisation(normalise) }),
        },
        (prediction, done) => {
          show(prediction);
          progress(done);
        },
      );
      const seconds = (performance.now() - begin) / 1000;
      tell(`${count} samples in ${seconds.toFixed(1)} s (${Math.round(count / seconds)} a second)`);
    });
}

function showCount(stream: NodeJS.WriteStream, begin: number): (done: number) => void {
  let drawn = begin;
  return (done) => {
    // Where results are printed, a line in between would be in their way.
    if (!stream.isTTY || process.stdout.isTTY || performance.now() - drawn < 200) return;
    drawn = performance.now();
    stream.write(`\r${done} samples\u001b[K`);
  };
}

const short = (x: number) => Number(x.toPrecision(4));

function lineOf({ source, class: name, confidence, top, values, residual }: SamplePrediction) {
  const sure = residual === undefined ? "" : `  residual ${residual.toExponential(1)}`;
  if (values)
    return `${source}  ${Object.entries(values)
      .map(([k, v]) => `${k} ${short(v)}`)
      .join("  ")}${sure}`;
  const others = top!.map((t) => `${t.name} ${short(t.output)}`).join(", ");
  return `${source}  ${name!}  confidence ${short(confidence!)}  (${others})${sure}`;
}

function csvPrinter(): (prediction: SamplePrediction) => void {
  let begun = false;
  return ({ source, class: name, confidence, values, residual }) => {
    const entries = values
      ? Object.entries(values).map(([k, v]) => [csvField(k), String(v)] as const)
      : ([
          ["class", csvField(name!)],
          ["confidence", String(confidence!)],
        ] as const);
    const sure = residual === undefined ? [] : ([["residual", String(residual)]] as const);
    const all = [["source", csvField(source)] as const, ...entries, ...sure];
    if (!begun) print(all.map(([k]) => k).join(","));
    begun = true;
    print(all.map(([, v]) => v).join(","));
  };
}
