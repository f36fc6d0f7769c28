import { packed, type Packed } from "../packed.ts";
import { outputName, type PortableNetwork } from "../portable.ts";
import { sameWalls } from "../quantise.ts";
import { isEven } from "./expressions.ts";
import { floatArrays, floatBody } from "./floats.ts";
import { integerArrays, integerBody, integerHelpers } from "./integers.ts";
import { arrayText, stringLiteral } from "./literals.ts";

/** Begins the comment that holds the strings of the network. */
export const stringsMark = "analog-eqprop strings: ";

/**
 * A C99 header that stands alone: `copy_run` computes the outputs of raw inputs and `copy_class`
 * names the largest, without memory of the heap. With a quantisation all but the outputs are whole
 * numbers.
 */
export function writeC(net: PortableNetwork): Uint8Array<ArrayBuffer> {
  const parts = packed(net);
  const { sizes } = net.network;
  const arrays = net.quantisation ? integerArrays(net, net.quantisation) : floatArrays(parts);
  const body = net.quantisation ? integerBody(net, net.quantisation) : floatBody(net);
  const text = [
    head(net, parts),
    arrays,
    inputArrays(net),
    helpers(net),
    net.quantisation ? integerHelpers : "",
    "/* raw [COPY_INPUTS] -> output [COPY_OUTPUTS] */",
    "static inline void copy_run(const float *raw, float *output)",
    "{",
    body,
    "}",
    "",
    naming,
    `#endif /* COPY_H: ${sizes.join("-")} */`,
    "",
  ].join("\n");
  return new TextEncoder().encode(text);
}

const naming = `/* the number of the largest output, of equal ones the first */
static inline int copy_class(const float *raw)
{
  float output[COPY_OUTPUTS];
  int best = 0;
  int k;
  copy_run(raw, output);
  for (k = 1; k < COPY_OUTPUTS; k++)
    if (output[k] > output[best]) best = k;
  return best;
}
`;

function head(net: PortableNetwork, { strings }: Packed): string {
  const { sizes } = net.network;
  const outputs = sizes[sizes.length - 1];
  const names = Array.from({ length: outputs }, (_, k) => stringLiteral(outputName(net, k)));
  // JSON has another way to write a solidus, and comments neither begin nor end there.
  const json = JSON.stringify(strings).replaceAll("/", "\\u002f");
  return [
    "/* A digital network that was taken home from an analog chip, by analog-eqprop. C99, no heap:",
    '     #include "copy.h"',
    "     int digit = copy_class(raw);",
    "*/",
    `/* ${stringsMark}${json} */`,
    "#ifndef COPY_H",
    "#define COPY_H",
    "",
    "#include <float.h>",
    "#include <stdint.h>",
    ...(needsExponential(net) ? ["#include <math.h>"] : []),
    "",
    `#define COPY_INPUTS ${sizes[0]}`,
    `#define COPY_OUTPUTS ${outputs}`,
    "",
    "/* what the outputs are called */",
    `static const char *const copy_names[COPY_OUTPUTS] = {${names.join(", ")}};`,
    "",
  ].join("\n");
}

/** Hidden sigmoids of whole numbers are tables. */
function needsExponential({ network: { layers }, quantisation }: PortableNetwork): boolean {
  return layers.some(
    (layer, i) =>
      layer.activation === "sigmoid" &&
      (!quantisation || i === layers.length - 1 || !sameWalls(layer)),
  );
}

/** Maps of inputs that differ from one to the next. */
function inputArrays({ inputs }: PortableNetwork): string {
  if (!inputs) return "";
  return (["offset", "factor"] as const)
    .filter((name) => !isEven(inputs[name]))
    .map((name) => arrayText("float", `copy_inputs_${name}`, [inputs[name].length], inputs[name]))
    .join("");
}

const clip = `static inline float copy_clip(float u, float low, float high)
{
  return u < low ? low : u > high ? high : u;
}
`;

function helpers({ network: { layers }, inputs }: PortableNetwork): string {
  const clips = layers.some((l) => l.activation === "hard" || l.activation === "leaky");
  return clips || (inputs && (inputs.low > -Infinity || inputs.high < Infinity)) ? clip : "";
}
