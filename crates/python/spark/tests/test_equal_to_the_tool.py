"""The same rows in the same order as `fugo convert` writes them, with an executor killed in each of the two jobs."""

from __future__ import annotations

import os
import threading
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import functions as F
from tool import parts, table

from tests import shared

ROWS = 200_000
MESS = 3
KEPT = ["birth_date", "sex", "prefecture", "insurer"]
T = TypeVar("T")
OPTIONS = ["--number-format", "lenient", "--restore-zeros"]


class EqualToTheTool(unittest.TestCase):
    """One conversion, under two keys, looked at from all sides."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster, tool = shared.cluster(), shared.tool()
        from fugo.spark import KeyFileOnExecutor, convert

        cls.tool = tool
        cls.roster = tool.roster(ROWS, MESS)
        cls.lineage = _lineage(cls.roster, tool.directory / "lineage.csv")
        keys = {scope: tool.key(scope) for scope in ("agency/nta/1", "insurers/all/1", "eligibility/all/1")}
        nta, insurers, eligibility = ((str(path), scope, tool.tag(scope)) for scope, path in keys.items())
        both = {
            "nta": KeyFileOnExecutor(*nta, test_keys=True),
            "eligibility": KeyFileOnExecutor(
                *eligibility, insurers=KeyFileOnExecutor(*insurers, test_keys=True), test_keys=True
            ),
        }
        options = [*OPTIONS, "--column", "my_number", "--keep", ",".join(KEPT), "--lineage", cls.lineage]
        options += ["--insurers-key", keys["insurers/all/1"]]
        two = [keys["agency/nta/1"], keys["eligibility/all/1"]]
        cls.report = tool.convert(cls.roster, two, ["nta.parquet", "eligibility.parquet"], *options)
        tool.convert(cls.roster, two, ["nta.csv", "eligibility.csv"], *options)

        df = cls.cluster.spark.read.parquet(str(cls.roster))
        cls.place = shared.directory() / "equal"
        settings = dict(
            keep=KEPT, reference=["row_id"], number_format="lenient", restore_zeros=True, lineage=str(cls.lineage)
        )
        cls.asked = convert(df, "my_number", both, **settings)
        tasks = df.rdd.getNumPartitions()
        cls.before = cls.cluster.wait_for_executors(2)
        cls.staged, killed_deriving = _with_a_kill(
            lambda: cls.asked.staged(str(cls.place / "staged")), lambda: cls.cluster.kill_one_at_work(tasks)
        )
        cls.between = cls.cluster.wait_for_executors(2)
        write = lambda: cls.staged.write_in_symbol_order(str(cls.place / "nta"), "nta", partitions=7)  # noqa: E731
        cls.totals, killed_ordering = _with_a_kill(write, lambda: cls.cluster.kill_one_at_work(7))
        cls.after = cls.cluster.wait_for_executors(2)
        cls.killed = [killed_deriving, killed_ordering]
        cls.staged.write_in_symbol_order(str(cls.place / "eligibility"), "eligibility", partitions=3)
        text = convert(df, "my_number", both["nta"], output="text", **settings).staged(str(cls.place / "staged-text"))
        text.write_in_symbol_order(
            str(cls.place / "text"), partitions=5, format="csv", options={"header": "false", "emptyValue": '""'}
        )

    def test_an_executor_was_killed_in_each_job_while_it_ran_tasks(self) -> None:
        self.assertEqual(len(set(self.before)), 2)
        for killed in self.killed:
            self.assertRaises(ProcessLookupError, os.kill, killed, 0)
        self.assertIn(self.killed[0], self.before)
        self.assertIn(self.killed[1], self.between)
        self.assertNotIn(self.killed[0], self.between)
        self.assertNotIn(self.killed[1], self.after)
        removed = {event["Executor ID"] for event in self.cluster.events_of("SparkListenerExecutorRemoved")}
        ended = self.cluster.events_of("SparkListenerTaskEnd")
        lost = [event for event in ended if event["Task End Reason"]["Reason"] == "ExecutorLostFailure"]
        self.assertEqual(len(removed), 2)
        self.assertEqual({event["Task Info"]["Executor ID"] for event in lost}, removed)
        self.assertEqual(len({event["Stage ID"] for event in lost}), 2, "in two jobs")

    def test_the_parts_in_their_order_are_the_rows_of_the_tools_file(self) -> None:
        for name, count in (("nta", 7), ("eligibility", 3)):
            with self.subTest(name):
                expected = pq.read_table(self.tool.directory / f"{name}.parquet")
                found = table(self.place / name)
                self.assertEqual(len(parts(self.place / name, ".parquet")), count)
                self.assertEqual(found.column_names, [name, *KEPT])
                self.assertGreater(len(expected), 0.9 * ROWS)
                symbols = expected["symbol"].combine_chunks()
                self.assertTrue(found[name].combine_chunks().equals(symbols.cast(pa.binary())), "symbols")
                for column in KEPT:
                    self.assertTrue(found[column].combine_chunks().equals(expected[column].combine_chunks()), column)

    def test_lines_of_csv_are_those_of_the_tools_file_byte_for_byte(self) -> None:
        header, _, expected = (self.tool.directory / "nta.csv").read_bytes().partition(b"\n")
        found = b"".join(part.read_bytes() for part in parts(self.place / "text", ".csv"))
        self.assertEqual(header.decode().split(","), ["symbol", *KEPT])
        self.assertTrue(found == expected)

    def test_two_rows_exchanged_are_seen_by_the_comparison(self) -> None:
        expected = pq.read_table(self.tool.directory / "nta.parquet")
        found = table(self.place / "nta")
        at = list(range(len(found)))
        at[1000], at[1001] = at[1001], at[1000]
        self.assertFalse(
            found.take(at)["nta"].combine_chunks().equals(expected["symbol"].combine_chunks().cast(pa.binary()))
        )

    def test_rejects_are_the_tools_with_the_same_reasons(self) -> None:
        found = {(row.row_id + 1, row.column, row.reason, row.detail) for row in self.staged.rejects.collect()}
        expected = {
            (int(row["record"]), row["column"], row["reason"], row["detail"]) for row in self.tool.listed("rejects.csv")
        }
        self.assertGreater(len({reason for _, _, reason, _ in expected}), 5)
        self.assertEqual(found, expected)

    def test_people_with_several_rows_are_the_tools(self) -> None:
        found = {(row.row_id + 1, row.outcome) for row in self.staged.duplicates("nta").collect()}
        word = {"converted": "equal", "equal": "equal", "differs": "differs"}
        expected = {(int(row["record"]), word[row["outcome"]]) for row in self.tool.listed("duplicates.csv")}
        self.assertEqual({outcome for _, outcome in expected}, {"equal", "differs"})
        self.assertEqual(found, expected)

    def test_totals_reconcile_and_are_the_tools(self) -> None:
        report, counts, totals = self.report, self.staged.counts(), self.totals
        self.assertEqual(counts.read, ROWS)
        self.assertEqual(counts.read, totals.converted + totals.rejected + totals.equal + totals.differing)
        self.assertEqual(counts.rejected_by_reason, report["rejected_by_reason"])
        duplicates = report["duplicates"]
        expected = (
            report["read"],
            report["converted"],
            report["rejected"],
            duplicates["equal"],
            duplicates["differing"],
        )
        self.assertEqual((totals.read, totals.converted, totals.rejected, totals.equal, totals.differing), expected)

    def test_columns_say_whose_symbols_they_hold_when_read_again(self) -> None:
        read = self.cluster.spark.read.parquet(str(self.place / "nta"))
        tag = self.tool.tag("agency/nta/1")
        expected = {"fugo.purpose": "agency", "fugo.scope": "nta", "fugo.epoch": "1", "fugo.tag": tag}
        self.assertEqual(read.schema["nta"].metadata, expected | {"fugo.use": "test"})
        of_tool = pq.read_schema(self.tool.directory / "nta.parquet").field("symbol").metadata
        of_tool = {name.decode(): value.decode() for name, value in of_tool.items() if name.startswith(b"fugo.")}
        self.assertEqual(of_tool, read.schema["nta"].metadata)
        from fugo.spark import KeyFileOnExecutor, symbol_metadata

        production = KeyFileOnExecutor("nta.key", "agency/nta/1", tag)
        self.assertEqual(symbol_metadata(production), expected)

    def test_results_before_staging_are_the_same(self) -> None:
        lazy = self.asked.in_symbol_order("nta", partitions=4).select("nta", "insurer").toArrow()
        written = table(self.place / "nta").select(["nta", "insurer"])
        self.assertTrue(lazy.combine_chunks().equals(written.combine_chunks()))
        self.assertEqual(self.asked.rejects.count(), self.totals.rejected)

    def test_no_output_holds_a_reference_or_a_number(self) -> None:
        self.assertEqual(self.cluster.spark.read.parquet(str(self.place / "nta")).columns, ["nta", *KEPT])
        self.assertEqual(self.staged.rejects.columns, ["row_id", "column", "reason", "offset", "found", "detail"])
        kept_of_rejects = self.staged.rows.where(F.col("output").isNull()).where(
            "kept is not null or symbol is not null"
        )
        self.assertEqual(kept_of_rejects.count(), 0)


def _lineage(roster: Path, path: Path) -> Path:
    """Re-issued numbers of some people of the roster. The first number of a person is another person's number, or occurs nowhere else."""
    import fugo

    numbers = [text for text in pq.read_table(roster, columns=["my_number"])["my_number"].to_pylist() if text]
    valid = []
    for text in dict.fromkeys(numbers[:5000]):
        try:
            fugo.MyNumber(text)
            valid.append(text)
        except ValueError:
            continue
    chosen = valid[:900]
    lines = [f"{new},{previous}" for new, previous in zip(chosen[::3], chosen[1::3])]
    path.write_text("new,previous\n" + "\n".join(lines) + "\n")
    return path


def _with_a_kill(job: Callable[[], T], kill: Callable[[], int]) -> tuple[T, int]:
    """Runs a job and kills an executor in the middle of it."""
    killed: list[int] = []
    killer = threading.Thread(target=lambda: killed.append(kill()))
    killer.start()
    result = job()
    killer.join()
    return result, killed[0]
