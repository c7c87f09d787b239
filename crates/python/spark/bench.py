"""Rows a second on Spark: fugo compared with Spark's own sha2 and Python's hmac in a pandas UDF, on one executor and on two.

    crates/python/spark/environment crates/python/spark/bench.py --wheel WHEEL --fugo target/release/fugo

A session of two executors, then one of one; in each, all jobs run in turn, round after round, and a figure is the
median of its rounds. sha2 is a plain hash without a key, which anyone can invert; an HMAC made of it would have its
key in the plan. Only fugo reads numbers strictly, and lists those that it refuses.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local_cluster import LocalCluster
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from tool import Tool

SCOPE = "agency/nta/1"
#: Sessions one after another, by executors.
SESSIONS = (2, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--fugo", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="in each session, behind one that is not counted")
    parser.add_argument("--session", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.session:
        executors, roster, key, tag = given.session
        print(json.dumps(session(given, int(executors), roster, key, tag)))
        return
    with tempfile.TemporaryDirectory(prefix="fugo-spark-bench-") as directory:
        tool = Tool(given.fugo.resolve(), Path(directory))
        roster, key = tool.roster(given.rows, 0), tool.key(SCOPE)
        seconds: dict[int, dict[str, list[float]]] = {1: {}, 2: {}}
        for executors in SESSIONS:
            command = [sys.executable, *sys.argv, "--session", str(executors), str(roster), str(key), tool.tag(SCOPE)]
            out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            for job, times in json.loads(out.splitlines()[-1]).items():
                seconds[executors].setdefault(job, []).extend(times)
    show(given.rows, seconds)


def session(given: argparse.Namespace, executors: int, roster: str, key: str, tag: str) -> dict[str, list[float]]:
    conf = {"spark.sql.files.maxPartitionBytes": "4m", "spark.log.level": "WARN"}
    with LocalCluster(given.wheel, executors=executors, conf=conf) as cluster:
        from fugo.spark import KeyFileOnExecutor, convert, in_symbol_order, symbol_udf

        cluster.wait_for_executors(executors)
        df = cluster.spark.read.parquet(roster)
        source = KeyFileOnExecutor(key, SCOPE, tag, test_keys=True)
        number = F.col("my_number")
        hashed = {
            "Spark's sha2": F.unhex(F.substring(F.sha2(number, 256), 1, 32)),
            "Python's hmac, pandas UDF": hmac_udf()(number),
            "fugo, arrow UDF": symbol_udf(source)(number),
            "fugo, pandas UDF": symbol_udf(source, transport="pandas")(number),
        }
        made = {name: df.select(column.alias("symbol"), "birth_date") for name, column in hashed.items()}
        made["fugo, convert (mapInArrow)"] = convert(df, "my_number", source, keep=["birth_date"]).symbols
        ordered = {name: in_symbol_order(frame, "symbol", partitions=8) for name, frame in made.items()}
        jobs: dict[str, Callable[[], None]] = {"read only": sink(df.select(number, "birth_date"))}
        jobs |= {name: sink(frame) for name, frame in made.items()}
        jobs |= {f"{name}, in symbol order": sink(frame) for name, frame in ordered.items()}
        seconds: dict[str, list[float]] = {}
        for _ in range(given.rounds + 1):
            for name, job in jobs.items():
                started = time.monotonic()
                job()
                seconds.setdefault(name, []).append(time.monotonic() - started)
    # The first round starts workers and compiles.
    return {name: times[1:] for name, times in seconds.items()}


def sink(frame: DataFrame) -> Callable[[], None]:
    """A job that makes every row and writes none."""
    return lambda: frame.write.format("noop").mode("overwrite").save()


def hmac_udf() -> Any:
    import hashlib
    import hmac

    import pandas as pd

    key = bytes(32)

    def symbols(numbers):  # type: ignore[no-untyped-def]
        return pd.Series([hmac.digest(key, number.encode(), hashlib.sha256)[:16] for number in numbers])

    symbols.__annotations__ = {"numbers": pd.Series, "return": pd.Series}
    return F.pandas_udf(symbols, returnType="binary")


def show(rows: int, seconds: dict[int, dict[str, list[float]]]) -> None:
    median = {
        executors: {job: statistics.median(times) for job, times in jobs.items()} for executors, jobs in seconds.items()
    }
    print(f"| {rows:,} rows | 1 executor, rows/s | 2 executors, rows/s | 2 to 1 | fugo to sha2 (2 executors) |")
    print("|---|---|---|---|---|")
    for job, two in median[2].items():
        one = median[1][job]
        base = median[2]["Spark's sha2" + (", in symbol order" if job.endswith("in symbol order") else "")]
        print(f"| {job} | {rows / one:,.0f} | {rows / two:,.0f} | {one / two:.2f} | {base / two:.2f} |")
    rounds = {len(times) for jobs in seconds.values() for times in jobs.values()}
    print(f"\nMedians of {min(rounds)} rounds; read, made, and thrown away.")


if __name__ == "__main__":
    main()
