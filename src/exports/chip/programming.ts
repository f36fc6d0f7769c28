import type { Circuit } from "../../circuit/circuit.ts";
import { unitConductance } from "../../circuit/families/families.ts";
import { layerScale } from "../../dynamics/units/scale.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Precision, Tensor, Vec } from "../../numerics/vec.ts";
import { benchSettings, type BenchColumn } from "./settings.ts";

/** What is to be programmed where: all that the synapses and biases of a die hold, to the bit. */
export interface ProgrammingList {
  readonly about: ListFacts;
  /** As `Chip.held` has them: `chip.block.0-1.weight` [rows × columns], `chip.layer.1.bias`. */
  readonly tensors: readonly Tensor[];
  /** 1 where a synapse exists, by the name of its weights; absent: all do. */
  readonly masks?: Readonly<Record<string, Uint8Array>>;
}

/** Which chip a list is of. */
interface ListFacts {
  /** Name of the schematic, and a hash of its text. */
  readonly circuit: string;
  readonly schematic: string;
  readonly die: number;
  /** How often its synapses were programmed: their next errors follow from it. */
  readonly programmings: number;
  readonly precision: Precision;
  /** The experiment that it belongs to, as JSON. */
  readonly experiment: string;
}

/** A block of synapses, or the biases of a layer, as a table: a row each. */
export interface ListBlock {
  readonly name: string;
  /** Of a block [rows × columns]; of biases [columns]. */
  readonly shape: readonly number[];
  /** The places of its lines. */
  readonly exist: ArrayLike<number>;
  /** Layers that it joins; of biases no `from`. */
  readonly from: number | null;
  readonly to: number;
  /** Of these columns the chip is made again, in units of the weight. */
  readonly held: readonly (BenchColumn & { readonly values: Vec })[];
  /** What a bench sets. */
  readonly settings: readonly BenchColumn[];
}

const blockName = /^chip\.block\.(\d+)-(\d+)\.([a-z]+)$/;
const biasName = /^chip\.layer\.(\d+)\.bias$/;

/** The tables of a list, block by block, with what a bench of this circuit sets. */
export function listBlocks(
  circuit: Circuit,
  { tensors, masks = {} }: ProgrammingList,
): readonly ListBlock[] {
  const layers = 1 + tensors.filter((t) => biasName.test(t.name)).length;
  const swing = circuit.rails.high - circuit.rails.low;
  return tensors.flatMap((tensor): ListBlock[] => {
    const { name, shape, data } = tensor;
    const bias = biasName.exec(name);
    if (bias) {
      const to = Number(bias[1]);
      const unit = (unitConductance(circuit) * swing) / layerScale(circuit, to, layers);
      const current = { name: "current", unit: "A", values: data.map((b) => b * unit) };
      const held = [{ name: "bias", unit: "1", values: data, exact: true as const }];
      const exist = placesOf(data.length);
      return [{ name, shape, exist, from: null, to, held, settings: [current] }];
    }
    const block = blockName.exec(name);
    if (block?.[3] !== "weight") return [];
    const prefix = name.slice(0, -"weight".length);
    const parts = tensors.filter((t) => t.name.startsWith(prefix));
    const held = parts.map((t) => ({
      name: t.name.slice(prefix.length),
      unit: "1",
      values: t.data,
      exact: true as const,
    }));
    const part = (end: string) => held.find((h) => h.name === end)?.values;
    const settings = benchSettings(circuit, {
      weight: data,
      ...(part("plus") && { plus: part("plus"), minus: part("minus") }),
    });
    const exist = placesOf(data.length, masks[name]);
    return [{ name, shape, exist, from: Number(block[1]), to: Number(block[2]), held, settings }];
  });
}

function placesOf(count: number, mask?: Uint8Array): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, k) => k);
  return mask ? all.filter((k) => mask[k] !== 0) : all;
}

/** What a list is of, beside its numbers, as JSON. */
interface ListHead extends ListFacts {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Lines of a table: synapses that exist, and biases. */
  readonly lines: number;
}

/** The head of a list. */
export function listHead(
  { about, tensors }: ProgrammingList,
  blocks: readonly ListBlock[],
): ListHead {
  return {
    ...about,
    tensors: tensors.map(({ name, shape }) => ({ name, shape })),
    lines: blocks.reduce((n, { exist }) => n + exist.length, 0),
  };
}

/** Numbers of a chip that the kernels can hold. */
const most = 2 ** 28;

/**
 * The head of a list that was read.
 * @throws InputError that names the first field that is not as `listHead` writes it.
 */
export function headFrom(text: string): ListHead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged("its head is no JSON");
  }
  const head = value as ListHead;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw damaged("its head is no JSON object");
  for (const field of ["circuit", "schematic", "experiment"] as const)
    if (typeof head[field] !== "string") throw damaged(`its head has no text "${field}"`);
  for (const field of ["die", "programmings", "lines"] as const)
    if (!Number.isSafeInteger(head[field]) || head[field] < 0)
      throw damaged(`its head has no whole number "${field}"`);
  if (!["f32", "f64"].includes(head.precision)) throw damaged('its head has no "precision"');
  const tensors: unknown = head.tensors;
  if (
    !Array.isArray(tensors) ||
    !tensors.every(
      (t: { name?: unknown; shape?: unknown } | null) =>
        typeof t?.name === "string" &&
        (blockName.test(t.name) || biasName.test(t.name)) &&
        Array.isArray(t.shape) &&
        t.shape.length === (biasName.test(t.name) ? 1 : 2) &&
        t.shape.every((n) => Number.isSafeInteger(n) && (n as number) > 0),
    )
  )
    throw damaged('its head has no list "tensors" of names and shapes');
  const total = head.tensors.reduce((sum, t) => sum + t.shape.reduce((n, d) => n * d, 1), 0);
  if (total > most) throw damaged(`it announces ${total} numbers, expected at most ${most}`);
  const names = new Set(head.tensors.map((t) => t.name));
  if (names.size !== head.tensors.length) throw damaged("its head names a tensor twice");
  return head;
}

/** @throws InputError where a number of a list is none. */
export function soundList(list: ProgrammingList): ProgrammingList {
  for (const { name, data } of list.tensors)
    if (!data.every(Number.isFinite)) throw damaged(`${name} holds NaN or infinities`);
  return list;
}

/** What is wrong with a list. */
export function damaged(what: string): InputError {
  return new InputError(
    `programming list: ${what}; the file is damaged or was edited, export it again`,
  );
}
