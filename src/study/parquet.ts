import type { ResultColumn } from "./csv.ts";

/**
 * A table as Parquet: a column of numbers as DOUBLE, any other as text. What is missing or not
 * finite is null. Bytes are a function of the table alone.
 */
export async function parquetOf(columns: readonly ResultColumn[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, data }) => {
        const isNumeric = data.some((v) => typeof v === "number");
        const isText = data.some((v) => typeof v === "string");
        return isNumeric && !isText
          ? {
              name,
              type: "DOUBLE" as const,
              nullable: true,
              data: data.map((v) => (Number.isFinite(v) ? v : null)),
            }
          : {
              name,
              type: "STRING" as const,
              nullable: true,
              data: data.map((v) => (v === null ? null : String(v))),
            };
      }),
    }),
  );
}
