"""Kept columns of every type that `fugo convert` writes into Parquet, as Spark reads them.

    python3 kept_types_in_spark.py FUGO

Spark finds the values, or refuses the type where `REFUSES` says so. A file with another value is shown to it first.
"""

from __future__ import annotations

import datetime as dt
import decimal
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from kept_types import KEPT, UNITS, columns, keys, plain, roster, write

ZONES = ["", ", tz=UTC", ", tz=+09:00", ", tz=Asia/Tokyo"]
# Spark has no floats of 16 bits, no times of day, and no nanoseconds.
REFUSES = {"halffloat", "time32[s]", "time32[ms]", "time64[us]", "time64[ns]"} | {f"timestamp[ns{zone}]" for zone in ZONES}


def like_spark(name: str, value: Any) -> Any:
    """Unsigned integers of 64 bits are decimals there."""
    if name == "uint64" and value is not None:
        return plain(decimal.Decimal(value))
    return plain(value)


def main(fugo: str) -> int:
    os.environ["TZ"] = "UTC"
    time.tzset()
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)

        def run(*args: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run([fugo, *args], cwd=at, capture_output=True, text=True)

        def read(path: Path) -> list[Any]:
            return [plain(row[0]) for row in spark.read.parquet(str(path)).select("x").collect()]

        pq.write_table(pa.table({"x": [dt.datetime(1970, 1, 2)]}), at / "control.parquet")
        control = read(at / "control.parquet")
        if control in ([plain(dt.date(1970, 1, 2))], [plain(86_400_000)], [plain(dt.datetime(1970, 1, 2, 9))]):
            faults.append("control: a time passes for a date, an integer or another time")
        if control != [plain(dt.datetime(1970, 1, 2))]:
            faults.append(f"control: Spark reads {control}")
        keys(run)
        for i, (name, (array, _, fate, _)) in enumerate(columns().items()):
            if fate != KEPT or not write(roster(array), at / "roster.arrow"):
                continue
            out = f"out-{i}.parquet"
            args = ["roster.arrow", "--key", "nta.key", "--test-keys", "--keep", "x", "--order", "input", "--quiet"]
            run("convert", *args, "--out", out).check_returncode()
            expected: Any = [like_spark(name, value) for value in array.to_pylist()]
            try:
                found: Any = read(at / out)
            except Exception as error:
                found = str(error).splitlines()[0]
                if name in REFUSES:
                    continue
            if name in REFUSES:
                expected = "a refusal"
            if found != expected:
                faults.append(f"{name}: Spark reads {found}, and not {expected}")
    print("\n".join(faults))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
