"""`symbol_udf`: symbols as a column, for `withColumn` and SQL."""

from __future__ import annotations

import unittest

import pyarrow as pa
from pyspark.errors import PythonException
from pyspark.sql import functions as F

from tests import shared

NUMBERS = ["123456789018", None, "1234 5678 9018", "123456789010"]


class ColumnFunctions(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster, tool = shared.cluster(), shared.tool()
        import fugo
        from fugo.spark import KeyFileOnExecutor

        scope = "research/cohort/2"
        path = tool.key(scope)
        cls.source = KeyFileOnExecutor(str(path), scope, tool.tag(scope), test_keys=True)
        key = fugo.SymbolKey(fugo.KeyFile.load(path, test_keys=True).key)
        cls.symbol, cls.text = bytes(key.symbol("123456789018")), key.text(key.symbol("123456789018"))
        cls.spark = cls.cluster.spark
        cls.df = cls.spark.createDataFrame(
            [(i, number) for i, number in enumerate(NUMBERS)], "id int, my_number string"
        )

    def column(self, **options: object) -> list[object]:
        from fugo.spark import symbol_udf

        function = symbol_udf(self.source, **options)
        rows = self.df.withColumn("symbol", function("my_number")).orderBy("id").collect()
        return [row.symbol for row in rows]

    def test_symbols_are_those_of_the_library_by_either_transport(self) -> None:
        for transport in ("arrow", "pandas"):
            with self.subTest(transport):
                found = self.column(errors="null", transport=transport)
                self.assertEqual(found, [bytearray(self.symbol), None, None, None])
                found = self.column(errors="null", transport=transport, output="text", number_format="lenient")
                self.assertEqual(found, [self.text, None, self.text, None])

    def test_a_refused_row_fails_the_job_with_its_kind_and_no_value(self) -> None:
        for transport in ("arrow", "pandas"):
            with self.subTest(transport):
                with self.assertRaises(PythonException) as raised:
                    self.column(transport=transport, number_format="lenient")
                said = str(raised.exception)
                self.assertIn("check-digit in row", said)
                for value in ("123456789010", "12345678901"):
                    self.assertNotIn(value, said)
                    self.assertNotIn(value, self.cluster.driver_log.read_text())
                    for log in self.cluster.work.rglob("std*"):
                        self.assertNotIn(value, log.read_text())

    def test_sql_has_it_under_a_name_and_metadata_says_whose_symbols_they_are(self) -> None:
        from fugo.spark import in_symbol_order, symbol_metadata, symbol_udf

        self.spark.udf.register("cohort", symbol_udf(self.source, errors="null"))
        self.df.createOrReplaceTempView("roster")
        rows = self.spark.sql("select cohort(my_number) as symbol from roster order by id").collect()
        self.assertEqual(rows[0].symbol, bytearray(self.symbol))
        column = symbol_udf(self.source, errors="null")("my_number").alias(
            "cohort", metadata=symbol_metadata(self.source)
        )
        named = self.df.select(column, "id")
        self.assertEqual(named.schema["cohort"].metadata["fugo.scope"], "cohort")
        ordered = in_symbol_order(named, "cohort")
        self.assertEqual(ordered.schema["cohort"].metadata["fugo.tag"], self.source.tag)
        self.assertEqual([(bytes(row.cohort), row.id) for row in ordered.collect()], [(self.symbol, 0)])

    def test_an_executor_with_another_key_fails_the_job_and_says_which(self) -> None:
        from fugo.spark import KeyFileOnExecutor, symbol_udf

        other = KeyFileOnExecutor(self.source.path, self.source.scope, "00000000", test_keys=True)
        with self.assertRaises(PythonException) as raised:
            self.df.select(symbol_udf(other, errors="null")("my_number")).collect()
        self.assertIn(f"holds the key {self.source.tag} of research/cohort/2", str(raised.exception))

    def test_fugo_came_to_the_executors_as_an_archive(self) -> None:
        def where(batches):  # type: ignore[no-untyped-def]
            import fugo

            for batch in batches:
                yield pa.RecordBatch.from_pydict({"file": [fugo.__file__] * len(batch)})

        rows = self.spark.range(20, numPartitions=4).mapInArrow(where, "file string").collect()
        places = {row.file for row in rows}
        for place in places:
            self.assertTrue(place.startswith(str(self.cluster.work)), place)
            self.assertIn("/fugoenv/fugo/", place)

    def test_order_is_by_bytes_also_where_the_text_sorts_otherwise(self) -> None:
        from fugo.spark import convert

        tool = shared.tool()
        df = self.spark.read.parquet(str(tool.roster(5_000, 0)))
        text = convert(df, "my_number", self.source, output="text").in_symbol_order(partitions=3).toArrow()["symbol"]
        made = convert(df, "my_number", self.source)
        binary = made.in_symbol_order(partitions=4).toArrow()["symbol"]
        # Without a number of parts Spark joins small ones as it runs.
        self.assertEqual(made.in_symbol_order().toArrow()["symbol"].to_pylist(), binary.to_pylist())
        import fugo

        decoded = [bytes(fugo.decode_text(value)[2]) for value in text.to_pylist()]
        self.assertEqual(decoded, binary.to_pylist())
        self.assertEqual(decoded, sorted(decoded))
        self.assertNotEqual(text.to_pylist(), sorted(text.to_pylist()), "the text alone would sort otherwise")

    def test_one_shuffle_makes_the_order(self) -> None:
        from fugo.spark import convert

        ordered = convert(self.df, "my_number", self.source, keep=["id"]).in_symbol_order(partitions=3)
        plan = ordered._jdf.queryExecution().executedPlan().toString()
        self.assertEqual(plan.count("Exchange"), 1, plan)
        self.assertEqual(ordered.select(F.count("symbol")).collect()[0][0], 1)
