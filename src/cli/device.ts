import { Command } from "commander";
import type { Destination } from "../output/node/destination.ts";
import type { Chart } from "../output/plot/chart.ts";
import { overwrite } from "./overwrite.ts";
import { print } from "./terminal.ts";

/** `device list|show|fit`: the devices that come with the package, and those of a user. */
export function deviceCommand(): Command {
  const device = new Command("device")
    .description("Shows programmable conductances, and fits one to measurements.")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop device list
  analog-eqprop device show pcm
  analog-eqprop device fit data.csv --out my-device.yaml --plot`,
    );
  device
    .command("list")
    .description("Lists the devices that come with this package.")
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  analog-eqprop device list")
    .action(list);
  device
    .command("show")
    .description("Shows what a device is like, with its sources.")
    .argument("<name or file>", "a device by name, or the YAML file of one")
    .option("--yaml", "print it as YAML, to start your own from")
    .option("--plot <file.svg>", "draw how it answers to pulses, or what it conducts")
    .option(...overwrite)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop device show ecram --plot ecram.svg
  analog-eqprop device show pcm --yaml > mine.yaml`,
    )
    .action(showDevice);
  device
    .command("fit")
    .description(
      "Fits a device to measured pulses, or a diode to a measured curve:\nevery law is tried, " +
        "and one is chosen by Akaike's criterion.",
    )
    .argument(
      "<data.csv>",
      "columns pulse, conductance (uS) and maybe direction (up or down); or voltage (V), " +
        "current (mA)",
    )
    .option("--name <name>", "name of the device (default: that of the file)")
    .option("--out <device.yaml>", "write the device")
    .option("--plot [file.svg]", "draw measurement and fit (default: the name of the data, .svg)")
    .option(...overwrite)
    .option("--temperature <t>", "of a curve, for the ideality (default: 300 K)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop device fit pulses.csv --out my-device.yaml --plot
  analog-eqprop device fit diode.csv --temperature "25 degC"`,
    )
    .action(fitData);
  return device;
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { devices } = await import("../circuit/devices/registry.ts");
  const { deviceJson } = await import("../circuit/devices/yaml.ts");
  const all = Object.values(devices);
  print(json ? all.map(deviceJson) : all.map((d) => `${d.name.padEnd(18)}  ${d.title}`).join("\n"));
}

interface ShowOptions {
  readonly yaml?: boolean;
  readonly plot?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

async function showDevice(
  target: string,
  { yaml, plot, overwrite, json }: ShowOptions,
): Promise<void> {
  const [{ deviceNamed, deviceJson, deviceYaml }, { deviceText }, { readDevice }, { isPath }] =
    await Promise.all([
      import("../circuit/devices/index.ts"),
      import("../output/device/wording.ts"),
      import("../runs/node/schematic.ts"),
      import("../runs/node/text.ts"),
    ]);
  const picture = await placed("--plot", plot, overwrite);
  const model = isPath(target)
    ? await readDevice(target, "give the path of a device file, or a name from `device list`")
    : deviceNamed(target);
  if (picture) {
    const { deviceChart } = await import("../output/device/chart.ts");
    await draw(picture, deviceChart(model));
  }
  print(json ? deviceJson(model) : yaml ? (await deviceYaml(model)).trimEnd() : deviceText(model));
}

interface FitOptions {
  readonly name?: string;
  readonly out?: string;
  readonly plot?: string | true;
  readonly overwrite?: boolean;
  readonly temperature?: string;
  readonly json?: boolean;
}

async function fitData(
  file: string,
  { name, out, plot, overwrite, temperature, json }: FitOptions,
): Promise<void> {
  const [{ readMeasurements }, { deviceJson, deviceYaml }, { fitText, diodeYaml }, { InputError }] =
    await Promise.all([
      import("../circuit/devices/csv.ts"),
      import("../circuit/devices/yaml.ts"),
      import("../output/device/wording.ts"),
      import("../numerics/errors.ts"),
    ]);
  const stem = file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
  const yaml = await placed("--out", out, overwrite);
  const picture = await placed("--plot", plot === true ? `${stem}.svg` : plot, overwrite);
  const data = await readMeasurements(
    await read(file, "device fit", "give the path of a CSV file of measurements"),
    file,
  );
  const title = name ?? named(stem);
  if (!/^[A-Za-z][\w.-]{0,59}$/.test(title))
    throw new InputError(
      `device fit: found the name ${JSON.stringify(title)}, expected a letter and then ` +
        "letters, digits, - or _; give another with --name",
    );
  if (data.kind === "pulses" && temperature !== undefined)
    throw new InputError(
      "device fit: --temperature is for curves (columns voltage and current); leave it out " +
        "for pulses",
    );

  const fit =
    data.kind === "pulses"
      ? (await import("../circuit/devices/fit/pulses.ts")).fitPulses(data, title)
      : (await import("../circuit/devices/fit/diode.ts")).fitDiode(data, await kelvin(temperature));
  const ignored = data.ignored.map((c) => `the column ${JSON.stringify(c)} is not used`);
  const found = {
    ...fit,
    /** What the data do not say, and columns that were not read, a sentence each. */
    notes: [...fit.notes, ...ignored],
  };
  if (yaml)
    yaml.put(
      fit.kind === "pulses"
        ? await deviceYaml(fit.device, [`${fit.law}, fitted to ${fit.rows} rows of ${file}`])
        : diodeYaml(fit, file),
    );
  if (picture) {
    const { diodeFitChart, pulseFitChart } = await import("../output/device/chart.ts");
    await draw(picture, fit.kind === "pulses" ? pulseFitChart(fit) : diodeFitChart(fit, title));
  }
  const made = [
    ...(yaml ? [`The device: ${yaml.path}`] : []),
    ...(picture ? [`The picture: ${picture.path}`] : []),
  ];
  print(
    json
      ? {
          ...found,
          curve: undefined,
          /** The device as a file has it; of pulses. */
          device: fit.kind === "pulses" ? deviceJson(fit.device) : undefined,
          /** The file that was written; null where none was asked for. */
          out: yaml?.path ?? null,
          /** The picture that was written; null where none was asked for. */
          plot: picture?.path ?? null,
        }
      : [fitText(found), ...made].join("\n"),
  );
}

/** A file's name as that of a device. */
function named(stem: string): string {
  const plain = stem.replace(/[^\w.-]+/g, "-");
  return (/^[A-Za-z]/.test(plain) ? plain : `device-${plain}`).slice(0, 60);
}

async function kelvin(text = "300 K"): Promise<number> {
  const [{ quantity }, { InputError }] = await Promise.all([
    import("../numerics/units.ts"),
    import("../numerics/errors.ts"),
  ]);
  const value = await quantity(text, "temperature", "refused").catch((error: unknown) => {
    throw error instanceof InputError ? new InputError(`--temperature: ${error.message}`) : error;
  });
  if (value <= 0)
    throw new InputError(
      `--temperature: found ${text}, expected more than zero kelvin, such as "25 degC"`,
    );
  return value;
}

async function read(path: string, what: string, todo: string): Promise<string> {
  const { readText } = await import("../runs/node/text.ts");
  return readText(path, what, todo);
}

/** Where a file goes that was asked for; null where none was. */
async function placed(
  option: string,
  path: string | undefined,
  replaces = false,
): Promise<Destination | null> {
  if (path === undefined) return null;
  const { destinationFor } = await import("../output/node/destination.ts");
  return destinationFor(option, path, replaces);
}

async function draw(place: Destination, chart: Chart): Promise<void> {
  const { chartSvg } = await import("../output/plot/svg.ts");
  place.put(chartSvg(chart));
}
