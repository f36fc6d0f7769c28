import type { ColumnMetaData, FileMetaData } from "hyparquet";
import { keysOf } from "../../numerics/keys.ts";

/** A file that is read piece by piece. */
export interface RandomAccess {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer>;
}

/** Bytes that one page may unpack to. */
const mostPageBytes = 2 ** 30;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The headers of pages by their numbers in Parquet's Thrift definition, with the fields that each
 * has to have: counts, encodings, and in the second version lengths of levels.
 */
const pageKinds = {
  field_5: { isDictionary: false, needed: ["field_1", "field_2", "field_3", "field_4"] },
  field_7: { isDictionary: true, needed: ["field_1", "field_2"] },
  field_8: {
    isDictionary: false,
    needed: ["field_1", "field_2", "field_3", "field_4", "field_5", "field_6"],
  },
} as const;

/**
 * Walks through the pages of one column in one group of rows, by their headers alone: a decoder
 * that trusts them would go back and forth for ever, or make room for what is not there.
 * @throws Error with what is wrong.
 */
export async function refuseFalsePages(
  file: RandomAccess,
  metadata: FileMetaData,
  group: number,
  column: string,
): Promise<void> {
  const { columns, num_rows: rows } = metadata.row_groups[group];
  const found = columns.find((c) => c.meta_data?.path_in_schema[0] === column)?.meta_data;
  if (found === undefined)
    throw new Error(`a group of rows lacks column ${JSON.stringify(column)}`);
  const [begin, length] = extent(found, file.byteLength);
  const { deserializeTCompactProtocol } = await import("hyparquet/src/thrift.js");
  const reader = { view: new DataView(await file.slice(begin, begin + length)), offset: 0 };
  let left = Number(rows);
  while (left > 0 && reader.offset < length - 1) {
    const fields = deserializeTCompactProtocol(reader) as Fields;
    const packed = whole(fields["field_3"], length - reader.offset, "packed bytes");
    whole(fields["field_2"], mostPageBytes, "unpacked bytes");
    const kind = keysOf(pageKinds).find((key) => fields[key] !== undefined);
    if (kind === undefined) throw new Error("a page has no header");
    const { needed, isDictionary } = pageKinds[kind];
    const header = fields[kind] as Fields;
    for (const field of needed) whole(header[field], mostPageBytes, "in the header of a page");
    const count = whole(header["field_1"], isDictionary ? mostPageBytes : left, "values");
    if (!isDictionary) left -= count;
    reader.offset += packed;
  }
}

/** Where the pages of a column begin, and how many bytes they are. */
function extent(found: ColumnMetaData, most: number): readonly [number, number] {
  const begin = Number(found.dictionary_page_offset ?? found.data_page_offset);
  whole(begin, most, "offset of a column");
  return [begin, whole(Number(found.total_compressed_size), most - begin, "bytes of a column")];
}

function whole(value: unknown, most: number, what: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most)
    return value;
  throw new Error(`it claims ${String(value)} ${what}, expected 0 to ${most}`);
}
