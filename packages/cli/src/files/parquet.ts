import { parquetWriteBuffer } from "hyparquet-writer";
import { readParquet as readTable, type Column, type Series, type TableColumn } from "#dynamics";

/** Columns as a Parquet file: `step` as INT32, the others as DOUBLE, with null for NaN. Units stand in the file's metadata. */
export function parquet(series: readonly Series[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    createdBy: "separatrix",
    columnData: series.map(({ name, values }) =>
      name === "step"
        ? { name, type: "INT32" as const, nullable: false, data: Int32Array.from(values) }
        : { name, type: "DOUBLE" as const, data: Array.from(values, (v) => (Number.isNaN(v) ? null : v)) },
    ),
    kvMetadata: series.map(({ name, unit, description }) => ({
      key: `separatrix.${name}`,
      value: JSON.stringify({ unit, description }),
    })),
  });
  return new Uint8Array(buffer);
}

/** A table of numbers (DOUBLE) and text (STRING), with null where there is nothing. Units and meanings stand in the file's metadata. */
export function tableParquet(columns: readonly TableColumn[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    createdBy: "separatrix",
    columnData: columns.map(({ name, values }) => ({
      name,
      type: values.some((v) => typeof v === "string") ? ("STRING" as const) : ("DOUBLE" as const),
      data: [...values],
    })),
    kvMetadata: columns.map(({ name, unit, description }) => ({
      key: `separatrix.${name}`,
      value: JSON.stringify({ unit, description }),
    })),
  });
  return new Uint8Array(buffer);
}

/** Reads the columns back. Rejects when the file is not Parquet or lacks one. */
export async function readParquet(bytes: Uint8Array, columns: readonly Column[]): Promise<Series[]> {
  // A run without a series has a file without columns, which is no table.
  if (columns.length === 0) return [];
  const { rows, columns: width, values, names } = readTable(bytes);
  return columns.map((column) => {
    const at = names!.indexOf(column.name);
    if (at < 0) throw new Error(`there is no column ${column.name}`);
    return { ...column, values: Float64Array.from({ length: rows }, (_, i) => values[i * width + at]!) };
  });
}
