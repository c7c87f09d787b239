"""Ten million rows through a cluster of two executors, one killed in each job, compared with the single-machine tool.

    crates/python/spark/environment crates/python/spark/ten_million.py --wheel WHEEL --fugo target/release/fugo

Prints what a plan for more rows is made of: seconds, bytes staged, shuffled, spilled and written for each row. Needs
about 6 GB of disk where --dir is, and 4 GB of memory, most of which is the comparison's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from local_cluster import LocalCluster, processes_below
from tool import Tool, parts, table

KEPT = ["birth_date", "sex", "prefecture", "insurer"]
SCOPE = "agency/nta/1"
PARTITIONS = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--fugo", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--mess", type=float, default=1.0, help="damaged rows in a hundred")
    parser.add_argument("--dir", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="fugo-ten-million-", dir=given.dir))
    try:
        run(given, directory)
    finally:
        shutil.rmtree(directory)


def run(given: argparse.Namespace, directory: Path) -> None:
    tool = Tool(given.fugo.resolve(), directory)
    roster, key = tool.roster(given.rows, given.mess), tool.key(SCOPE)
    started = time.monotonic()
    report = tool.convert(roster, [key], ["nta.parquet"], "--keep", ",".join(KEPT), "--number-format", "lenient")
    say("the tool, on this machine", seconds=time.monotonic() - started, rows=given.rows)

    conf = {"spark.sql.files.maxPartitionBytes": "16m", "spark.io.encryption.enabled": "true"}
    with LocalCluster(given.wheel, conf=conf) as cluster:
        from fugo.spark import KeyFileOnExecutor, convert

        df = cluster.spark.read.parquet(str(roster))
        source = KeyFileOnExecutor(str(key), SCOPE, tool.tag(SCOPE), test_keys=True)
        asked = convert(df, "my_number", source, keep=KEPT, reference=["row_id"], number_format="lenient")
        cluster.wait_for_executors(2)
        # The same without a kill first, for the times; the first job also starts the workers.
        for kill in (False, True):
            play(given.rows, cluster, asked, tool, report, kill)
        removed = cluster.events_of("SparkListenerExecutorRemoved")
        ends = cluster.events_of("SparkListenerTaskEnd")
        lost = sum(event["Task End Reason"]["Reason"] == "ExecutorLostFailure" for event in ends)
        same(f"executors killed: {len(removed)}, tasks lost with them: {lost};", len(removed) == 2 and lost >= 2)


def play(rows: int, cluster: LocalCluster, asked: Any, tool: Tool, report: dict[str, Any], kill: bool) -> None:
    """Converts, with or without a kill in each job, and holds all against the tool."""
    place = tool.directory / ("killed" if kill else "whole")
    tasks = asked.rows.rdd.getNumPartitions()
    staged = timed(cluster, rows, "staged", tasks if kill else 0, lambda: asked.staged(str(place / "staged")))
    cluster.wait_for_executors(2)

    def write() -> Any:
        return staged.write_in_symbol_order(str(place / "nta"), partitions=PARTITIONS)

    totals = timed(cluster, rows, "in symbol order", PARTITIONS if kill else 0, write)
    cluster.wait_for_executors(2)
    duplicates = report["duplicates"]
    expected = (report["read"], report["converted"], report["rejected"], duplicates["equal"], duplicates["differing"])
    found = (totals.read, totals.converted, totals.rejected, totals.equal, totals.differing)
    same("totals", found == expected)
    same("reasons", staged.counts().rejected_by_reason == report["rejected_by_reason"])
    compare(tool.directory / "nta.parquet", place / "nta")
    staged_bytes = sum(part.stat().st_size for part in parts(place / "staged", ".parquet"))
    output_bytes = sum(part.stat().st_size for part in parts(place / "nta", ".parquet"))
    print(f"bytes a row: staged {staged_bytes / rows:.1f}, output {output_bytes / rows:.1f}", flush=True)


def timed(cluster: LocalCluster, rows: int, what: str, kill_in: int, job: Callable[[], Any]) -> Any:
    """Runs a job, kills an executor in a stage of so many tasks, and says what it cost."""
    before = len(cluster.events_of("SparkListenerTaskEnd"))
    killer = threading.Thread(target=cluster.kill_one_at_work, args=(kill_in,))
    if kill_in:
        killer.start()
    peaks = Peaks(cluster)
    started = time.monotonic()
    with peaks:
        result = job()
    seconds = time.monotonic() - started
    if kill_in:
        killer.join()
    time.sleep(2)
    tasks = [event.get("Task Metrics") or {} for event in cluster.events_of("SparkListenerTaskEnd")[before:]]
    shuffled = sum(task.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0) for task in tasks)
    spilled = sum(task.get("Disk Bytes Spilled", 0) for task in tasks)
    say(
        what + (", an executor killed" if kill_in else ""),
        seconds=seconds,
        rows=rows,
        shuffled=shuffled / rows,
        spilled=spilled / rows,
        java=peaks.java,
        python=peaks.python,
        processor=peaks.processor / rows * 1e6,
    )
    return result


class Peaks:
    """What executors and their Python workers take, as seen five times a second.

    The largest resident sizes of a Java and of a Python, in MiB, and processor seconds of all together.
    """

    def __init__(self, cluster: LocalCluster) -> None:
        self.java = self.python = 0.0
        self._seconds: dict[int, list[float]] = {}
        self._cluster, self._end = cluster, threading.Event()
        self._watch = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._end.wait(0.2):
            for executor in self._cluster.executors():
                self.java = max(self.java, resident(executor))
                self._note(executor)
                for below in processes_below(executor):
                    self.python = max(self.python, resident(below))
                    self._note(below)

    def _note(self, process: int) -> None:
        seconds = processor_seconds(process)
        if seconds is not None:
            self._seconds.setdefault(process, [seconds, seconds])[1] = seconds

    @property
    def processor(self) -> float:
        return sum(last - first for first, last in self._seconds.values())

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_: Any) -> None:
        self._end.set()
        self._watch.join()


def resident(process: int) -> float:
    try:
        lines = (Path("/proc") / str(process) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0)


def processor_seconds(process: int) -> float | None:
    try:
        fields = (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compare(expected_file: Path, directory: Path) -> None:
    """Column for column, so that only one of each is in memory."""
    for column in ["symbol", *KEPT]:
        expected = pq.read_table(expected_file, columns=[column])[column]
        found = table(directory)[column]
        kind = pa.binary() if column == "symbol" else expected.type
        same(f"{len(expected)} rows, {column}", found.combine_chunks().equals(expected.cast(kind).combine_chunks()))


def same(what: str, equal: bool) -> None:
    if not equal:
        raise SystemExit(f"NOT as the tool has it: {what}")
    print(f"as the tool has it: {what}", flush=True)


def say(what: str, *, seconds: float, rows: int, **more: float) -> None:
    units = {
        "shuffled": "bytes a row shuffled",
        "spilled": "bytes a row spilled",
        "java": "MiB Java",
        "python": "MiB Python",
        "processor": "processor seconds a million rows",
    }
    rest = "".join(f", {value:.1f} {units[name]}" for name, value in more.items())
    print(f"{what}: {seconds:.1f} s, {rows / seconds:,.0f} rows/s{rest}", flush=True)


if __name__ == "__main__":
    main()
