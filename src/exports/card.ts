import { outputName, type PortableNetwork } from "./portable.ts";

/** What a model card tells of a file besides the network. */
interface CardFacts {
  readonly file: string;
  readonly format: string;
  readonly bytes: number;
  /** What it was trained on, and its licence. */
  readonly data: { readonly name: string; readonly source: string; readonly licence: string };
  /** How the file was read back, a sentence. */
  readonly verified: string;
  /** BibTeX. */
  readonly cites: readonly string[];
}

/**
 * A model card in Markdown, with the front matter that Hugging Face reads
 * (https://huggingface.co/docs/hub/model-cards): what the network is, what it computes of what, how
 * well, and how that was found.
 */
export function modelCard(net: PortableNetwork, facts: CardFacts): string {
  const { network, metadata } = net;
  const { sizes } = network;
  const title = oneLine(metadata["name"] ?? facts.file);
  const measured = measuredOf(net);
  const outputs = Array.from({ length: sizes[sizes.length - 1] }, (_, k) => outputName(net, k));
  return [
    frontMatter(title, measured, facts),
    `# ${title}`,
    "",
    "The digital copy of an analog chip that was trained by Initialized Equilibrium Propagation: a",
    "feedforward network that learned to guess where the chip settles.",
    "",
    `- **File**: \`${facts.file}\`, ${facts.format}, ${facts.bytes} bytes.`,
    `- **Network**: ${sizes.join("-")}; ${network.layers.map((l) => l.activation).join(", ")}.`,
    `- **Inputs**: ${sizes[0]} ${inputText(net)}`,
    `- **Outputs**: ${outputs.map(oneLine).join(", ")}; ${
      net.outputs?.kind === "values" ? "values" : "the largest names the class"
    }.`,
    ...(net.quantisation
      ? ["- **Numbers**: weights and states of 8 bits, sums of 32; the outputs are floats."]
      : []),
    `- **Data**: ${facts.data.source}. Licence: ${facts.data.licence}.`,
    ...(measured.text === undefined ? [] : [`- ${measured.text}, in floats.`]),
    `- **Verified**: ${facts.verified}`,
    "",
    "## Where it comes from",
    "",
    "| | |",
    "|---|---|",
    ...Object.entries(metadata).map(([k, v]) => `| ${cell(k)} | ${cell(v)} |`),
    "",
    ...(facts.cites.length > 0 ? ["## Cite", "", "```bibtex", ...facts.cites, "```", ""] : []),
  ].join("\n");
}

/** How well the network does, as the front matter and as the page say it. */
interface MeasuredFacts {
  readonly task: string;
  /** What Hugging Face calls the measures, and their values. */
  readonly metrics: readonly (readonly [type: string, value: number | undefined])[];
  readonly text: string | undefined;
}

function measuredOf({ metadata, outputs }: PortableNetwork): MeasuredFacts {
  const known = metadata as Readonly<Record<string, string | undefined>>;
  if (outputs?.kind === "values") {
    const { testR2Copy: r2, testRmseCopy: rmse } = known;
    const first = (text: string | undefined) =>
      outputs.names.length === 1 && text !== undefined ? Number(text) : undefined;
    return {
      task: "tabular-regression",
      metrics: [
        ["r_squared", first(r2)],
        ["rmse", first(rmse)],
      ],
      text:
        r2 && `**Test R²**: ${r2}. **RMSE**: ${rmse} (${outputs.names.map(oneLine).join(", ")})`,
    };
  }
  const { testErrorCopy: error } = known;
  return {
    task: "classification",
    metrics: [["accuracy", error === undefined ? undefined : 1 - Number(error) / 100]],
    text: error && `**Test error**: ${error} %`,
  };
}

function frontMatter(title: string, { task, metrics }: MeasuredFacts, { data }: CardFacts): string {
  const set = JSON.stringify(data.name);
  const known = metrics.flatMap(([type, value]) =>
    value === undefined ? [] : [`{ type: ${type}, value: ${Number(value.toFixed(6))} }`],
  );
  return [
    "---",
    "library_name: analog-eqprop",
    "license: unknown",
    "tags: [equilibrium-propagation, analog, neuromorphic]",
    `datasets: [${set}]`,
    `metrics: [${metrics.map(([type]) => type).join(", ")}]`,
    ...(known.length === 0
      ? []
      : [
          "model-index:",
          `  - name: ${JSON.stringify(title)}`,
          "    results:",
          `      - task: { type: ${task} }`,
          `        dataset: { type: ${set}, name: ${set} }`,
          `        metrics: [${known.join(", ")}]`,
        ]),
    "---",
    "",
  ].join("\n");
}

function inputText({ inputs }: PortableNetwork): string {
  if (!inputs) return "numbers from 0 to 1.";
  const { offset, factor } = inputs;
  const alike = [offset, factor].every((v) => v.every((x) => x === v[0]));
  return alike
    ? `raw numbers r as files have them; the file scales them itself, (r − ${offset[0]}) · ` +
        `${Number(factor[0].toPrecision(7))}.`
    : "raw numbers as files have them; the file scales each by itself.";
}

/** Text of others in a line of Markdown. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\`*_<>[\]#|]/g, "\\$&");
}

function cell(text: string): string {
  return oneLine(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
