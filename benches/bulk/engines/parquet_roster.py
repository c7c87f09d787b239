"""Writes a CSV roster as Parquet, all columns as text, in row groups of about 700,000 rows. Memory use is constant.

Records that lack a field cannot be rows of a table, so they are left out. Prints their number.
"""

import sys

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

_BLOCK_BYTES = 32 << 20


def main(roster: str, out: str) -> None:
    short = []

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        short.append(row.actual_columns)
        return "skip"

    with open(roster, encoding="utf-8") as file:
        names = file.readline().rstrip("\n").split(",")
    text = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    parse = pyarrow.csv.ParseOptions(invalid_row_handler=skip)
    read = pyarrow.csv.ReadOptions(block_size=_BLOCK_BYTES)
    with pyarrow.csv.open_csv(roster, read, parse, text) as batches:
        with pyarrow.parquet.ParquetWriter(out, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    print(len(short))


main(*sys.argv[1:])
