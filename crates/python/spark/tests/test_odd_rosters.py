"""Rosters at the edges: nothing in them, nothing right in them, odd names, integers."""

from __future__ import annotations

import unittest
import warnings
from typing import Any

from pyspark.sql import functions as F

from tests import shared


class OddRosters(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster, tool = shared.cluster(), shared.tool()
        import fugo
        from fugo.spark import KeyFileOnExecutor

        scope = "agency/mof/9"
        path = tool.key(scope)
        cls.source = KeyFileOnExecutor(str(path), scope, tool.tag(scope), test_keys=True)
        cls.key = fugo.SymbolKey(fugo.KeyFile.load(path, test_keys=True).key)
        cls.place = shared.directory() / "odd"
        warnings.simplefilter("ignore", UserWarning)

    def run_through(self, name: str, rows: list[Any], schema: str, **options: Any) -> Any:
        from fugo.spark import convert

        df = self.cluster.spark.createDataFrame(rows, schema)
        staged = convert(df, "n", self.source, **options).staged(str(self.place / f"staged-{name}"))
        return staged, staged.write_in_symbol_order(str(self.place / name))

    def test_an_empty_roster_gives_empty_outputs_and_totals_of_nought(self) -> None:
        staged, totals = self.run_through("empty", [], "n string, id int", reference=["id"])
        self.assertEqual(
            (totals.read, totals.converted, totals.rejected, totals.equal, totals.differing), (0, 0, 0, 0, 0)
        )
        self.assertEqual((staged.rejects.count(), staged.duplicates().count()), (0, 0))

    def test_a_roster_in_which_nothing_is_right_is_all_rejects(self) -> None:
        rows = [("x",), (None,), ("000000000000",), ("123456789010",)]
        staged, totals = self.run_through("wrong", rows, "n string")
        self.assertEqual((totals.read, totals.converted, totals.rejected), (4, 0, 4))
        reasons = {"non-digit": 1, "null": 1, "never-issued": 1, "check-digit": 1}
        self.assertEqual(staged.counts().rejected_by_reason, reasons)
        self.assertEqual(staged.rejects.columns, ["column", "reason", "offset", "found", "detail"])

    def test_without_kept_columns_equal_rows_are_those_of_one_person(self) -> None:
        rows = [("123456789018", 1), ("123456789018", 2)]
        staged, totals = self.run_through("bare", rows, "n string, id int", reference=["id"])
        self.assertEqual((totals.converted, totals.equal, totals.differing), (1, 1, 0))
        listed = staged.duplicates().orderBy("id").collect()
        symbol = bytearray(bytes(self.key.symbol("123456789018")))
        self.assertEqual([tuple(row) for row in listed], [(symbol, 1, "equal"), (symbol, 2, "equal")])

    def test_rows_that_differ_in_a_null_alone_differ(self) -> None:
        rows = [("123456789018", None), ("123456789018", ""), ("123456789018", None)]
        _, totals = self.run_through("null", rows, "n string, sex string", keep=["sex"])
        self.assertEqual((totals.converted, totals.equal, totals.differing), (0, 0, 3))
        _, totals = self.run_through("nulls", rows[::2], "n string, sex string", keep=["sex"])
        self.assertEqual((totals.converted, totals.equal, totals.differing), (1, 1, 0))

    def test_names_of_columns_may_hold_dots_and_anything(self) -> None:
        rows = [("123456789018", "東京都", 7)]
        keep, reference = ["現住所.都道府県"], ["row id."]
        schema = "n string, `現住所.都道府県` string, `row id.` int"
        staged, _ = self.run_through("names", rows, schema, keep=keep, reference=reference)
        read = self.cluster.spark.read.parquet(str(self.place / "names"))
        self.assertEqual(read.columns, ["symbol", *keep])
        self.assertEqual(read.collect()[0][1], "東京都")
        self.assertEqual(staged.rejects.columns[0], reference[0])

    def test_integers_are_read_with_restored_zeros_and_the_small_delivery_is_warned_of(self) -> None:
        from fugo.spark import convert

        df = self.cluster.spark.createDataFrame([(12345678905,), (-1,)], "n long")
        options = {"number_format": "lenient", "restore_zeros": True}
        staged = convert(df, "n", self.source, **options).staged(str(self.place / "staged-integers"))
        with self.assertWarns(UserWarning):
            staged.write_in_symbol_order(str(self.place / "integers"))
        self.assertEqual(staged.counts().rejected_by_reason.get("negative"), 1)
        self.assertEqual(staged.counts().read, 2)
        self.assertEqual(staged.rows.where(F.col("reason").isNull()).count() + staged.rejects.count(), 2)

    def test_a_place_is_never_written_twice(self) -> None:
        from pyspark.errors import AnalysisException

        self.run_through("once", [("123456789018",)], "n string")
        with self.assertRaises(AnalysisException):
            self.run_through("once", [("123456789018",)], "n string")

    def test_bytes_that_are_no_text_hide_no_number(self) -> None:
        from fugo.spark import convert

        hidden = F.expr("concat('1234', cast(X'ff' as string), '5678', cast(X'ff' as string), '9018')")
        behind = F.expr("concat('123456789018', cast(X'ff' as string))")
        df = self.cluster.spark.createDataFrame([("123456789018",)], "n string")
        for cell in (hidden, behind):
            rows = convert(df.withColumn("note", cell), "n", self.source, keep=["note"]).rejects.collect()
            self.assertEqual([(row.column, row.reason) for row in rows], [("note", "kept-number")])

    def test_a_zone_that_arrow_does_not_know_stops_nothing(self) -> None:
        from fugo.spark import convert

        spark = self.cluster.spark
        before = spark.conf.get("spark.sql.session.timeZone")
        try:
            spark.conf.set("spark.sql.session.timeZone", "GMT+9")
            df = spark.sql("select '123456789018' as n, timestamp'2026-11-25 10:00:00' as seen")
            self.assertEqual(convert(df, "n", self.source, keep=["seen"]).symbols.count(), 1)
        finally:
            spark.conf.set("spark.sql.session.timeZone", before)

    def test_a_lineage_that_is_no_utf_8_is_refused_by_its_line(self) -> None:
        from fugo.spark import LineageNotRead
        from fugo.spark.lineage import lineage

        path = shared.directory() / "sjis.csv"
        path.write_bytes(b"new,previous\r\n123456789018,000000000051\r\n\x8c\xc2,1\r\n")
        with self.assertRaises(LineageNotRead) as raised:
            lineage(str(path))
        self.assertIn("line 3", str(raised.exception))
        self.assertIsNone(raised.exception.__context__)

    def test_nothing_but_nulls_and_integers_with_nulls_go_through_either_transport(self) -> None:
        from fugo.spark import symbol_udf

        spark = self.cluster.spark
        nulls = spark.createDataFrame([(None,), (None,)], "n string")
        integers = spark.createDataFrame([(123456789018,), (None,)], "n long")
        symbol = bytearray(bytes(self.key.symbol("123456789018")))
        for transport in ("arrow", "pandas"):
            with self.subTest(transport):
                function = symbol_udf(self.source, transport=transport)
                self.assertEqual([row[0] for row in nulls.select(function("n")).collect()], [None, None])
                lenient = {"number_format": "lenient", "restore_zeros": True}
                function = symbol_udf(self.source, transport=transport, **lenient)
                made = [row[0] for row in integers.coalesce(1).select(function("n")).collect()]
                self.assertEqual(made, [symbol, None])

    def test_a_reference_in_another_case_does_not_make_rows_differ(self) -> None:
        from fugo.spark import duplicates

        rows = [(bytearray(16), 1), (bytearray(16), 2)]
        listed = duplicates(self.cluster.spark.createDataFrame(rows, "s binary, row_id int"), "s", reference=["ROW_ID"])
        self.assertEqual([row.outcome for row in listed.collect()], ["equal", "equal"])
